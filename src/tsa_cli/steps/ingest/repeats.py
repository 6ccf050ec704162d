"""
Rows whose id is known: the first of an id is an event, the others repeat or contradict it.

reads   held rows (encoded), raw_events
writes  raw_events
source  definitions D2 (duplicates and conflicts)
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.store import Fragment, Store, fragment_of

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class SortedOut:
    """What the held rows are: events, the same as the first of their id, or another content."""

    inserted: int
    duplicate: int
    conflicts: list[int]  # ordinals, from 0


def sort_out(store: Store, held: "list[pa.Table]", load_id: int, cleaner: Cleaner) -> SortedOut:
    """
    Insert those that are the first of their id; leaves the temporary table `repeats`.

    The held rows are clean. What they are compared to may have been stored when less was personal.
    """
    import pyarrow as pa

    with store.lent("streamed_rows", pa.concat_tables(held)):
        store.execute("1_events/held_rows.sql")
    store.execute("1_events/repeats.sql")
    [(first_count, same_count)] = store.rows("1_events/repeat_counts.sql")
    store.execute("1_events/insert_events.sql", {"rows": _firsts()}, load_id=load_id)
    suspects = store.rows("1_events/repeat_suspects.sql")
    firsts = cleaner.lines([str(first).encode() for *_, first in suspects])
    conflicts = [
        int(str(ordinal))
        for (ordinal, has_same_facts, mine, _), first in zip(suspects, firsts, strict=True)
        if not (has_same_facts and _same_content(str(mine), first))
    ]
    duplicate = int(str(same_count)) + len(suspects) - len(conflicts)
    return SortedOut(int(str(first_count)), duplicate, conflicts)


def documents() -> Fragment:
    """The documents of those that were sorted out as events, for the tracking plan."""
    return fragment_of("1_events/first_repeat_documents.sql", {"rows": _firsts()})


def _firsts() -> Fragment:
    return fragment_of("1_events/first_repeats.sql")


def _same_content(mine: str, first: str) -> bool:
    """True when two objects differ only in the order of keys, or in keys that are null."""
    return _without_nulls(json.loads(mine)) == _without_nulls(json.loads(first))


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value
