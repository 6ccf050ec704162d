"""
Sessions alone, from a `core` that lies there in order: what a peer's sorted table is compared with.

`tsa_sessions STORE`: the step's own rules and kernels, on a stream of core instead of a sort.
reads   STORE, after `tsa sessionize`; benchmarks/sides/tsa_sessions.sql
writes  STORE: bench_sessions; stdout: seconds per stage, and what the table holds
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.sides.sections import sections
from benchmarks.sides.told import Stages, tell
from tsa_cli.kernels.session_spans import Columns
from tsa_cli.steps.sessionize import excluded, laying, layout
from tsa_cli.steps.sessionize.pieces import two_at_once
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
        excluded.mark(store, SessionizeConfig().sessions.exclude)
        layout.encode(store, SessionizeConfig())
        with stages.timed("sessions"), store.aside() as reading:
            reading.connection().execute(statements["view"][0]).fetchall()
            events = reading.stream(
                "2_sessions/events_of_devices.sql",
                batch_rows=laying.PIECE_ROWS,
                from_device_key=laying.FIRST_DEVICE,
                until_device_key=laying.BEYOND_DEVICES,
            )
            rows = _measured(store, events)
            with store.lent("measured_spans", rows), store.unordered():
                con.execute(statements["sessions"][0]).fetchall()
        answer = con.execute(statements["answer"][0])
        names = [column[0] for column in answer.description]
        [values] = answer.fetchall()
    tell(stages.seconds, dict(zip(names, values, strict=True)))


def _measured(store: Store, events: "pa.RecordBatchReader") -> "pa.RecordBatchReader":
    """The sessions of each piece, made while the engine takes those of the piece before."""
    import pyarrow as pa

    config = SessionizeConfig()
    rules, lookups = cut_rules(store, config), read_lookups(store)
    found = two_at_once(
        lambda piece: laying.cut_and_measured(piece, rules, lookups), _whole_devices(events)
    )
    batches = (pa.RecordBatch.from_pydict(piece.figures) for piece in found)
    first = next(batches)

    def all_of_them() -> "Iterator[pa.RecordBatch]":
        yield first
        yield from batches

    return pa.RecordBatchReader.from_batches(first.schema, all_of_them())


def _whole_devices(events: "pa.RecordBatchReader") -> Iterator[Columns]:
    """The stream in pieces that end where a device ends."""
    import numpy as np

    held: Columns = {}
    for batch in events:
        piece = {name: batch.column(name).to_numpy() for name in batch.schema.names}
        if held:
            piece = {name: np.concatenate([held[name], piece[name]]) for name in piece}
        device_key = piece["device_key"]
        cut = int(np.searchsorted(device_key, device_key[-1]))
        held = {name: column[cut:] for name, column in piece.items()}
        if cut:  # else one device has all of it
            yield {name: column[:cut] for name, column in piece.items()}
    yield held


if __name__ == "__main__":
    main()
