"""
What every report is asked besides its name: from when to when, as of when, build first or not.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from tsa_cli.cli import moments
from tsa_cli.cli.plain import iso
from tsa_cli.errors import DataError, UsageError
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from tsa_cli.cli.session import Session
    from tsa_cli.store import Store

NEWER_EVENTS = (
    "newer event: `tsa sessionize` takes it in",
    "newer events: `tsa sessionize` takes them in",
)
_CUT_LINKS = ("cut link: `tsa sessionize` applies it", "cut links: `tsa sessionize` applies them")
_TICK = timedelta(microseconds=1)  # both ends of a span count


@dataclass(frozen=True)
class Asked:
    """The moments and conditions as typed."""

    as_of: str | None = None
    since: str | None = None
    until: str | None = None
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class Span:
    """The same, naive UTC; both ends count."""

    as_of: datetime
    since: datetime | None
    until: datetime | None


def nothing_there(store: "Store", window: Span) -> list[str]:
    """The warning for an asked time without any event, for a report that found nobody; or none."""
    since = window.since or datetime(1, 1, 1)
    until = min(window.until or window.as_of, window.as_of)
    if _all_left_out(store):  # which `behind` tells
        return []
    [(_, first_asked)] = store.rows("4_reports/metric_range.sql", since=since, until=until)
    return ["no event in the asked time"] if first_asked is None else []


def nobody_yet(store: "Store", as_of: datetime) -> list[str]:
    """The warning that all events are later than the moment to look from, where they are."""
    if not nothing_there(store, Span(as_of, None, None)):
        return []
    return [f"nobody is described: no event is as old as {iso(as_of)}"]


def behind(session: "Session", store: "Store") -> list[str]:
    """The warnings for what no report looks at yet, as it came after `sessionize`."""
    if not store.has_table("sessionize_state"):
        return []
    newer = [
        quantity(int(str(count)), *what)
        for counts in store.rows("4_reports/newer_events.sql")  # none before the first run
        for what, count in zip((NEWER_EVENTS, _CUT_LINKS), counts, strict=True)
        if count
    ]
    return newer + (_all_left_out(store) if not newer else []) + other_rules(session, store)


def _all_left_out(store: "Store") -> list[str]:
    """The warning for a store whose events are all bots' or the shop's own; or none."""
    if store.count("4_reports/last_core_seq.sql") >= 0:
        return []
    stored = store.count("4_reports/all_left_out.sql")
    if not stored:
        return []
    told = quantity(stored, "event is", "events are")
    return [f"all {told} left out, as bots' or the shop's own: `exclude` of sessions.yaml says who"]


def other_rules(session: "Session", store: "Store") -> list[str]:
    """The warning for sessions and users that other files made than those in force; or none."""
    from tsa_cli.cli.jobs.sessionize import config_of, fingerprint

    # To load the step and to understand the files takes 0.3 s, so only files that are others are.
    is_known = store.has_table("sessionize_files")
    if is_known and store.value("2_sessions/known_files.sql") == fingerprint(session):
        return []
    from tsa_cli import lookups
    from tsa_cli.steps.sessionize import progress

    config = config_of(session)
    try:
        has_places = lookups.is_current(store, config.lookups)
    except DataError:  # the city database is gone, which `tsa sessionize` tells
        has_places = True
    if has_places and progress.is_made_by(store, config.definition()):
        return []
    return ["sessions and users are by the rules of before: `tsa sessionize` makes them anew"]


def span(store: "Store", asked: Asked, timezone: str = "UTC") -> Span:
    """
    The asked moments on the store's clock; DataError when the store is empty.

    A date in `--since` and `--until` is the day of `timezone`; `--as-of` is the store's, in UTC.
    """
    newest_ts = store.newest_event_ts()
    clock = moments.as_of(asked.as_of, newest_ts)
    if clock is None:
        raise DataError("the store holds no event yet", "run `tsa ingest PATH` first")
    since = moments.since(asked.since, clock, timezone)
    until = moments.until(asked.until, clock, timezone)
    if since is not None and until is not None and since > until:
        raise UsageError(f"--since {asked.since} is after --until {asked.until}", "swap them")
    return Span(clock, since, until)


def span_before(window: Span) -> Span | None:
    """
    The span of the same length that ends where the asked one begins; None without a begin.

    Days after the clock's are unknown: they make the asked one no longer.
    """
    end = window.as_of
    if window.until is not None:
        next_day = datetime.combine(window.as_of.date(), time()) + timedelta(days=1)
        end = min(window.until, next_day - _TICK)
    if window.since is None or window.since > end:
        return None
    length = end - window.since + _TICK
    return Span(window.as_of, window.since - length, window.since - _TICK)
