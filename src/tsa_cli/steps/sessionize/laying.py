"""
Events in order become rows of core, and the sessions that they make are measured on the way.

reads   events_to_lay_out (a view), events
writes  core or touched_core; session_spans, session_cuts (temporary)
source  definitions D8
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from tsa_cli.kernels.session_cuts import (
    CAMPAIGN,
    CONTINUES,
    GAP,
    MAX_DURATION,
    MIDNIGHT,
    CutRules,
    Reasons,
    start_reasons,
)
from tsa_cli.kernels.session_spans import Columns, Lookups, Visited, measure
from tsa_cli.steps.sessionize.pieces import columns_of, sorted_events, two_at_once, whole_devices
from tsa_cli.steps.sessionize.rules import cut_rules, read_lookups
from tsa_cli.steps.sessionize.settings import SessionizeConfig
from tsa_cli.store import Store

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

PIECE_ROWS = 2 * 122_880  # that one thread works on: more only cost page faults; two row groups
FIRST_DEVICE, BEYOND_DEVICES = 0, 2**31
REASON_NAMES = {MIDNIGHT: "midnight", CAMPAIGN: "campaign", MAX_DURATION: "max_duration"}


@dataclass(frozen=True)
class Ends:
    """The last numbers in use: of a row of core, -1 for none, and of a session, 0 for none."""

    core_seq: int
    session_key: int


@dataclass(frozen=True)
class _Piece:
    """Sessions of whole devices: events are numbered from 0, sessions from 1; 0 is no session."""

    session_key: "NDArray[np.int32]"  # of each event
    figures: Columns
    cut_places: "NDArray[np.int64]"
    cut_reasons: Reasons
    cut_sessions: "NDArray[np.int32]"  # that the cuts begin


@dataclass
class _Found:
    """What the pieces so far came to, and the last numbers that they took."""

    core_seq: int
    session_key: int
    figures: "list[pa.RecordBatch]" = field(default_factory=list)
    cuts: "list[pa.RecordBatch]" = field(default_factory=list)

    def add(self, piece: _Piece) -> "NDArray[np.int32]":
        """The session of each event of the piece, under the number that it keeps."""
        import numpy as np
        import pyarrow as pa

        count, sessions = len(piece.session_key), len(piece.figures["session_key"])
        first_seq = self.core_seq + 1
        piece.figures["session_key"] += self.session_key
        piece.figures["first_core_seq"] += first_seq
        self.figures.append(pa.RecordBatch.from_pydict(piece.figures))
        cut_sessions = piece.cut_sessions + self.session_key
        self.cuts.append(_cut_batch(first_seq + piece.cut_places, piece.cut_reasons, cut_sessions))
        key = piece.session_key
        np.add(key, self.session_key, out=key, where=key > 0)
        self.core_seq += count
        self.session_key += sessions
        return key


def lay_out(
    store: Store, config: SessionizeConfig, table: str, from_devices: list[int], after: Ends
) -> None:
    """
    Write `events_to_lay_out` to `table`, a range of devices at a time, numbered `after` others.

    Leaves `session_spans`, one row per session in the order of its events, and `session_cuts`.
    """
    rules, lookups = cut_rules(store, config), read_lookups(store)
    found = _Found(after.core_seq, after.session_key)
    write = store.build
    for first, beyond in pairwise([*from_devices, BEYOND_DEVICES]):
        events = columns_of(sorted_events(store, first, beyond))
        first_seq = found.core_seq + 1
        measured = two_at_once(
            lambda piece: cut_and_measured(piece, rules, lookups),
            whole_devices(events, PIECE_ROWS),
        )
        rows = _core_batches(events, [found.add(piece) for piece in measured], first_seq)
        del events
        with store.lent("laid_out", _handed_over(rows)):
            write(table, "2_sessions/core.sql")
        write = store.append
    with store.lent("measured_spans", _handed_over(found.figures)):
        store.execute("2_sessions/session_spans.sql")
    with store.lent("found_cuts", _handed_over(found.cuts)):
        store.execute("2_sessions/session_cuts.sql")


def _core_batches(
    events: Columns, session_keys: "list[NDArray[np.int32]]", first_seq: int
) -> "list[pa.RecordBatch]":
    """
    The rows of core in batches that fill row groups of the engine.

    Pieces end where devices do: of a few rows over it would make a row group, and merge them with
    their neighbours, which are most of core, at the first commit that deletes any of those.
    """
    import numpy as np
    import pyarrow as pa

    count = len(events["device_key"])
    rows = {
        "core_seq": np.arange(first_seq, first_seq + count),
        **events,
        "session_key": np.concatenate(session_keys),
    }
    return [
        pa.RecordBatch.from_pydict({k: v[begin : begin + PIECE_ROWS] for k, v in rows.items()})
        for begin in range(0, max(count, 1), PIECE_ROWS)
    ]


def _handed_over(batches: "list[pa.RecordBatch]") -> "pa.RecordBatchReader":
    """The batches, each let go when it was read: the engine keeps what it is lent to a commit."""
    import pyarrow as pa

    schema = batches[0].schema
    batches.reverse()

    def taken() -> "Iterator[pa.RecordBatch]":
        while batches:
            yield batches.pop()

    return pa.RecordBatchReader.from_batches(schema, taken())


def cut_and_measured(events: Columns, rules: CutRules, lookups: Lookups) -> _Piece:
    """The sessions of whole devices; server-side events belong to none."""
    import numpy as np

    count = len(events["device_key"])
    places = np.flatnonzero(events["is_server"] == 0)
    visited = Visited(events, places)
    device_key, event_us = visited.whole("device_key"), visited.whole("event_us")
    reasons = start_reasons(device_key, event_us, visited.whole("page_key"), rules)
    session_key = np.cumsum(reasons != CONTINUES, dtype=np.int32)
    figures = measure(visited, session_key, lookups)
    of_rows = session_key
    if len(places) < count:
        of_rows = np.zeros(count, np.int32)
        of_rows[places] = session_key
    cuts = np.flatnonzero(reasons > GAP)
    return _Piece(of_rows, figures, places[cuts], reasons[cuts], session_key[cuts])


def _cut_batch(
    core_seq: "NDArray[np.int64]", reasons: Reasons, session_key: "NDArray[np.int32]"
) -> "pa.RecordBatch":
    """A session that a cut began follows the one that it was cut from: the number before."""
    import pyarrow as pa

    names = [REASON_NAMES[reason] for reason in reasons.tolist()]
    return pa.RecordBatch.from_pydict(
        {
            "core_seq": core_seq,
            "reason": pa.array(names, pa.string()),
            "previous_session_key": session_key - 1,
        }
    )
