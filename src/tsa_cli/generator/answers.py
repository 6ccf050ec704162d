"""
The true answers about a synthetic log, counted from the simulation and not by the pipeline.

reads   an EventLog
writes  one JSON object; times in UTC, ties by (timestamp, event id), each event once
source  the definitions of the README: a gap of more than 30 minutes ends a session; a funnel
        may begin at any first step, takes the furthest attempt and lasts seven days
"""

from datetime import UTC, datetime, timedelta

import numpy as np

from tsa_cli.generator.catalog import (
    EVENT_NAMES,
    FIRST_SERVER_KIND,
    NO_PAGE,
    PAGE_PATHS,
    VALUE_CENTS,
    Kind,
)
from tsa_cli.generator.humans import HumanEvents, human_events, session_starts
from tsa_cli.generator.log import EventLog
from tsa_cli.generator.people import DAY_MS, PersonType
from tsa_cli.generator.tables import U16, Bools
from tsa_cli.generator.traffic import CHANNELS, DIRECT

FUNNEL = (Kind.PRICE, Kind.SERVICE, Kind.STARTED, Kind.COMPLETED)
FUNNEL_WINDOW_MS = 7 * DAY_MS
_WEEK_MS = 7 * DAY_MS
_MONDAY_MS = 4 * DAY_MS  # 1970-01-05


def count_answers(log: EventLog) -> dict[str, object]:
    """Everything that is known about the log, as JSON values."""
    humans = human_events(log)
    is_client = humans.device >= 0
    names = {kind: EVENT_NAMES[kind] for kind in range(1, len(EVENT_NAMES))}
    all_types = np.bincount(log.events.kind, minlength=len(EVENT_NAMES)).tolist()
    human_types = np.bincount(humans.kind, minlength=len(EVENT_NAMES)).tolist()
    people = np.bincount(log.person_types, minlength=len(PersonType)).tolist()
    known_users = np.unique(humans.user[humans.user < len(log.person_types)])
    return {
        "lines": log.line_count,
        "unique_events": len(log.events.ts_ms),
        "duplicates": len(log.duplicates.event),
        "late_events": int((log.visits.late_ms[log.events.visit] > 0).sum()),
        "first_event": iso(int(log.events.ts_ms.min())),
        "last_event": iso(int(log.events.ts_ms.max())),
        "events_by_type": {name: all_types[kind] for kind, name in names.items()},
        "human_events": len(humans.ts_ms),
        "bot_events": len(log.events.ts_ms) - len(humans.ts_ms),
        "server_events": int((humans.kind >= FIRST_SERVER_KIND).sum()),
        "human_events_by_type": {name: human_types[kind] for kind, name in names.items()},
        "people_by_type": {kind.name.lower(): people[kind] for kind in PersonType},
        "devices": len(np.unique(humans.device[is_client])),
        "users": len(np.unique(humans.user)),
        "known_users": len(known_users),
        "users_with_several_devices": _several_devices(log, humans),
        **_visitor_answers(log, humans),
        **_session_answers(log, humans),
        "funnel": funnel_answer(humans),
        **_booking_answers(log, humans),
        "retention_weekly_page_viewed": retention(humans, humans.kind == Kind.PAGE),
        "retention_weekly_any_event": retention(humans, np.ones(len(humans.ts_ms), dtype=bool)),
        "outage": _outage(log, humans),
    }


