"""
Starts and returns become the cohorts of a retention report.

reads   the arrays of `activity`
writes  nothing
source  definitions D29
"""

from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from tsa_cli.config.retention import RetentionConfig
from tsa_cli.kernels import retention as kernel
from tsa_cli.kernels.calendar import local_day, period_start
from tsa_cli.kernels.wilson import wilson
from tsa_cli.steps.retention.activity import Activity, Ints
from tsa_cli.steps.retention.result import CohortRow, LeftOut, PooledRow

Bools = NDArray[np.bool_]

# A rolling month is 30 days of 24 hours: the same length for everyone.
_LENGTHS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


def cohort_rows(
    activity: Activity,
    config: RetentionConfig,
    as_of: datetime,
    since: datetime | None,
    until: datetime | None,
) -> tuple[list[CohortRow], LeftOut]:
    """The cohorts in the order of time, from the first with members, and who is before them."""
    if config.clock == "calendar":
        matrix = _calendar_matrix(activity, config)
    else:
        matrix = _rolling_matrix(activity, config)
    complete, begun = _cells(activity, config, as_of)
    chosen = _chosen(activity, config, since, until)
    days = activity.calendar.days
    rows = [
        CohortRow(
            cohort=days[number].isoformat(),
            size=int(matrix[number, 0]),
            returned=[int(count) for count in matrix[number]],
            complete=[bool(cell) for cell in complete[number]],
            begun=[bool(cell) for cell in begun[number]],
        )
        for number in chosen
    ]
    earlier = matrix[: chosen.start, 0] if since is None and chosen else matrix[:0, 0]
    held = np.flatnonzero(earlier)
    first = days[held[0]].isoformat() if len(held) else None
    return rows, LeftOut(cohorts=len(held), size=int(earlier.sum()), first_cohort=first)


def pooled_rows(cohorts: list[CohortRow], periods: int) -> list[PooledRow]:
    """Each period over the cohorts in which it is complete: sum of returned / sum of sizes."""
    rows = []
    for period in range(periods):
        over = [row for row in cohorts if row.complete[period]]
        n = sum(row.size for row in over)
        hits = sum(row.returned[period] for row in over)
        rows.append(PooledRow(period, n, hits / n if n else None, *wilson(hits, n), hits))
    return rows


def _chosen(
    activity: Activity,
    config: RetentionConfig,
    since: datetime | None,
    until: datetime | None,
) -> range:
    """The numbers of the cohorts to show; none where nobody ever started."""
    last, days = activity.last_period, activity.calendar.days

    def number_of(moment: datetime) -> int:
        day: date = period_start(
            local_day(moment, config.timezone), config.bucket, config.week_start
        )
        return int(np.searchsorted(np.array(days, dtype="datetime64[D]"), np.datetime64(day)))

    if until is not None:
        last = min(last, number_of(until))
    first = last + 1 - (config.cohorts or config.periods) if since is None else number_of(since)
    members = activity.start_period[activity.start_period >= 0]
    if not len(members):
        return range(0)
    return range(max(first, int(members.min()), 0), last + 1)


def _calendar_matrix(activity: Activity, config: RetentionConfig) -> Ints:
    starts = kernel.distinct_pairs(activity.start_user, activity.start_period)
    if config.mode == "first_time":
        starts = kernel.first_pairs(starts)
    returns = kernel.distinct_pairs(activity.return_user, activity.return_period)
    measure = kernel.retained_on if config.measure == "on" else kernel.retained_on_or_after
    return measure(starts, returns, cohorts=len(activity.calendar.days), periods=config.periods)


def _rolling_matrix(activity: Activity, config: RetentionConfig) -> Ints:
    starts = kernel.sorted_moments(activity.start_user, activity.start_us)
    period = activity.calendar.numbers(starts.time_us.view("datetime64[us]"))
    new = np.ones(len(period), np.bool_)
    new[1:] = starts.user[1:] != starts.user[:-1]
    if config.mode == "recurring":  # once for each period that the user starts in
        new[1:] |= period[1:] != period[:-1]
    return kernel.retained_rolling(
        kernel.Moments(starts.user[new], starts.time_us[new]),
        period[new],
        kernel.sorted_moments(activity.return_user, activity.return_us),
        length_us=_LENGTHS[config.bucket] // timedelta(microseconds=1),
        cohorts=len(activity.calendar.days),
        periods=config.periods,
        is_unbounded=config.measure == "on_or_after",
    )


def _cells(activity: Activity, config: RetentionConfig, as_of: datetime) -> tuple[Bools, Bools]:
    """Which periods are over for all that a cohort can hold, and begun for some of them."""
    number = np.arange(len(activity.calendar.days))[:, None]
    period = np.arange(config.periods)[None, :]
    if config.clock == "calendar":
        return number + period < activity.last_period, number + period <= activity.last_period
    edges, length = activity.calendar.boundaries[:, None], np.timedelta64(_LENGTHS[config.bucket])
    now = np.datetime64(as_of)
    return edges[1:] + (period + 1) * length <= now, edges[:-1] + period * length <= now
