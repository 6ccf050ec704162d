"""
Events by device, time and id, in pieces that end where a device ends.

reads   events_to_lay_out (a view), events (the ids of those at one moment)
source  docs/adr on the layout
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from tsa_cli.kernels.session_spans import Columns
from tsa_cli.store import Store

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

THREADS = 2
_MOST_KEYS = 2**63

_Made = TypeVar("_Made")


def sorted_events(store: Store, from_device_key: int, until_device_key: int) -> "pl.DataFrame":
    """The events of a range of devices, by device and time, those of one moment by id."""
    import polars as pl

    events = pl.DataFrame(
        store.arrow(
            "2_sessions/events_of_devices.sql",
            from_device_key=from_device_key,
            until_device_key=until_device_key,
        )
    ).rechunk()
    keys = _sort_keys(events["device_key"], events["event_us"])
    order = keys.arg_sort()
    return events[_with_ties(store, keys.gather(order).to_numpy(), events["event_seq"], order)]


def _sort_keys(device_key: "pl.Series", event_us: "pl.Series") -> "pl.Series":
    """Device and time in one integer: half of what it takes to sort by two columns."""
    import polars as pl

    if not len(device_key):
        return event_us
    first, last, devices = (int(str(n)) for n in (event_us.min(), event_us.max(), device_key.max()))
    span = last - first + 1
    if (devices + 1) * span < _MOST_KEYS:
        return device_key.cast(pl.Int64) * span + (event_us - first)
    moments = event_us.rank("dense").cast(pl.Int64)  # times lie too far apart
    return device_key.cast(pl.Int64) * (len(moments) + 1) + moments


def _with_ties(
    store: Store, sorted_keys: "NDArray[np.int64]", event_seq: "pl.Series", order: "pl.Series"
) -> "pl.Series":
    """`order` with the events of one device and moment by their ids."""
    import numpy as np
    import polars as pl

    is_tied = np.zeros(len(sorted_keys), np.bool_)
    is_tied[1:] = sorted_keys[1:] == sorted_keys[:-1]
    is_tied[:-1] |= is_tied[1:]
    places = np.flatnonzero(is_tied)
    if not len(places):
        return order
    tied = order.gather(places)
    asked = pl.DataFrame({"place": np.arange(len(places)), "event_seq": event_seq.gather(tied)})
    with store.lent("tied_events", asked):
        found = store.arrays("2_sessions/order_of_ids.sql")
    rank = np.empty(len(places), np.int64)
    rank[found["place"]] = found["rank"]
    return order.scatter(places, tied.gather(np.lexsort((rank, sorted_keys[places]))))


def columns_of(events: "pl.DataFrame") -> Columns:
    """The columns as arrays."""
    return {column.name: column.to_numpy() for column in events}


def whole_devices(events: Columns, piece_rows: int) -> Iterator[Columns]:
    """The sorted events in pieces of about as many rows; one piece at least, maybe empty."""
    import numpy as np

    device_key = events["device_key"]
    begin = 0
    while True:
        end = begin + piece_rows
        if end < len(device_key):
            end += int(np.searchsorted(device_key[end:], device_key[end - 1], side="right"))
        yield {name: column[begin:end] for name, column in events.items()}
        if end >= len(device_key):
            return
        begin = end


def two_at_once(work: Callable[[Columns], _Made], pieces: Iterator[Columns]) -> Iterator[_Made]:
    """What `work` makes of each piece, in order; no more pieces are taken than are worked on."""
    with ThreadPoolExecutor(THREADS) as pool:
        begun: deque[Future[_Made]] = deque()
        for piece in pieces:
            if len(begun) == THREADS:
                yield begun.popleft().result()
            begun.append(pool.submit(work, piece))
        while begun:
            yield begun.popleft().result()
