"""
One pass over a file: every line, in order, ends as an encoded event, a held row or a fault.

reads   the normalised relation of the file
writes  nothing: batches for the insert, and what was told on the way
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from tsa_cli.steps.ingest.word_keys import WordKeys

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 122_880  # one row group of the engine
BATCH_BYTES = 64 << 20
FEWEST_BATCH_ROWS = 2_048
_KEYS = {
    "event_code": ("event_types", "event"),
    "page_key": ("pages", "page_url"),
    "referrer_key": ("referrers", "referrer_url"),
    "agent_key": ("user_agents", "user_agent"),
    "ip_key": ("ips", "ip_address"),
}
_AS_THEY_ARE = ("event_uuid", "event_text", "event_ts", "client_session_id", "properties")
_OF_PEOPLE = ("anonymous_id", "user_id", "event_ts", "traits", "consent")


def batch_rows(size_bytes: int, row_count: int) -> int:
    """How many rows are taken at once: fewer where lines are long."""
    fitting = BATCH_BYTES * row_count // max(size_bytes, 1)
    return max(FEWEST_BATCH_ROWS, min(BATCH_ROWS, fitting))


@dataclass
class Told:
    """What a pass told besides events."""

    row_count: int = 0
    event_count: int = 0  # of them, rows that were passed on
    faults: dict[int, str] = field(default_factory=dict)  # ordinal, from 0: reason
    ahead_count: int = 0  # of the faults, rows ahead of the clock, yet before `latest_ts`
    people: "list[pa.RecordBatch]" = field(default_factory=list)  # rows with traits or consent
    held: "list[pa.RecordBatch]" = field(default_factory=list)  # rows with a known id, encoded


def encoded(
    batches: "Iterator[pa.RecordBatch]",
    keys: WordKeys,
    told: Told,
    now_ts: datetime,
    latest_ts: datetime,
) -> "Iterator[pa.RecordBatch]":
    """The events of each batch, ready for `raw_events`; what they are not goes to `told`."""
    for batch in batches:
        first, told.row_count = told.row_count, told.row_count + len(batch)
        is_event = _flags(batch, "is_event")
        is_known = _flags(batch, "is_known")
        if not is_event.all():
            _note_faults(batch, ~is_event, first, told, now_ts, latest_ts)
        if is_known.any():
            held = batch.filter(_mask(is_known))
            ordinals = first + np.flatnonzero(is_known)
            told.held.append(_with_people(held, _encode(held, keys), ordinals))
        passed = is_event & ~is_known
        events = batch if passed.all() else batch.filter(_mask(passed))
        told.event_count += len(events)
        if not len(events):
            continue
        _note_people(events, told)
        yield _encode(events, keys)


def schema_of(batch_schema: "pa.Schema") -> "pa.Schema":
    """The schema of encoded rows, of that of the rows as they are read."""
    import pyarrow as pa

    kept = [batch_schema.field(name) for name in _AS_THEY_ARE]
    return pa.schema([*kept, *(pa.field(name, pa.int32()) for name in (*_KEYS, "actor_key"))])


def _encode(batch: "pa.RecordBatch", keys: WordKeys) -> "pa.RecordBatch":
    import pyarrow as pa

    columns = [batch.column(name) for name in _AS_THEY_ARE]
    for table, text in _KEYS.values():
        columns.append(keys.texts(table, batch.column(text)))
    columns.append(keys.actors(batch.column("anonymous_id"), batch.column("user_id")))
    return pa.RecordBatch.from_arrays(columns, schema=schema_of(batch.schema))


def _with_people(
    batch: "pa.RecordBatch",
    rows: "pa.RecordBatch",
    ordinals: "np.ndarray[tuple[int], np.dtype[np.int64]]",
) -> "pa.RecordBatch":
    import pyarrow as pa

    named = {name: rows.column(name) for name in rows.schema.names}
    told = {name: batch.column(name) for name in _OF_PEOPLE if name not in named}
    return pa.RecordBatch.from_pydict({"ordinal": pa.array(ordinals), **named, **told})


def _note_faults(
    batch: "pa.RecordBatch",
    is_fault: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    first: int,
    told: Told,
    now_ts: datetime,
    latest_ts: datetime,
) -> None:
    places = np.flatnonzero(is_fault)
    faults = batch.filter(_mask(is_fault))
    reasons = faults.column("reason").to_pylist()
    told.faults.update(zip((first + places).tolist(), reasons, strict=True))
    for reason, at in zip(reasons, faults.column("event_ts").to_pylist(), strict=True):
        told.ahead_count += reason == "timestamp_out_of_range" and now_ts < at < latest_ts


def _note_people(events: "pa.RecordBatch", told: Told) -> None:
    import pyarrow.compute as pc

    speaks = pc.or_(pc.is_valid(events.column("traits")), pc.is_valid(events.column("consent")))
    if pc.any(speaks).as_py():
        told.people.append(events.select(list(_OF_PEOPLE)).filter(speaks))


def _flags(batch: "pa.RecordBatch", name: str) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    flags: np.ndarray[tuple[int], np.dtype[np.bool_]] = batch.column(name).to_numpy() == 1
    return flags


def _mask(flags: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> "pa.Array":
    import pyarrow as pa

    return pa.array(flags)
