"""
Sessions alone, from a `core` that lies there in order: what a peer's sorted table is compared with.

`tsa_sessions STORE`: the step's own rules and kernels, on a stream of core instead of a sort.
reads   STORE, after `tsa sessionize`; benchmarks/sides/tsa_sessions.sql
writes  STORE: bench_sessions; stdout: seconds per stage
"""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING

from benchmarks.sides.sections import sections
from benchmarks.sides.told import Stages, tell
from tsa_cli.kernels.session_cuts import CutRules
from tsa_cli.kernels.session_spans import Columns, Lookups
from tsa_cli.steps.sessionize import excluded, laying, layout
from tsa_cli.steps.sessionize.rules import cut_rules, read_lookups
from tsa_cli.steps.sessionize.settings import SessionizeConfig
from tsa_cli.store import Store, open_store

if TYPE_CHECKING:
    import pyarrow as pa


def main() -> None:
    """Cut and measure every event of core, and keep one row per session."""
    statements = sections("sides/tsa_sessions.sql", {})
    stages = Stages()
    with open_store(Path(sys.argv[1])) as store:
        con = store.connection()
        _wake()
        excluded.mark(store, SessionizeConfig().sessions.exclude)
        layout.encode(store, SessionizeConfig())
        with stages.timed("sessions"):
            [(middle,)] = con.execute(statements["middle"][0]).fetchall()
            rules, lookups = cut_rules(store, SessionizeConfig()), read_lookups(store)

            def half(first: int, beyond: int) -> "Iterator[pa.RecordBatch]":
                with store.aside() as reading:
                    reading.connection().execute(statements["view"][0]).fetchall()
                    yield from _measured(_events(reading, first, beyond), rules, lookups)

            halves = half(laying.FIRST_DEVICE, middle), half(middle, laying.BEYOND_DEVICES)
            with store.lent("measured_spans", _both(*halves)), store.unordered():
                con.execute(statements["sessions"][0]).fetchall()
    tell(stages.seconds)


def _wake() -> None:
    """Load what the stage works with: the peers' engines are up before their stage, too."""
    import numpy as np  # noqa: F401
    import pyarrow as pa  # noqa: F401


def _events(reading: Store, first: int, beyond: int) -> "pa.RecordBatchReader":
    return reading.stream(
        "2_sessions/events_of_devices.sql",
        batch_rows=laying.PIECE_ROWS,
        from_device_key=first,
        until_device_key=beyond,
    )


def _measured(
    events: "pa.RecordBatchReader", rules: CutRules, lookups: Lookups
) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa

    for piece in _whole_devices(events):
        yield pa.RecordBatch.from_pydict(laying.cut_and_measured(piece, rules, lookups).figures)


def _both(*halves: "Iterator[pa.RecordBatch]") -> "pa.RecordBatchReader":
    """What each half makes in a thread of its own, as it comes."""
    import pyarrow as pa

    made: Queue[pa.RecordBatch | None] = Queue(len(halves))

    def make(half: "Iterator[pa.RecordBatch]") -> None:
        try:
            for batch in half:
                made.put(batch)
        finally:
            made.put(None)

    for half in halves:
        Thread(target=make, args=(half,), daemon=True).start()
    batches = (batch for _ in halves for batch in iter(made.get, None))
    first = next(batches)
    return pa.RecordBatchReader.from_batches(first.schema, chain([first], batches))


def _whole_devices(events: "pa.RecordBatchReader") -> Iterator[Columns]:
    """The stream in pieces that end where a device ends; one across batches has its own."""
    import numpy as np

    held: list[Columns] = []  # of the device that the batch before ended with
    for batch in events:
        piece = {name: batch.column(name).to_numpy() for name in batch.schema.names}
        device_key = piece["device_key"]
        begin = 0
        if held:
            begin = int(np.searchsorted(device_key, held[0]["device_key"][0], side="right"))
            held.append(_rows(piece, 0, begin))
        if begin == len(device_key):
            continue
        if held:
            yield _joined(held)
        last = max(begin, int(np.searchsorted(device_key, device_key[-1])))
        if begin < last:
            yield _rows(piece, begin, last)
        held = [_rows(piece, last, len(device_key))]
    if held:
        yield _joined(held)


def _rows(piece: Columns, begin: int, end: int) -> Columns:
    return {name: column[begin:end] for name, column in piece.items()}


def _joined(pieces: list[Columns]) -> Columns:
    import numpy as np

    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


if __name__ == "__main__":
    main()
