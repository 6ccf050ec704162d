"""
What the sides work on: made once per size, in the order in which it is needed, and not timed.

reads   the log that `tsa generate` makes
writes  benchmarks/data/SIZE/
"""

import shutil
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.case import LONGEST
from benchmarks.measure import Bench, run_once

SEED = 7
EVENTS_A_USER = 50
FRESH = "prepare.fresh"
MADE, LOGS = ".made-", ("parquet", "lines")
DAYS = 309  # after which the generator's visitors have left 50 events each


@dataclass(frozen=True)
class Artefact:
    """A file or folder: what must be there first, and the processes that make it."""

    needs: tuple[str, ...] = ()
    commands: list[list[str]] = field(default_factory=list)
    temporary: tuple[str, ...] = ()


def _tsa(store: str, *words: str) -> list[str]:
    return ["sides.tsa_command", store, *words]


def _of_tsa(events: int) -> dict[str, Artefact]:
    """The log, and stores made of it."""
    generate = [
        "-m", "tsa_cli", "generate", "--users", str(events // EVENTS_A_USER), "--days", str(DAYS),
        "--seed", str(SEED),
    ]  # fmt: skip
    return {
        "parquet": Artefact(
            (),
            [
                [*generate, "--out", "log.parquet"],
                ["sides.duckdb_sql", "split.duckdb", "prepare/split_log.sql", "split"],
            ],
            ("log.parquet", "split.duckdb"),
        ),
        "lines": Artefact(
            ("parquet",),
            [[*generate, "--out", "log.jsonl"], ["prepare.split_lines", "log.jsonl"]],
            ("log.jsonl",),
        ),
        "raw.duckdb": Artefact(
            ("parquet",), [[FRESH, "raw.duckdb"], _tsa("raw.duckdb", "ingest", "events.parquet")]
        ),
        "parts.duckdb": Artefact(
            ("lines",), [[FRESH, "parts.duckdb"], _tsa("parts.duckdb", "ingest", "parts")]
        ),
        "full.duckdb": Artefact(
            ("raw.duckdb",),
            [[FRESH, "full.duckdb", "raw.duckdb"], _tsa("full.duckdb", "sessionize", "--full")],
        ),
        "grown.duckdb": Artefact(
            ("full.duckdb",),
            [
                [FRESH, "grown.duckdb", "full.duckdb"],
                _tsa("grown.duckdb", "ingest", "increment.parquet"),
            ],
        ),
    }  # fmt: skip


def _of_peers() -> dict[str, Artefact]:
    """What the peers start from, so that all look at the same events."""
    return {
        "people.parquet": Artefact(("full.duckdb",), [_export("people")]),
        "chdb": Artefact(
            ("full.duckdb",),
            [
                _export("integers"),
                [FRESH, "chdb"],
                ["sides.chdb_sql", "chdb", "prepare/chdb_tables.sql", "tables"],
            ],
        ),
        "chdb_wide": Artefact(
            ("people.parquet",),
            [
                [FRESH, "chdb_wide"],
                ["sides.chdb_sql", "chdb_wide", "sides/chdb_layout.sql", "wide"],
            ],
        ),
        "chdb_loaded": Artefact(
            ("parquet",),
            [
                [FRESH, "chdb_loaded"],
                ["sides.chdb_sql", "chdb_loaded", "sides/chdb_ingest.sql", "ingest",
                 "format=Parquet", "file=events.parquet", "order=tuple()", "errors=0",
                 f"longest={LONGEST}"],
            ],
        ),
        "text.duckdb": Artefact(
            ("people.parquet",),
            [
                [FRESH, "text.duckdb"],
                ["sides.duckdb_sql", "text.duckdb", "sides/duckdb_sessionize.sql", "load"],
            ],
        ),
    }  # fmt: skip


def known_artefacts(events: int) -> dict[str, Artefact]:
    """Every artefact of a size, by the name that cases ask for."""
    return _of_tsa(events) | _of_peers()


def ensure(bench: Bench, events: int, names: Iterable[str]) -> None:
    """Make the artefacts, and those they need, that are not there yet; each whole or not at all."""
    known = known_artefacts(events)
    for name in names:
        made = bench.folder / f"{MADE}{name}"
        if made.exists():
            continue
        artefact = known[name]
        ensure(bench, events, artefact.needs)
        begin = time.perf_counter()
        for words in artefact.commands:
            run_once(bench, words)
        for left in artefact.temporary:
            path = bench.folder / left
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        made.touch()
        sys.stderr.write(f"  made {name} in {time.perf_counter() - begin:.0f} s\n")


def forget(folder: Path) -> None:
    """Have everything but the log made again: after a change of the program's tables."""
    for made in folder.glob(f"{MADE}*"):
        if made.name.removeprefix(MADE) not in LOGS:
            made.unlink()


def _export(section: str) -> list[str]:
    return ["sides.duckdb_sql", "full.duckdb", "prepare/export_peers.sql", section]
