"""
The starts and returns of users, with the calendar that they fall into.

reads   core, actors, event_types, and what the matchers ask for
writes  nothing
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from tsa_cli.config.retention import RetentionConfig
from tsa_cli.kernels.calendar import Calendar, make_calendar
from tsa_cli.matcher import MatcherCompiler
from tsa_cli.relations import CORE_RELATION
from tsa_cli.store.store import Store

Ints = NDArray[np.int64]
_START, _RETURN = 1, 2


@dataclass(frozen=True)
class Activity:
    """Start and return events; arrays of one kind are parallel, times are UTC microseconds."""

    calendar: Calendar  # from the period of the first event to the one that holds the clock
    start_user: Ints
    start_us: Ints
    return_user: Ints
    return_us: Ints

    @property
    def start_period(self) -> Ints:
        """The calendar's number of the period of each start."""
        return self.calendar.numbers(self.start_us.view("datetime64[us]"))

    @property
    def return_period(self) -> Ints:
        """The calendar's number of the period of each return."""
        return self.calendar.numbers(self.return_us.view("datetime64[us]"))

    @property
    def last_period(self) -> int:
        """The number of the period that holds the clock."""
        return len(self.calendar.days) - 1


def read_activity(
    store: Store, config: RetentionConfig, as_of: datetime, event_aliases: Mapping[str, str]
) -> Activity:
    """The events up to the clock; of the calendar clock, up to the end of its period."""
    store.require("core", "actors")
    before = as_of + timedelta(microseconds=1)
    if config.clock == "calendar":
        before = _calendar(as_of, as_of, config).end_of(0)
    compiler = MatcherCompiler(CORE_RELATION, event_aliases=event_aliases)
    mask = compiler.mask([config.start, config.return_])
    names = [config.start.event_names(), config.return_.event_names()]
    known = {event_aliases.get(n, n) for some in names for n in some or ()}
    rows = store.arrays(
        "4_reports/retention_moments.sql",
        {"columns": compiler.columns(), "joins": compiler.joins(), "mask": mask},
        before=before,
        is_any_name=None in names,
        names=sorted(known),
    )
    user, time_us, marks = (
        np.asarray(rows[name]).astype(np.int64, copy=False)
        for name in ("user_key", "time_us", "marks")
    )
    starts, returns = marks & _START != 0, marks & _RETURN != 0
    first = as_of
    if len(time_us):
        first = min(as_of, time_us.min().view("datetime64[us]").item())
    return Activity(
        calendar=_calendar(first, as_of, config),
        start_user=user[starts],
        start_us=time_us[starts],
        return_user=user[returns],
        return_us=time_us[returns],
    )


def _calendar(first: datetime, last: datetime, config: RetentionConfig) -> Calendar:
    return make_calendar(
        first,
        last,
        bucket=config.bucket,
        timezone=config.timezone,
        week_start=config.week_start,
    )
