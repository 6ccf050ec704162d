"""
From stored events to sessions, users and features.
"""

from benchmarks.case import WORK, WORK_CHDB, Case, Side

BOTH = "layout + sessions"


def sessions() -> Case:
    """Sessions from what lies there in order; Polars and the texts start at the log itself."""
    prepared = ["sides.chdb_sql", "chdb", "sides/chdb_sessionize.sql"]
    text = ["sides.duckdb_sql", "text.duckdb", "sides/duckdb_sessionize.sql"]
    whole = {"sessions": ("sessions",)}
    return Case(
        "sessions",
        "Sessions of 30 minutes from each side's own table: 14 columns (Polars and the texts: six)",
        ("full.duckdb", "chdb", "text.duckdb"),
        (
            Side("tsa", ["sides.tsa_sessions", WORK], [["prepare.fresh", WORK, "full.duckdb"]],
                 ["sides.duckdb_sql", WORK, "sides/tsa_sessions.sql", "answer"], whole),
            Side("chdb, arrays on a sorted table of integers", [*prepared, "sessions"],
                 [[*prepared, "before"]], [*prepared, "answer"], whole),
            Side("chdb, six columns of them", [*prepared, "sessions_of_six"],
                 [[*prepared, "before"]], [*prepared, "answer_of_six"],
                 {"sessions": ("sessions_of_six",)}),
            Side("Polars from Parquet", ["sides.polars_sessionize"], parts=whole),
            Side("DuckDB, LAG and SUM on texts", [*text, "sessions"], [], [*text, "answer"], whole),
            Side("PySpark from Parquet", ["sides.spark_sessionize"], parts=whole, needs_spark=True),
        ),
    )  # fmt: skip


def sessionize() -> Case:
    """Sessions, and the layout that they are read from: both are made in one pass."""
    wide = ["sides.chdb_sql", "chdb_wide", "sides/chdb_layout.sql"]
    return Case(
        "sessionize",
        "The layout of the events and their sessions, once the events are loaded",
        ("raw.duckdb", "chdb_wide"),
        (
            Side("tsa", ["sides.tsa_command", WORK, "sessionize", "--full"],
                 [["prepare.fresh", WORK, "raw.duckdb"]],
                 ["sides.duckdb_sql", WORK, "sides/tsa_sessionize.sql", "answer"],
                 {"layout": ("layout",), BOTH: ("layout", "sessions"), "step": ("sessionize",)}),
            Side("chdb, layout and arrays", [*wide, "layout", "sessions"],
                 [[*wide, "before"]], [*wide, "answer"],
                 {"layout": ("layout",), BOTH: ("layout", "sessions")}),
        ),
    )  # fmt: skip


def sessionize_increment() -> Case:
    """What a little more costs, and that it comes to the same."""

    def side(label: str, *flags: str) -> Side:
        return Side(
            label,
            ["sides.tsa_command", WORK, "sessionize", *flags],
            [["prepare.fresh", WORK, "grown.duckdb"]],
            ["sides.duckdb_sql", WORK, "sides/tsa_sessionize.sql", "answer"],
            {"step": ("sessionize",)},
        )

    return Case(
        "sessionize_increment",
        "Sessions, users and identities after 1 % of new events, against all anew",
        ("grown.duckdb",),
        (side("tsa"), side("tsa --full", "--full")),
    )


def end_to_end() -> Case:
    """Loading counted in."""
    tsa = Side(
        "tsa",
        ["sides.tsa_command", WORK, "ingest", "people.parquet", "+", "sessionize", "--full"],
        [["prepare.fresh", WORK]],
        ["sides.duckdb_sql", WORK, "sides/tsa_sessionize.sql", "answer"],
    )
    wide = ["sides.chdb_sql", WORK_CHDB, "sides/chdb_layout.sql"]
    direct = ["sides.chdb_sql", WORK_CHDB, "sides/chdb_sessionize_file.sql"]
    duck = ["sides.duckdb_sql", WORK, "sides/duckdb_sessionize.sql"]
    fresh, fresh_chdb = ["prepare.fresh", WORK], ["prepare.fresh", WORK_CHDB]
    return Case(
        "end_to_end",
        "From the Parquet file to sessions; tsa and the first peer store the events, too",
        ("people.parquet",),
        (
            tsa,
            Side("chdb, events stored", [*wide, "wide", "layout", "sessions"], [fresh_chdb],
                 [*wide, "answer"]),
            Side("chdb, sessions only", [*direct, "sessions"], [fresh_chdb], [*direct, "answer"]),
            Side("Polars, sessions only", ["sides.polars_sessionize"]),
            Side("DuckDB, sessions only", [*duck, "view", "sessions"], [fresh], [*duck, "answer"]),
        ),
    )  # fmt: skip


def features() -> Case:
    """One row per user."""
    peer = ["sides.chdb_sql", "chdb", "sides/chdb_features.sql"]
    return Case(
        "features",
        "All features of every user, once sessions are there",
        ("full.duckdb", "chdb"),
        (
            Side("tsa", ["sides.tsa_command", "full.duckdb", "features"], [],
                 ["sides.duckdb_sql", "full.duckdb", "sides/tsa_features.sql", "answer"],
                 {"step": ("features",)}),
            Side("chdb", [*peer, "features"], [[*peer, "before"]], [*peer, "answer"],
                 {"step": ("features",)}),
        ),
    )  # fmt: skip
