"""
A connection of its own for SQL that users write: it reads the store and can do nothing else.

The statement is checked by `guard`, the connection is read-only and locked down, a timer ends a
query that does not end by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tsa_cli.errors import MissingTable
from tsa_cli.interrupts import interruptible
from tsa_cli.store.connection import EngineSettings, open_database, refuse_unlocked
from tsa_cli.store.guard import check_query, run_query
from tsa_cli.store.lock import store_lock
from tsa_cli.store.opening import has_store

if TYPE_CHECKING:
    import pyarrow

MEMORY_LIMIT = "2GB"  # a locked-down connection cannot spill to disk


class Guarded:
    """One locked-down connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def answer(self, statement: str, *, limit_seconds: float) -> "pyarrow.Table":
        """The whole answer; UsageError when refused or wrong, DataError when it takes too long."""
        return run_query(self._con, check_query(self._con, statement), {}, limit_seconds)


@contextmanager
def open_guarded(
    path: Path, settings: EngineSettings, *, wait_seconds: float = 0
) -> Iterator[Guarded]:
    """
    A locked-down, read-only connection to the store at `path`.

    Raises MissingTable when there is no store, LockedError when a run is writing it.
    """
    if not has_store(path):
        raise MissingTable(f"{path}: no store here yet", "run `tsa ingest PATH` first")
    refuse_unlocked(path)
    with store_lock(path, exclusive=False, command="tsa sql", wait_seconds=wait_seconds):
        memory_limit = settings.memory_limit or MEMORY_LIMIT
        limited = EngineSettings(memory_limit, settings.threads, settings.temp_directory)
        con = open_database(path, limited, read_only=True, wait_seconds=wait_seconds)
        try:
            lock_down(con)
            with interruptible(con.interrupt):
                yield Guarded(con)
        finally:
            con.close()


def lock_down(con: duckdb.DuckDBPyConnection) -> None:
    """
    Take files, network, extensions and settings away from the connection, for good.

    Without the last file system it cannot spill: for read-only commands. Refusing external access
    alone still lets COPY overwrite the database's own file.
    """
    for statement in (
        "set enable_external_access=false",
        "set disabled_filesystems='LocalFileSystem'",
        "set lock_configuration=true",
    ):
        con.execute(statement).fetchall()
