"""
Days, weeks and months of a time zone as instants, so that a lookup is one sorted search.

Only the boundaries are converted, so a day of 23 or 25 hours needs no special case: it is the
time from one local midnight to the next.

reads   nothing; time zone rules from the standard library
writes  nothing
source  definitions D29
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Bucket = Literal["day", "week", "month"]
WeekStart = Literal["monday", "sunday"]


@dataclass(frozen=True)
class Calendar:
    """Consecutive local periods: number i holds boundaries[i] <= instant < boundaries[i + 1]."""

    days: tuple[date, ...]  # local first day of each period
    boundaries: NDArray[np.datetime64]  # UTC, microseconds, one more than `days`

    def numbers(self, instants: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """The period of each UTC instant; -1 before the first, len(days) after the last."""
        places = np.searchsorted(self.boundaries, instants.astype("datetime64[us]"), side="right")
        return places - 1

    def end_of(self, number: int) -> datetime:
        """The UTC instant, without zone, at which the period is over."""
        end: datetime = self.boundaries[number + 1].item()
        return end


def make_calendar(
    first: datetime,
    last: datetime,
    *,
    bucket: Bucket,
    timezone: str = "UTC",
    week_start: WeekStart = "monday",
) -> Calendar:
    """The periods from the one that holds `first` to the one that holds `last` (UTC, no zone)."""
    zone = ZoneInfo(timezone)
    day = period_start(_local_day(first, zone), bucket, week_start)
    final = period_start(_local_day(last, zone), bucket, week_start)
    days = [day]
    while days[-1] < final:
        days.append(shift(days[-1], 1, bucket))
    edges = [_midnight(day, zone) for day in (*days, shift(days[-1], 1, bucket))]
    return Calendar(tuple(days), np.array(edges, dtype="datetime64[us]"))


def period_start(day: date, bucket: Bucket, week_start: WeekStart = "monday") -> date:
    """The first day of the period that holds `day`."""
    if bucket == "day":
        return day
    if bucket == "week":
        return day - timedelta(days=(day.weekday() + (week_start == "sunday")) % 7)
    return day.replace(day=1)


def shift(day: date, count: int, bucket: Bucket) -> date:
    """The first day of the period `count` periods after the one that starts on `day`."""
    if bucket == "day":
        return day + timedelta(days=count)
    if bucket == "week":
        return day + timedelta(weeks=count)
    months = day.year * 12 + day.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def local_midnight(day: date, timezone: str) -> datetime:
    """The UTC instant, without zone, at which the local day begins."""
    return _midnight(day, ZoneInfo(timezone))


def local_day(instant: datetime, timezone: str) -> date:
    """The local day that holds the UTC instant (without zone)."""
    return _local_day(instant, ZoneInfo(timezone))


def _local_day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.replace(tzinfo=UTC).astimezone(zone).date()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day, time(), tzinfo=zone)
    return local.astimezone(UTC).replace(tzinfo=None)
