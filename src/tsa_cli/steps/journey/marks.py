"""
The asked time, the sessions in it, and the events for which the configuration's matchers hold.

reads   sessions, core, actors, and what the matchers ask for
writes  nothing
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from tsa_cli.config.journeys import JourneyConfig
from tsa_cli.config.matchers import Matcher
from tsa_cli.kernels.paths import Flags, Ints, Numbers
from tsa_cli.matcher import MatcherCompiler
from tsa_cli.relations import CORE_RELATION
from tsa_cli.store.store import Store


@dataclass(frozen=True)
class Span:
    """The clock and the time in which a session must begin; UTC, inclusive."""

    as_of: datetime
    since: datetime | None = None
    until: datetime | None = None

    @property
    def last(self) -> datetime:
        """The latest moment at which a session may begin."""
        return min(self.until, self.as_of) if self.until else self.as_of

    @property
    def is_everything(self) -> bool:
        """True when every session known at the clock is asked for."""
        return self.since is None and self.last == self.as_of


@dataclass(frozen=True)
class Sessions:
    """Every session up to the end of the span; parallel arrays."""

    key: Numbers
    user: Numbers
    start_us: Ints
    is_asked: Flags  # begins inside the span


@dataclass(frozen=True)
class Marks:
    """The events for which a matcher holds, in core order; bit k of `bits` is matcher k."""

    seq: Ints
    session: Ints  # -1 for a server-side event
    user: Ints
    time_us: Ints
    bits: Ints
    roles: tuple[str, ...]

    def of(self, role: str) -> Flags:
        """Which of the marked events the matcher of `role` holds for."""
        return np.asarray((self.bits >> self.roles.index(role)) & 1 == 1)


def read_sessions(store: Store, span: Span) -> Sessions:
    """All sessions that begin by the end of the span."""
    rows = store.arrays("4_reports/journey_sessions.sql", since=datetime(1, 1, 1), until=span.last)
    start_us = integers(rows["start_us"])
    since_us = np.datetime64(span.since or datetime(1, 1, 1), "us").astype(np.int64)
    return Sessions(
        key=rows["session_key"],
        user=rows["user_key"],
        start_us=start_us,
        is_asked=start_us >= since_us,
    )


def read_marks(
    store: Store, config: JourneyConfig, span: Span, event_aliases: Mapping[str, str]
) -> Marks:
    """The events that the configuration's matchers hold for."""
    points = {name: getattr(config, name) for name in ("start", "end", "through", "exclude")}
    matchers: dict[str, Matcher] = {"conversion": config.conversion}
    matchers |= {name: point for name, point in points.items() if isinstance(point, Matcher)}
    if config.steps is not None:
        matchers["steps"] = config.steps
    compiler = MatcherCompiler(CORE_RELATION, event_aliases=event_aliases)
    mask = compiler.mask(list(matchers.values()))
    names = [matcher.event_names() for matcher in matchers.values()]
    known = {event_aliases.get(n, n) for some in names for n in some or ()}
    rows = store.arrays(
        "4_reports/journey_marks.sql",
        {"columns": compiler.columns(), "joins": compiler.joins(), "mask": mask},
        as_of=span.as_of,
        is_any_name=None in names,
        names=sorted(known),
    )
    return Marks(
        seq=integers(rows["core_seq"]),
        session=integers(rows["session_key"]),
        user=integers(rows["user_key"]),
        time_us=integers(rows["time_us"]),
        bits=integers(rows["marks"]),
        roles=tuple(matchers),
    )


def integers(column: NDArray[np.signedinteger]) -> Ints:
    """The column of a query as 64-bit integers."""
    return np.asarray(column).astype(np.int64, copy=False)
