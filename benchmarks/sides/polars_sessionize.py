"""
Sessions by Polars, straight from Parquet, devices as text: `polars_sessionize`.

reads   people.parquet
writes  polars_sessions.parquet; stdout: their sums
"""

from datetime import timedelta

import polars as pl

from benchmarks.sides.told import Stages, tell

PAGE_VIEWS = ["page_viewed", "screen_viewed"]
SERVER_EVENTS = [
    "service_completed", "pickup", "device_picked_up", "no_show", "booking_no_show",
    "repair_started", "repair_completed", "invoice_paid", "refund_issued", "email_sent",
    "email_delivered", "push_sent", "sms_sent",
]  # fmt: skip


def main() -> None:
    """Sort, mark the gaps, number, aggregate, write."""
    stages = Stages()
    with stages.timed("sessions"):
        sessions = _sessions()
        sessions.write_parquet("polars_sessions.parquet")
    duration_ms = (pl.col("end_ts") - pl.col("start_ts")).dt.total_milliseconds().sum()
    sums = sessions.select(
        pl.len().alias("sessions"),
        pl.col("events").sum(),
        duration_ms.alias("duration_ms"),
        pl.col("page_views").sum(),
        pl.col("entry_page").str.len_bytes().sum().alias("entry_length"),
        pl.col("exit_page").str.len_bytes().sum().alias("exit_length"),
    )
    tell(stages.seconds, sums.row(0, named=True))


def _sessions() -> pl.DataFrame:
    gap = pl.col("timestamp").diff() > timedelta(minutes=30)
    is_start = (pl.col("device_id") != pl.col("device_id").shift()).fill_null(value=True) | gap
    page = pl.col("page_url").drop_nulls()
    return (
        pl.scan_parquet("people.parquet")
        .filter(~pl.col("event").is_in(SERVER_EVENTS))
        .select(
            pl.coalesce("anonymous_id", "user_id").alias("device_id"),
            "timestamp",
            "event_id",
            "page_url",
            pl.col("event").is_in(PAGE_VIEWS).alias("is_page_view"),
        )
        .sort("device_id", "timestamp", "event_id")
        .with_columns(is_start.cast(pl.Int32).cum_sum().alias("session_no"))
        .group_by("session_no", maintain_order=True)
        .agg(
            pl.col("device_id").first(),
            pl.col("timestamp").first().alias("start_ts"),
            pl.col("timestamp").last().alias("end_ts"),
            pl.len().alias("events"),
            pl.col("is_page_view").sum().alias("page_views"),
            page.first().alias("entry_page"),
            page.last().alias("exit_page"),
        )
        .collect()
    )


if __name__ == "__main__":
    main()