def iso(ts_ms: int) -> str:
    """ISO 8601 with milliseconds and Z."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ts_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _several_devices(log: EventLog, humans: HumanEvents) -> int:
    """Known people who used two browsers or more of any kind."""
    known = (humans.device >= 0) & (humans.user < len(log.person_types))
    pairs = np.unique(humans.user[known] * len(log.devices.role) + humans.device[known])
    return int((np.bincount(pairs // len(log.devices.role)) > 1).sum())


def _visitor_answers(log: EventLog, humans: HumanEvents) -> dict[str, int]:
    """How many users have a session of their own, and how many have several."""
    rows, starts = session_starts(humans)
    user = humans.user[rows]
    # A session is its latest known person's; what nobody logged in to is the browser's own.
    is_known = user < len(log.person_types)
    latest = np.flatnonzero(np.append(starts[1:], True))
    latest_known = np.maximum.accumulate(np.where(is_known, np.arange(len(rows)), -1))[latest]
    is_of_session = latest_known >= np.flatnonzero(starts)
    owner = user[np.where(is_of_session, latest_known, latest)]
    _, visits_each = np.unique(owner, return_counts=True)
    return {
        "users_with_sessions": len(visits_each),
        "users_with_several_sessions": int((visits_each > 1).sum()),
    }


def _session_answers(log: EventLog, humans: HumanEvents) -> dict[str, object]:
    """Sessions, their lengths, sources, first and last pages."""
    rows, starts = session_starts(humans)
    session = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)
    last = np.append(first[1:], len(rows)) - 1
    duration_ms = humans.ts_ms[rows[last]] - humans.ts_ms[rows[first]]
    source = np.full(len(first), DIRECT)
    # The first landing that is not direct gives a session its source.
    channel = log.visits.channel[humans.visit[rows]]
    told = np.flatnonzero(humans.is_landing[rows] & (channel != DIRECT))[::-1]
    source[session[told]] = channel[told]
    sources = np.bincount(source, minlength=len(CHANNELS)).tolist()
    views = np.bincount(session[humans.kind[rows] == Kind.PAGE], minlength=len(first))
    booked = np.unique(session[humans.kind[rows] == Kind.COMPLETED])
    return {
        "sessions": len(first),
        "sessions_with_booking": len(booked),
        "mean_session_seconds": float(duration_ms.mean() / 1000),
        "longest_session_seconds": float(duration_ms.max() / 1000),
        "page_views_per_session": float(views.mean()),
        "sessions_by_source": {
            channel.source_medium: sources[number] for number, channel in enumerate(CHANNELS)
        },
        "entry_pages": _page_counts(humans.page[rows[first]]),
        "exit_pages": _page_counts(humans.page[rows[last]]),
    }


def _page_counts(pages: U16) -> dict[str, int]:
    """How often each page path occurs, the most frequent first."""
    counts = np.bincount(pages[pages != NO_PAGE], minlength=len(PAGE_PATHS)).tolist()
    pairs = sorted(zip(counts, PAGE_PATHS, strict=True), key=lambda pair: (-pair[0], pair[1]))
    return {path: count for count, path in pairs if count}


def funnel_answer(humans: HumanEvents) -> dict[str, object]:
    """How many users reach each step; steps follow in time, equal times in step order."""
    times: list[dict[int, list[int]]] = []
    for kind in FUNNEL:
        by_user: dict[int, list[int]] = {}
        rows = np.flatnonzero(humans.kind == kind)
        for user, ts_ms in zip(
            humans.user[rows].tolist(), humans.ts_ms[rows].tolist(), strict=True
        ):
            by_user.setdefault(user, []).append(ts_ms)
        times.append(by_user)
    reached = [0] * len(FUNNEL)
    for user, entries in times[0].items():
        later = [step.get(user, []) for step in times[1:]]
        depth = max(_attempt_depth(entry, later) for entry in entries)
        for step in range(depth):
            reached[step] += 1
    return {
        "steps": [
            {"event": EVENT_NAMES[kind], "count": count}
            for kind, count in zip(FUNNEL, reached, strict=True)
        ],
        "window_days": 7,
        "count_by": "user",
    }


def _attempt_depth(entry: int, later: list[list[int]]) -> int:
    """Steps that an attempt from `entry` reaches, each at its first possible time."""
    depth, now = 1, entry
    for moments in later:
        following = [m for m in moments if now <= m <= entry + FUNNEL_WINDOW_MS]
        if not following:
            break
        now = min(following)
        depth += 1
    return depth


def _booking_answers(log: EventLog, humans: HumanEvents) -> dict[str, object]:
    """Bookings, their value, who made them, and what was begun but never completed."""
    events = log.events
    done = events.kind == Kind.COMPLETED
    cents = VALUE_CENTS[events.offer[done], events.variant[done]]
    begun = np.unique(log.visits.booking[events.visit[events.kind == Kind.STARTED]])
    completed = np.unique(log.visits.booking[events.visit[done]])
    bookers, bookings_each = np.unique(
        humans.user[humans.kind == Kind.COMPLETED], return_counts=True
    )
    return {
        "bookings": int(done.sum()),
        "revenue": int(cents.sum()) / 100,
        "booking_users": len(bookers),
        "repeat_booking_users": int((bookings_each > 1).sum()),
        "bookings_started": len(begun),
        "bookings_abandoned": len(np.setdiff1d(begun, completed)),
        "users_who_started_a_booking": len(np.unique(humans.user[humans.kind == Kind.STARTED])),
    }


def retention(humans: HumanEvents, is_activity: Bools) -> list[dict[str, object]]:
    """Per week of first activity (from Monday, UTC): its size, and active users week by week."""
    week = (humans.ts_ms[is_activity] - _MONDAY_MS) // _WEEK_MS
    pairs = np.unique(np.column_stack([humans.user[is_activity], week]), axis=0)
    _, first = np.unique(pairs[:, 0], return_index=True)
    cohort = np.repeat(pairs[first, 1], np.diff(np.append(first, len(pairs))))
    last = int(pairs[:, 1].max())
    table: list[dict[str, object]] = []
    for begin in range(int(cohort.min()), last + 1):
        mine = cohort == begin
        returned = np.bincount(pairs[mine, 1] - begin, minlength=last - begin + 1).tolist()
        monday = iso(begin * _WEEK_MS + _MONDAY_MS)[:10]
        table.append({"cohort": monday, "size": returned[0], "returned": returned})
    return table


def _outage(log: EventLog, humans: HumanEvents) -> dict[str, object] | None:
    """The day on which the booking page could not complete; None in a short log."""
    begin, end = log.span.outage_start_ms, log.span.outage_end_ms
    if begin == end:
        return None
    during = (humans.ts_ms >= begin) & (humans.ts_ms < end)
    return {
        "from": iso(begin),
        "until": iso(end),
        "booking_started": int((during & (humans.kind == Kind.STARTED)).sum()),
        "booking_completed": int((during & (humans.kind == Kind.COMPLETED)).sum()),
    }
