"""
Which ids of a file are known: those of its rows that an earlier line may have brought.

reads   the normalised relation of the file, raw_events (ids)
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tsa_cli.store import Fragment, Store

if TYPE_CHECKING:
    import pyarrow as pa

Hashes = NDArray[np.uint64]
REFUSED_BY_PLAN = (
    "unplanned_event",
    "required_missing",
    "datatype_mismatch",
    "additional_properties",
)
_BATCH_ROWS = 122_880
_EVENTS = Fragment("is_event")
_EVENTS_AND_REFUSED = Fragment(
    "is_event or list_contains($refused_by_plan, split_part(reason, ':', 1))",
    {"refused_by_plan": [*REFUSED_BY_PLAN]},
)


def _none() -> Hashes:
    return np.empty(0, np.uint64)


@dataclass(frozen=True)
class KnownIds:
    """Hashes of ids, ascending: all that are known, and those of them that the store has."""

    all: Hashes = field(default_factory=_none)
    stored: Hashes = field(default_factory=_none)


def known_ids_of(
    store: Store, relation: Fragment, *, batch_rows: int, may_refuse: bool
) -> KnownIds:
    """
    The ids of the file's events that the store has, or that the file has twice.

    Where the tracking plan `may_refuse` lines, the store's ids of refused ones are among them.
    """
    slots = {
        "normalised": relation,
        "is_asked": _EVENTS_AND_REFUSED if may_refuse else _EVENTS,
    }
    with store.reader() as reader:
        ids = reader.stream("1_events/ids_of_file.sql", slots, batch_rows=batch_rows)
        return _known_among(store, ids)


def repeated_ids_of(store: Store, load_id: int, event_count: int) -> KnownIds:
    """
    The ids that the load, of so many events, has twice.

    Sorting their hashes takes a third of counting ids. They come in batches and are sorted in
    place: at the end of a load each copy of them adds to its peak of memory.
    """
    hashes = np.empty(event_count, np.uint64)
    at = 0
    for batch in store.stream("1_events/id_hashes.sql", batch_rows=_BATCH_ROWS, load_id=load_id):
        hashes[at : at + len(batch)] = batch.column("id_hash").to_numpy()
        at += len(batch)
    hashes.sort()
    return KnownIds(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]))


def known_ids_among(store: Store, rows: "pa.Table") -> KnownIds:
    """The known ids among the rows of a small file, as `known_ids_of` has them."""
    import pyarrow.compute as pc

    asked = pc.or_(pc.equal(rows["is_event"], 1), is_refused_by_plan(rows))
    ids = rows.select(["event_uuid", "event_text", "is_event"]).filter(asked)
    return _known_among(store, ids, is_small=True)


def is_refused_by_plan(rows: "pa.Table") -> "pa.ChunkedArray":
    """Whether the tracking plan alone keeps a row from being an event."""
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = pc.replace_substring_regex(rows["reason"], "(?s):.*", "")  # see plan_sql.refusal
    return pc.is_in(codes, pa.array(REFUSED_BY_PLAN, codes.type))


def _known_among(
    store: Store, ids: "pa.Table | pa.RecordBatchReader", *, is_small: bool = False
) -> KnownIds:
    with store.lent("streamed_ids", ids):
        store.execute("1_events/load_ids.sql")
    ask = store.small_arrays if is_small else store.arrays
    found = ask("1_events/known_ids.sql")
    hashes, is_stored = found["id_hash"], found["is_stored"].astype(np.bool_)
    return KnownIds(np.sort(hashes), np.sort(hashes[is_stored]))
