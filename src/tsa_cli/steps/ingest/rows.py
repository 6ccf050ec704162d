"""
One pass over a file: every line, in order, ends as an encoded event, a held row or a fault.

reads   the normalised relation of the file
writes  nothing: rows for the insert, and what was told on the way
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tsa_cli.config.keys import PROMOTED_PROPERTIES
from tsa_cli.steps.ingest.actor_keys import Pairs
from tsa_cli.steps.ingest.distinct import Distinct, distinct_of
from tsa_cli.steps.ingest.document_columns import (
    DocumentReader,
    column_of,
    documents_of,
    promoted_type,
)
from tsa_cli.steps.ingest.key_count import keys_in
from tsa_cli.steps.ingest.known_ids import Hashes, KnownIds, is_refused_by_plan
from tsa_cli.steps.ingest.loads import Loads
from tsa_cli.steps.ingest.logins import sessions_for_devices
from tsa_cli.steps.ingest.placeholders import rows_with_pairs
from tsa_cli.steps.ingest.plan import Judged
from tsa_cli.steps.ingest.word_keys import WordKeys

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 61_440  # half a row group: a whole one takes a fifth more memory, less takes longer
BATCH_BYTES = 32 << 20
FEWEST_BATCH_ROWS = 2_048
_KEYS = {
    "event_code": ("event_types", "event"),
    "page_key": ("pages", "page_url"),
    "referrer_key": ("referrers", "referrer_url"),
    "agent_key": ("user_agents", "user_agent"),
    "ip_key": ("ips", "ip_address"),
}
_AS_THEY_ARE = (
    "event_uuid",
    "event_text",
    "event_ts",
    "client_session_id",
    "properties",
    "load_id",
)
_OF_PEOPLE = ("anonymous_id", "user_id", "event_ts", "traits", "consent", "load_id")
Flags = NDArray[np.bool_]


def batch_rows(size_bytes: int, row_count: int) -> int:
    """How many rows are taken at once: fewer where lines are long."""
    fitting = BATCH_BYTES * row_count // max(size_bytes, 1)
    return max(FEWEST_BATCH_ROWS, min(BATCH_ROWS, fitting))


@dataclass
class Told:
    """What a pass told besides events."""

    row_count: int = 0
    events: Counter[int] = field(default_factory=Counter)  # by load: rows that were passed on
    faults: dict[int, str] = field(default_factory=dict)  # ordinal, from 0: reason
    key_count: int = 0  # keys with a value that the rows had
    ahead_count: int = 0  # of the faults, rows ahead of the clock, yet before `latest_ts`
    people: "list[pa.Table]" = field(default_factory=list)  # rows with traits or consent
    held: "list[pa.Table]" = field(default_factory=list)  # rows with a known id, encoded
    judged: Judged = field(default_factory=Counter)  # by the tracking plan, of events passed on
    device_sessions: "list[pa.Array]" = field(default_factory=list)  # ids that tell a device

    @property
    def event_count(self) -> int:
        """Rows that were passed on, of all loads."""
        return self.events.total()


@dataclass(frozen=True)
class Limits:
    """The clock, and the latest time that is believed where it is the clock that is wrong."""

    now_ts: datetime
    latest_ts: datetime


@dataclass(frozen=True)
class Encoder:
    """What makes a row of texts one of keys, for the time of one file."""

    keys: WordKeys
    documents: DocumentReader


def encoded(
    batches: "Iterable[pa.RecordBatch]",
    encoder: Encoder,
    told: Told,
    limits: Limits,
    loads: Loads,
    known_ids: KnownIds | None = None,
) -> "Iterator[pa.RecordBatch]":
    """
    The events among the rows, ready for `raw_events`; what they are not goes to `told`.

    Another id with the hash of a known one is held, too, and found to be the first of its kind.
    So is a row that the plan refuses by now, when the store has its id: it is no new line.
    """
    for sent_rows, pairs in rows_with_pairs(_gathered(batches), encoder.keys):
        first, told.row_count = told.row_count, told.row_count + len(sent_rows)
        rows = _with_loads(sent_rows, loads.ids(np.arange(first, told.row_count)))
        is_event = rows.column("is_event").to_numpy() == 1
        is_known = np.zeros(len(rows), np.bool_)
        if known_ids is not None:
            hashes = rows.column("id_hash").to_numpy()
            if not is_event.all():
                is_event |= _is_refused_late(rows, hashes, known_ids.stored)
            is_known = is_event & _is_among(hashes, known_ids.all)
        if pairs.has_placeholders:
            is_event &= pairs.is_somebody()
            is_known &= is_event
        if not is_event.all():
            faults = rows.filter(_mask(~is_event))
            if pairs.has_placeholders:
                faults = _of_nobody(faults, ~pairs.at(~is_event).is_somebody())
            _note_faults(faults, first + np.flatnonzero(~is_event), told, limits)
            if encoder.documents.unseen is not None:
                of_faults = documents_of(faults.column("properties"))
                encoder.documents.look_at_faults(of_faults)
                _count_keys(faults, of_faults, told)
        if is_known.any():
            held = rows.filter(_mask(is_known))
            ordinals = first + np.flatnonzero(is_known)
            told.held.append(_with_people(held, encoder, pairs.at(is_known), ordinals, told))
        _note_sessions(rows, is_event, told)
        passed = is_event & ~is_known
        events = rows if passed.all() else rows.filter(_mask(passed))
        people = pairs if passed.all() else pairs.at(passed)
        told.events.update(loads.counts(first + np.flatnonzero(passed)))
        _note_people(events, told)
        found = documents_of(events.column("properties"))
        _count_keys(events, found, told)
        rows_of_keys = _encode(events, encoder, people, found, encoder.documents.cleaned(found))
        sent = documents_of(_sent(events)) if _has_left(events) else found
        told.judged += encoder.documents.judged(rows_of_keys, encoder.keys.event_types(), sent)
        yield from rows_of_keys.to_batches()


def schema_of(rows: "pa.Schema") -> "pa.Schema":
    """The schema of encoded rows, of that of the rows as they are read."""
    import pyarrow as pa

    load = pa.field("load_id", pa.int32())
    kept = [load if name == load.name else rows.field(name) for name in _AS_THEY_ARE]
    promoted = [pa.field(name, promoted_type()) for name in PROMOTED_PROPERTIES]
    keys = [pa.field(name, pa.int32()) for name in (*_KEYS, "actor_key")]
    return pa.schema([*kept, *promoted, *keys])


def _gathered(batches: "Iterable[pa.RecordBatch]") -> "Iterator[pa.Table]":
    """Tables of as many rows as are encoded at once: the reader's own batches are small."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    row_count = byte_count = 0
    for batch in batches:
        waiting.append(batch)
        row_count += len(batch)
        byte_count += batch.nbytes
        if row_count >= BATCH_ROWS or byte_count >= BATCH_BYTES:
            yield pa.Table.from_batches(waiting)
            waiting, row_count, byte_count = [], 0, 0
    if row_count:
        yield pa.Table.from_batches(waiting)


