"""A store whose tables hold exactly the given events, cut into visits by plain Python."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import polars as pl
import pytest
from tests.stored import promote

from tsa_cli.steps.sessionize import by_type
from tsa_cli.store import Store

TIMEOUT = timedelta(minutes=30)


@dataclass(frozen=True)
class Event:
    """One event as a test gives it; without `anonymous_id` the user is the device."""

    user: str
    ts: datetime
    name: str
    page: str | None = None
    properties: str = "{}"
    is_server: bool = False
    anonymous_id: str | None = None
    device_type: str | None = "desktop"
    is_known: bool = True


@dataclass(frozen=True)
class Visit:
    """One session of the given events, for oracles."""

    key: int
    user: str
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Given:
    """The open store and the visits in it, in core order."""

    store: Store
    visits: list[Visit]
    events: list[Event]  # in core order

    @property
    def newest(self) -> datetime:
        return max(event.ts for event in self.events)


@pytest.fixture
def given(emptied: Store) -> Callable[[Sequence[Event]], Given]:
    """Fill the empty store; one call a test."""
    return lambda events: _fill(emptied, events)


def _fill(store: Store, events: Sequence[Event]) -> Given:
    store.execute("2_sessions/tables.sql")
    device_of = {e: e.anonymous_id or e.user for e in events}
    device_key = {d: i for i, d in enumerate(sorted(set(device_of.values())), start=1)}
    user_key = {u: i for i, u in enumerate(sorted({e.user for e in events}), start=1)}
    code = {n: i for i, n in enumerate(sorted({e.name for e in events}), start=1)}
    page_key = {p: i for i, p in enumerate(sorted({e.page for e in events if e.page}), start=1)}
    actor_key: dict[tuple[str, str], int] = {}
    for e in events:
        actor_key.setdefault((device_of[e], e.user), len(actor_key) + 1)
    arrival = list(enumerate(events))
    ordered = sorted(
        arrival, key=lambda item: (device_key[device_of[item[1]]], item[1].ts, item[0])
    )
    visits: list[Visit] = []
    core: list[dict[str, object]] = []
    last: dict[str, datetime] = {}
    for place, (seq, e) in enumerate(ordered):
        device = device_of[e]
        if not e.is_server:
            if device not in last or e.ts - last[device] > TIMEOUT:
                visits.append(Visit(len(visits) + 1, e.user))
            last[device] = e.ts
            visits[-1].events.append(e)
        core.append(
            {
                "core_seq": place,
                "device_key": device_key[device],
                "actor_key": actor_key[device, e.user],
                "event_ts": e.ts,
                "event_code": code[e.name],
                "page_key": page_key.get(e.page or ""),
                "session_key": None if e.is_server else visits[-1].key,
                "event_seq": seq,
                "is_server": e.is_server,
                "is_known": e.is_known,
            }
        )
    visits = [replace(visit, user=_owner(visit)) for visit in visits]
    _insert_lookups(store, code, page_key, user_key)
    _insert_actors(store, events, actor_key, device_key, user_key)
    _insert_events(store, events, code, page_key, actor_key)
    _create_core(store, core)
    by_type.build(store)
    _create_sessions(store, visits, user_key, device_key, device_of)
    return Given(store, visits, [e for _, e in ordered])


def _owner(visit: Visit) -> str:
    """Whose visit it is: the latest event's with a known id, else the last's."""
    known = [e.user for e in visit.events if e.is_known]
    return [e.user for e in visit.events if not known or e.is_known][-1]


def _insert_lookups(
    store: Store, code: dict[str, int], page_key: dict[str, int], user_key: dict[str, int]
) -> None:
    names = {"event_code": list(code.values()), "event_type": list(code)}
    store.insert("event_types", pl.DataFrame(names, schema_overrides={"event_code": pl.UInt16}))
    users = {"user_key": list(user_key.values()), "user_id": list(user_key)}
    store.insert("users_index", pl.DataFrame(users))
    if page_key:
        pages = {
            "page_key": list(page_key.values()),
            "page_url": list(page_key),
            "page_path": list(page_key),
        }
        store.insert("pages", pl.DataFrame(pages))


def _insert_actors(
    store: Store,
    events: Sequence[Event],
    actor_key: dict[tuple[str, str], int],
    device_key: dict[str, int],
    user_key: dict[str, int],
) -> None:
    known = {(e.anonymous_id or e.user, e.user): e.is_known for e in events}
    rows = [
        {
            "actor_key": key,
            "device_key": device_key[device],
            "user_key": user_key[user],
            "anonymous_id": device,
            "known_id": user if known[device, user] else None,
            "device_id": device,
            "user_id": user,
            "event_count": 1,
        }
        for (device, user), key in actor_key.items()
    ]
    store.insert("actors", pl.DataFrame(rows, infer_schema_length=None))


def _insert_events(
    store: Store,
    events: Sequence[Event],
    code: dict[str, int],
    page_key: dict[str, int],
    actor_key: dict[tuple[str, str], int],
) -> None:
    rows = [
        {
            "event_text": f"e{i:06d}",
            "event_code": code[e.name],
            "event_ts": e.ts,
            "actor_key": actor_key[e.anonymous_id or e.user, e.user],
            "page_key": page_key.get(e.page or ""),
            "properties": e.properties,
            "load_id": 1,
        }
        for i, e in enumerate(events)
    ]
    schema = {"page_key": pl.Int32, "event_code": pl.UInt16}
    store.insert("raw_events", pl.DataFrame(rows, schema_overrides=schema))
    promote(store)


def _create_core(store: Store, core: list[dict[str, object]]) -> None:
    schema = {
        "core_seq": pl.Int64, "device_key": pl.Int32, "actor_key": pl.Int32,
        "event_ts": pl.Datetime("us"), "event_code": pl.UInt16, "page_key": pl.Int32,
        "session_key": pl.Int32, "event_seq": pl.Int64, "is_server": pl.Boolean,
        "is_known": pl.Boolean,
    }  # fmt: skip
    _create(store, "core", pl.DataFrame(core, schema=schema))


def _create_sessions(
    store: Store,
    visits: list[Visit],
    user_key: dict[str, int],
    device_key: dict[str, int],
    device_of: dict[Event, str],
) -> None:
    rows = [
        {
            "session_key": v.key,
            "session_id": f"s{v.key}",
            "user_key": user_key[v.user],
            "user_id": v.user,
            "device_key": device_key[device_of[v.events[0]]],
            "start_ts": v.events[0].ts,
            "start_time": v.events[0].ts,
            "end_time": v.events[-1].ts,
            "duration_seconds": int((v.events[-1].ts - v.events[0].ts).total_seconds()),
            "page_views": sum(e.name == "page_viewed" for e in v.events),
            "events_count": len(v.events),
            "device_type": v.events[0].device_type,
            "bounce_flag": len(v.events) == 1,
            "is_conversion": any(e.name == "booking_completed" for e in v.events),
        }
        for v in visits
    ]
    frame = pl.DataFrame(rows)
    _create(store, "session_rows", frame)
    _create(store, "sessions", frame)


def _create(store: Store, name: str, frame: pl.DataFrame) -> None:
    con = store.connection()
    con.register("given_rows", frame)
    con.execute(f"create or replace table {name} as select * from given_rows").fetchall()
    con.unregister("given_rows")
