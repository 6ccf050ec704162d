"""
The time that a metric is taken over, and its periods.

reads   core, for the first event
writes  nothing
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from tsa_cli.config.metrics import MetricsConfig
from tsa_cli.kernels.calendar import Calendar, local_day, local_midnight, make_calendar, shift
from tsa_cli.store.store import Store

Grain = Literal["day", "week", "month"]
Compare = Literal["previous", "weekdays"]
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Scope:
    """From `since` to `until`, both inclusive, UTC; `grain` None is one period."""

    as_of: datetime
    first_ts: datetime  # the first event of all, however long before `since`
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

    @cached_property
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
        """
        The span of the same length that ends where this one begins; or whole weeks earlier.

        A span of whole local days steps back by local days, which may have 23 or 25 hours.
        """
        edges = (self.since, self.until + _TICK)
        days = [local_day(edge, self.timezone) for edge in edges]
        is_whole = [local_midnight(day, self.timezone) for day in days] == list(edges)
        length = days[1] - days[0] if is_whole else edges[1] - edges[0]
        if compare == "weekdays":
            length = timedelta(weeks=-(-length // timedelta(weeks=1)))
        if is_whole:
            since, end = (local_midnight(day - length, self.timezone) for day in days)
        else:
            since, end = (edge - length for edge in edges)
        return replace(self, since=since, until=end - _TICK)

    def earlier(self, periods: int) -> "Scope | None":
        """
        So many periods before the first one, and the first in full; None without an event there.

        What the shown periods are compared with: it is never cut, whatever `since` cuts.
        """
        if self.grain is None or self.first_ts >= self.since:
            return None
        begin, _ = self._edges(shift(self.calendar.days[0], -periods, self.grain), self.grain)
        _, end = self._edges(self.calendar.days[0], self.grain)
        return replace(self, since=max(begin, self.first_ts), until=min(end - _TICK, self.as_of))

    def is_over(self, period: date | None) -> bool:
        """True when no later event can fall into the period."""
        if period is None or self.grain is None:
            return True
        return self._edges(period, self.grain)[1] <= self.as_of

    def is_cut(self, period: date | None) -> bool:
        """True when events before `since` or after `until` can belong to the period."""
        if period is None or self.grain is None:
            return False
        begin, end = self._edges(period, self.grain)
        return max(begin, self.first_ts) < self.since or min(end - _TICK, self.as_of) > self.until

    def _edges(self, period: date, grain: Grain) -> tuple[datetime, datetime]:
        """The UTC instants at which the period begins and at which it is over."""
        days = (period, shift(period, 1, grain))
        begin, end = (local_midnight(day, self.timezone) for day in days)
        return begin, end

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
    first = _first_event(store, since, last)
    if first is None:
        return None
    return _scope(config, grain, as_of, (first, since or first, last))


def scope_of_lines(
    store: Store,
    config: MetricsConfig,
    grain: Grain | None,
    as_of: datetime,
    since: datetime | None,
    until: datetime | None,
) -> Scope:
    """The asked span for metrics of lines, which need no events in it and no sessions."""
    last = min(until, as_of) if until else as_of
    first = _first_event(store, since, last) if store.has_table("core") else None
    if first is None:
        stored = store.value("4_reports/metric_first_event.sql")
        first = min(stored, last) if isinstance(stored, datetime) else last
    return _scope(config, grain, as_of, (first, since or first, last))


def _first_event(store: Store, since: datetime | None, last: datetime) -> datetime | None:
    """The first event of all; None when there is none from `since` to `last`."""
    since = since or datetime(1, 1, 1)
    [ranged] = store.records("4_reports/metric_range.sql", since=since, until=last)
    first = ranged["first_ts"]
    return first if isinstance(first, datetime) and ranged["first_asked_ts"] else None


def _scope(
    config: MetricsConfig,
    grain: Grain | None,
    as_of: datetime,
    moments: tuple[datetime, datetime, datetime],
) -> Scope:
    first_ts, since, until = moments
    return Scope(
        as_of=as_of,
        first_ts=first_ts,
        since=since,
        until=until,
        grain=grain,
        timezone=config.timezone,
        week_start=config.week_start,
    )


def _hours(first: datetime, last: datetime) -> int:
    hour, origin = timedelta(hours=1), datetime(1970, 1, 1)
    return (last - origin) // hour - (first - origin) // hour + 1 if first <= last else 0
