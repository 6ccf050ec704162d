"""
Sessions alone, from a `core` that lies there in order: what a peer's sorted table is compared with.

`tsa_sessions STORE`: the step's own pieces, rules and kernels, without the sort before them.
reads   STORE, after `tsa sessionize`; benchmarks/sides/tsa_sessions.sql
writes  STORE: bench_sessions; stdout: seconds per stage, and what the table holds
"""

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.sides.sections import sections
from benchmarks.sides.told import Stages, tell
from tsa_cli.kernels.session_spans import Columns
from tsa_cli.steps.sessionize import laying, layout
from tsa_cli.steps.sessionize.pieces import two_at_once, whole_devices
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
        layout.encode(store, SessionizeConfig())
        con.execute(statements["view"][0]).fetchall()
        with (
            stages.timed("sessions"),
            store.lent("measured_spans", _measured(store, statements["ranges"][0])),
        ):
            con.execute(statements["sessions"][0]).fetchall()
        rows = con.execute(statements["answer"][0])
        names = [column[0] for column in rows.description]
        [values] = rows.fetchall()
    tell(stages.seconds, dict(zip(names, values, strict=True)))


def _measured(store: Store, ranges: str) -> "pa.Table":
    import polars as pl
    import pyarrow as pa

    config = SessionizeConfig()
    rules, lookups = cut_rules(store, config), read_lookups(store)
    later = [first for (first,) in store.connection().execute(ranges).fetchall()[1:]]

    def pieces() -> Iterator[Columns]:
        for first, beyond in pairwise([laying.FIRST_DEVICE, *later, laying.BEYOND_DEVICES]):
            found = store.arrow(
                "2_sessions/events_of_devices.sql", from_device_key=first, until_device_key=beyond
            )
            yield from whole_devices(pl.DataFrame(found), laying.PIECE_ROWS)

    found = two_at_once(lambda events: laying.cut_and_measured(events, rules, lookups), pieces())
    return pa.Table.from_batches([pa.RecordBatch.from_pydict(piece.figures) for piece in found])


if __name__ == "__main__":
    main()
