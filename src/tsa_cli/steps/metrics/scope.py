"""
The time that a metric is taken over, and its periods.

reads   core, for the first event
writes  nothing
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from tsa_cli.config.metrics import MetricsConfig
from tsa_cli.kernels.calendar import Calendar, local_day, make_calendar
from tsa_cli.store.store import Store

Grain = Literal["day", "week", "month"]
Compare = Literal["previous", "weekdays"]
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Scope:
    """From `since` to `until`, both inclusive, UTC; `grain` None is one period."""

    as_of: datetime
    since: datetime
    until: datetime
    grain: Grain | None
    timezone: str
    week_start: Literal["monday", "sunday"]

    @property
    def calendar(self) -> Calendar:
        """The periods from the first to the last moment."""
        return make_calendar(
            self.since,
            self.until,
            bucket=self.grain or "day",
            timezone=self.timezone,
            week_start=self.week_start,
        )

    @property
    def periods(self) -> list[date | None]:
        """The first day of each period; [None] without a grain."""
        return [None] if self.grain is None else list(self.calendar.days)

    @property
    def label(self) -> str:
        """The whole span in local days, as an ISO 8601 interval."""
        days = [local_day(moment, self.timezone) for moment in (self.since, self.until)]
        return f"{days[0].isoformat()}/{days[1].isoformat()}"

    @property
    def params(self) -> dict[str, object]:
        """What the queries are bound to."""
        return {
            "as_of": self.as_of,
            "since": self.since,
            "until": self.until,
            "is_one_period": self.grain is None,
            "grain": self.grain or "day",
            "timezone": self.timezone,
            "shift_days": int(self.grain == "week" and self.week_start == "sunday"),
        }

    def before(self, compare: Compare) -> "Scope":
        """The span of the same length that ends where this one begins; or whole weeks earlier."""
        length = self.until - self.since + _TICK
        if compare == "weekdays":
            length = timedelta(weeks=-(-length // timedelta(weeks=1)))
        return replace(self, since=self.since - length, until=self.until - length)

    def hours(self) -> dict[date | None, int]:
        """Clock hours (UTC) that each period touches inside the span."""
        if self.grain is None:
            return {None: _hours(self.since, self.until)}
        calendar = self.calendar
        edges = [edge.item() for edge in calendar.boundaries]
        return {
            day: _hours(max(self.since, edges[i]), min(self.until, edges[i + 1] - _TICK))
            for i, day in enumerate(calendar.days)
        }


def make_scope(
    store: Store,
    config: MetricsConfig,
    grain: Grain | None,
    as_of: datetime,
    since: datetime | None,
    until: datetime | None,
) -> Scope | None:
    """The asked span up to the clock, from the first event on; None when it holds no event."""
    last = min(until, as_of) if until else as_of
    low = since or datetime(1, 1, 1)
    first = store.value("4_reports/metric_range.sql", since=low, until=last)
    if not isinstance(first, datetime):
        return None
    return Scope(as_of, since or first, last, grain, config.timezone, config.week_start)


def _hours(first: datetime, last: datetime) -> int:
    hour, origin = timedelta(hours=1), datetime(1970, 1, 1)
    return (last - origin) // hour - (first - origin) // hour + 1 if first <= last else 0
