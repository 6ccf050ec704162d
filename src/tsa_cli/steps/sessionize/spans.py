"""
Read the events in their order, piece by piece, and measure the sessions in them.

reads   core_scope, event_flags, pages, referrers
writes  session_spans (temporary)
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tsa_cli.kernels.session_spans import (
    IS_CONVERSION,
    IS_INTERACTIVE,
    IS_PAGE_VIEW,
    Columns,
    Lookups,
    last_session_start,
    measure,
)
from tsa_cli.store import Store

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

# Rows of core at a time: two row groups, one for each of two threads. More only cost page faults.
PIECE_ROWS = 2 * 122_880


def build(store: Store) -> None:
    """Leave `session_spans`: one row per session of `core_scope`, in the order of its events."""
    with store.lent("measured_spans", measured(store)):
        store.execute("2_sessions/session_spans.sql")


def measured(store: Store, piece_rows: int = PIECE_ROWS) -> "pl.DataFrame":
    """
    The sessions of `core_scope`, in the order of their events; keys are 0 where there is none.

    `is_device_first` marks the first of each device.
    """
    import polars as pl

    lookups = read_lookups(store)
    pieces = whole_sessions(read_pieces(store, piece_rows))
    frames = [pl.DataFrame(measure(events, lookups)) for events in pieces]
    device = pl.col("device_key")
    return pl.concat(frames).with_columns(is_device_first=device.ne_missing(device.shift(1)))


def read_pieces(store: Store, piece_rows: int) -> Iterator[Columns]:
    """The events of `core_scope` in order; the next piece is read while this one is worked on."""
    [(first, last)] = store.rows("2_sessions/scope_ends.sql")
    begins = range(int(str(first)), int(str(last)) + 1, piece_rows)

    def read(begin: int) -> Columns:
        table = store.arrow("2_sessions/session_events.sql", first=begin, end=begin + piece_rows)
        return {name: table.column(name).to_numpy() for name in table.column_names}

    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(read, begins.start)  # one piece at least, if an empty one
        for begin in begins[1:]:
            piece = coming.result()
            coming = ahead.submit(read, begin)
            yield piece
        yield coming.result()


def whole_sessions(pieces: Iterator[Columns]) -> Iterator[Columns]:
    """The same events in pieces that end where a session ends; one piece at least."""
    import numpy as np

    kept: Columns = {}
    for piece in pieces:
        events = {k: np.concatenate([kept[k], v]) for k, v in piece.items()} if kept else piece
        cut = last_session_start(events["session_key"])
        if cut:
            yield {name: column[:cut] for name, column in events.items()}
        kept = {name: column[cut:] for name, column in events.items()}
    yield kept


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
