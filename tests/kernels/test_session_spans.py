"""
Sessions measured piece by piece are those that one event after another gives.
"""

from itertools import groupby

import numpy as np
import pytest

from tsa_cli.kernels.session_spans import Columns, Lookups, Visited, measure
from tsa_cli.steps.sessionize.pieces import whole_devices

COUNTS_AS = np.array([0, 1, 2, 4, 7], dtype=np.uint8)
LOOKUPS = Lookups(
    COUNTS_AS,
    has_campaign=np.array([False, False, True, False]),
    page_site=np.array([0, 1, 1, 2], dtype=np.int32),
    is_source=np.array([False, True, True, False]),
    referrer_site=np.array([0, 1, 2, 2], dtype=np.int32),
)
PICKS = ("page_key", "agent_key", "ip_key", "referrer_key")


def _random_events(rng: np.random.Generator, count: int) -> Columns:
    """Sessions of a few events; keys of which a quarter is 0."""
    session = np.cumsum(rng.random(count) < rng.choice([0.1, 0.5, 0.9])) + 1
    keys = {name: rng.integers(0, 4, count).astype(np.int32) for name in PICKS}
    return {
        **keys,
        "place": np.arange(count),
        "session_key": session.astype(np.int32),
        "device_key": (session // 3).astype(np.int32),
        "actor_key": rng.integers(1, 9, count).astype(np.int32),
        "event_us": np.sort(rng.integers(0, 50, count)),
        "event_code": rng.integers(0, len(COUNTS_AS), count).astype(np.uint16),
        "event_seq": rng.permutation(count),
        "is_known": rng.integers(0, 2, count).astype(np.uint8),
        "is_server": (rng.random(count) < rng.choice([0, 0.3])).astype(np.uint8),
    }


def _oracle(events: Columns) -> list[dict[str, int]]:
    """The figures of each session, by looking at one event after another."""
    rows = [
        dict(zip(events, row, strict=True))
        for row in zip(*(column.tolist() for column in events.values()), strict=True)
    ]
    rows = [event for event in rows if not event["is_server"]]
    found = [_session(list(visit)) for _, visit in groupby(rows, key=lambda e: e["session_key"])]
    devices = [session["device_key"] for session in found]
    firsts = [n == 0 or devices[n - 1] != device for n, device in enumerate(devices)]
    return [
        {**session, "is_device_first": first} for session, first in zip(found, firsts, strict=True)
    ]


def _session(visit: list[dict[str, int]]) -> dict[str, int]:
    def first(name: str, events: list[dict[str, int]]) -> int:
        return next((e[name] for e in events if e[name]), 0)

    flags = [int(COUNTS_AS[e["event_code"]]) for e in visit]
    known = [e for e in visit if e["is_known"]] or visit
    touching = [e for e in visit if _is_touch(e["page_key"], e["referrer_key"])]
    touch = (touching or visit)[0]
    return {
        "session_key": visit[0]["session_key"],
        "first_core_seq": visit[0]["place"],
        "device_key": visit[0]["device_key"],
        "start_us": visit[0]["event_us"],
        "end_us": visit[-1]["event_us"],
        "events_count": len(visit),
        "page_views": sum(flag & 1 for flag in flags),
        "interactive_count": sum(flag >> 1 & 1 for flag in flags),
        "conversion_count": sum(flag >> 2 for flag in flags),
        "first_event_seq": visit[0]["event_seq"],
        "entry_page_key": first("page_key", visit),
        "exit_page_key": first("page_key", visit[::-1]),
        "agent_key": first("agent_key", visit),
        "ip_key": first("ip_key", visit),
        "actor_key": known[-1]["actor_key"],
        "touch_page_key": touch["page_key"],
        "touch_referrer_key": touch["referrer_key"],
        "has_touch": bool(touching),
    }


def _is_touch(page: int, referrer: int) -> bool:
    is_foreign = LOOKUPS.referrer_site[referrer] != LOOKUPS.page_site[page]
    return bool(LOOKUPS.has_campaign[page] or (LOOKUPS.is_source[referrer] and is_foreign))


def _rows(columns: Columns) -> list[dict[str, int]]:
    return [
        dict(zip(columns, row, strict=True))
        for row in zip(*(column.tolist() for column in columns.values()), strict=True)
    ]


def _measured(piece: Columns) -> list[dict[str, int]]:
    """The rows of a piece, whose sessions count from 1 and whose places from 0."""
    places = np.flatnonzero(piece["is_server"] == 0)
    names, session_key = np.unique(piece["session_key"][places], return_inverse=True)
    found = measure(Visited(piece, places), (session_key + 1).astype(np.int32), LOOKUPS)
    found["session_key"] = names[found["session_key"] - 1]
    found["first_core_seq"] = piece["place"][found["first_core_seq"]]
    return _rows(found)


@pytest.mark.parametrize("seed", range(60))
def test_pieces_of_any_size_give_the_sessions_of_the_whole(seed: int) -> None:
    rng = np.random.default_rng(seed)
    events = _random_events(rng, int(rng.integers(0, 60)))
    size = int(rng.integers(1, 20))
    pieces = list(whole_devices(events, size))
    found = [row for piece in pieces for row in _measured(piece)]
    assert found == _oracle(events)
    devices = [set(piece["device_key"].tolist()) for piece in pieces]
    assert sum(map(len, devices)) == len(set(events["device_key"].tolist()))


def test_counts_share_a_running_sum_and_stay_apart() -> None:
    count = 3 * (1 << 16)
    events = {name: np.ones(count, np.int32) for name in (*PICKS, "device_key", "actor_key")}
    events |= {name: np.arange(count) for name in ("event_us", "event_seq")}
    events |= {"event_code": np.full(count, 4, np.uint16), "is_known": np.ones(count, np.uint8)}
    session_key = np.repeat(np.array([1, 2], np.int32), [count - 5, 5])
    found = measure(Visited(events, np.arange(count)), session_key, LOOKUPS)
    for name in ("events_count", "page_views", "interactive_count", "conversion_count"):
        assert found[name].tolist() == [count - 5, 5]


def test_no_events_make_no_sessions_but_every_column() -> None:
    empty = {k: v[:0] for k, v in _random_events(np.random.default_rng(0), 3).items()}
    none = np.zeros(0, np.int32)
    measured = measure(Visited(empty, none.astype(np.intp)), none, LOOKUPS)
    assert {len(column) for column in measured.values()} == {0}
