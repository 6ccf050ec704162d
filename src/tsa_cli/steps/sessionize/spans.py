"""
Read the events in their order, piece by piece, and measure the sessions in them.

reads   core_scope, event_flags, pages, referrers
writes  session_spans (temporary)
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tsa_cli.kernels.session_spans import (
    IS_CONVERSION,
    IS_INTERACTIVE,
    IS_PAGE_VIEW,
    Columns,
    Lookups,
    measure,
    session_changes,
)
from tsa_cli.store import Store

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

# Rows of core at a time: two row groups, one for each of two threads. More only cost page faults.
PIECE_ROWS = 2 * 122_880
THREADS = 2  # measuring, while another one reads


def build(store: Store) -> None:
    """Leave `session_spans`: one row per session of `core_scope`, in the order of its events."""
    with store.lent("measured_spans", measured(store)):
        store.execute("2_sessions/session_spans.sql")


def measured(store: Store, piece_rows: int = PIECE_ROWS) -> "pa.Table":
    """
    The sessions of `core_scope`, in the order of their events; keys are 0 where there is none.

    `is_device_first` marks the first of each device.
    """
    import pyarrow as pa

    lookups = read_lookups(store)
    pieces = whole_sessions(read_pieces(store, piece_rows))
    batches = []
    device_before = None
    for columns in _two_at_once(lambda events: measure(events, lookups), pieces):
        device = columns["device_key"]
        columns["is_device_first"] = _is_first(device, device_before)
        device_before = device[-1] if len(device) else device_before
        batches.append(pa.RecordBatch.from_pydict(columns))
    return pa.Table.from_batches(batches)


def _is_first(keys: "NDArray[Any]", before: object) -> "NDArray[Any]":
    import numpy as np

    is_first = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
    is_first[:1] = keys[:1] != before
    return is_first


def _two_at_once(
    work: Callable[[Columns], Columns], pieces: Iterator[Columns]
) -> Iterator[Columns]:
    """What `work` makes of each piece, in order; no more pieces are taken than are worked on."""
    with ThreadPoolExecutor(THREADS) as pool:
        begun: deque[Future[Columns]] = deque()
        for piece in pieces:
            if len(begun) == THREADS:
                yield begun.popleft().result()
            begun.append(pool.submit(work, piece))
        while begun:
            yield begun.popleft().result()


def read_pieces(store: Store, piece_rows: int) -> Iterator[Columns]:
    """The events of `core_scope` in order; the next piece is read while this one is worked on."""
    batches = store.stream("2_sessions/session_events.sql", batch_rows=piece_rows)
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = ahead.submit(next, batches, None)
            yield {name: batch.column(name).to_numpy() for name in batch.schema.names}
    # One piece at least, so that there are columns.
    nothing = batches.schema.empty_table()
    yield {name: nothing.column(name).to_numpy() for name in nothing.schema.names}


def whole_sessions(pieces: Iterator[Columns]) -> Iterator[Columns]:
    """
    The same events in pieces that end where a session ends; one piece at least.

    Of a piece all but its first and last session pass as they are: copies cost page faults.
    """
    kept: Columns = {}
    for piece in pieces:
        changes = session_changes(piece["session_key"])
        if not len(changes):
            kept = _joined(kept, piece)
            continue
        first, last = int(changes[0]), int(changes[-1])
        yield _joined(kept, _part(piece, 0, first))
        yield _part(piece, first, last)
        kept = _part(piece, last, None)
    yield kept


def _part(events: Columns, begin: int, end: int | None) -> Columns:
    return {name: column[begin:end] for name, column in events.items()}


def _joined(one: Columns, other: Columns) -> Columns:
    import numpy as np

    return {k: np.concatenate([one[k], v]) for k, v in other.items()} if one else other


def read_lookups(store: Store) -> Lookups:
    """What the keys of events mean, as far as sessions need it."""
    import numpy as np

    flags = store.arrays("2_sessions/event_counts_as.sql")
    counts_as = (
        IS_PAGE_VIEW * np.asarray(flags["is_page_view"], dtype=np.uint8)
        + IS_INTERACTIVE * np.asarray(flags["is_interactive"], dtype=np.uint8)
        + IS_CONVERSION * np.asarray(flags["is_conversion"], dtype=np.uint8)
    )
    pages = store.arrays("2_sessions/touching_pages.sql")
    referrers = store.arrays("2_sessions/touching_referrers.sql")
    return Lookups(
        counts_as=_by_key(flags["event_code"], counts_as),
        has_campaign=_by_key(pages["page_key"], pages["has_campaign"]),
        page_site=_by_key(pages["page_key"], pages["site_key"]),
        is_source=_by_key(referrers["referrer_key"], referrers["is_source"]),
        referrer_site=_by_key(referrers["referrer_key"], referrers["site_key"]),
    )


def _by_key(keys: "NDArray[Any]", values: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    found = np.zeros(int(keys.max(initial=0)) + 1, dtype=values.dtype)
    found[keys] = values
    return found