def _with_loads(rows: "pa.Table", load_ids: NDArray[np.int32]) -> "pa.Table":
    import pyarrow as pa

    return rows.append_column("load_id", pa.array(load_ids))


def _has_left(rows: "pa.Table") -> bool:
    """Whether something personal may have left the properties for the traits."""
    return not rows.column("sent_properties").null_count


def _sent(rows: "pa.Table") -> "pa.ChunkedArray":
    """The properties with what was personal in them."""
    return rows.column("sent_properties" if _has_left(rows) else "properties")


def _encode(
    rows: "pa.Table", encoder: Encoder, pairs: Pairs, sent: Distinct, documents: Distinct
) -> "pa.Table":
    """The rows as they are stored: with `documents` instead of those that were sent."""
    import pyarrow as pa

    keys = encoder.keys
    if documents is not sent:
        place = rows.schema.get_field_index("properties")
        column = rows.field(place)
        rows = rows.set_column(place, column, column_of(documents, column.type))
    columns = [rows.column(name) for name in _AS_THEY_ARE]
    columns += encoder.documents.promoted(documents)
    for table, text in _KEYS.values():
        columns.append(keys.texts(table, rows.column(text)))
    columns.append(keys.actors(pairs))
    return pa.Table.from_arrays(columns, schema=schema_of(rows.schema))


def _with_people(
    rows: "pa.Table", encoder: Encoder, pairs: Pairs, ordinals: "NDArray[np.int64]", told: Told
) -> "pa.Table":
    """The encoded rows with their ordinals, and what they say of people and to the plan."""
    import pyarrow as pa

    sent = _sent(rows)
    found = documents_of(rows.column("properties"))
    _count_keys(rows, found, told)
    documents = encoder.documents.cleaned(found)
    held = _encode(rows, encoder, pairs, found, documents)
    held = held.add_column(0, "ordinal", pa.array(ordinals))
    if documents is found and not _has_left(rows):
        sent = pa.nulls(len(rows), sent.type)
    held = held.append_column("sent_properties", sent)  # null: as they are stored
    for name in _OF_PEOPLE:
        if name not in held.schema.names:
            held = held.append_column(name, rows.column(name))
    return held


def _note_sessions(rows: "pa.Table", is_event: Flags, told: Told) -> None:
    found = sessions_for_devices(rows, _mask(is_event))
    if found is not None:
        told.device_sessions.append(found)


def _of_nobody(faults: "pa.Table", is_nobody: Flags) -> "pa.Table":
    """The faults; of those without an id the plan's reason is taken off, as of a null id."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_late = is_nobody & is_refused_by_plan(faults).to_numpy()
    place, reasons = faults.schema.get_field_index("reason"), faults.column("reason")
    others = pc.if_else(_mask(is_late), pa.scalar(None, reasons.type), reasons)
    return faults.set_column(place, faults.field(place), others)


def _note_faults(
    faults: "pa.Table", ordinals: "NDArray[np.int64]", told: Told, limits: Limits
) -> None:
    # Without a reason of its own a row is no event since its ids are placeholders.
    reasons = [reason or "missing_identity" for reason in faults.column("reason").to_pylist()]
    told.faults.update(zip(ordinals.tolist(), reasons, strict=True))
    times = faults.column("event_ts").to_numpy()  # a Python datetime ends with the year 9999
    is_ahead = (times > np.datetime64(limits.now_ts)) & (times < np.datetime64(limits.latest_ts))
    is_out_of_range = np.array([reason == "timestamp_out_of_range" for reason in reasons])
    told.ahead_count += int(np.count_nonzero(is_ahead & is_out_of_range))


def _count_keys(rows: "pa.Table", properties: Distinct, told: Told) -> None:
    """Count what the columns and the properties hold, where it is asked for."""
    import pyarrow.compute as pc

    of_columns = pc.sum(rows.column("key_count")).as_py()
    if of_columns is None:
        return
    told.key_count += of_columns + keys_in(properties)
    for of_person in (rows.column("traits"), rows.column("consent")):
        if of_person.null_count < len(rows):
            told.key_count += keys_in(distinct_of(of_person))


def _note_people(events: "pa.Table", told: Told) -> None:
    import pyarrow.compute as pc

    speaks = pc.or_(pc.is_valid(events.column("traits")), pc.is_valid(events.column("consent")))
    if pc.any(speaks).as_py():
        told.people.append(events.select(list(_OF_PEOPLE)).filter(speaks))


def _is_refused_late(rows: "pa.Table", hashes: Hashes, stored: Hashes) -> Flags:
    is_refused: Flags = is_refused_by_plan(rows).to_numpy()
    return is_refused & _is_among(hashes, stored)


def _is_among(hashes: Hashes, known: Hashes) -> Flags:
    if not len(known):
        return np.zeros(len(hashes), np.bool_)
    place = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    is_among: Flags = known[place] == hashes
    return is_among


def _mask(flags: Flags) -> "pa.Array":
    import pyarrow as pa

    return pa.array(flags)
