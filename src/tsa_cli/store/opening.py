"""
Open a store: its lock, its file, its schema, and what must happen when it is closed.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tsa_cli.errors import DataError, MissingTable
from tsa_cli.interrupts import interruptible, is_interruption
from tsa_cli.store.connection import EngineSettings, open_database, refuse_unlocked
from tsa_cli.store.lock import store_lock
from tsa_cli.store.schema import clear_leftovers, migrate
from tsa_cli.store.store import Store
from tsa_cli.store.translated_errors import is_damage, translated_errors

LOG = logging.getLogger("tsa.store")


def has_store(path: Path) -> bool:
    """True when something is there; an empty file is what a killed first run left: no store yet."""
    return path.exists() and not (path.is_file() and path.stat().st_size == 0)


@contextmanager
def open_store(
    path: Path,
    mode: str = "write",
    *,
    settings: EngineSettings | None = None,
    wait_seconds: float = 0,
    command: str = "tsa",
) -> Iterator[Store]:
    """
    An open store; `mode` "read" never changes the file, "write" creates and migrates it.

    Raises MissingTable when a store to read is absent, LockedError when another run holds it.
    """
    if mode not in ("read", "write"):
        raise ValueError(mode)
    reading = mode == "read"
    if reading and not has_store(path):
        raise MissingTable(f"{path}: no store here yet", "run `tsa ingest PATH` first")
    refuse_unlocked(path)
    with store_lock(path, exclusive=not reading, command=command, wait_seconds=wait_seconds):
        if not reading:
            clear_leftovers(path)
        chosen, is_new = settings or EngineSettings(), not path.exists()
        con = open_database(path, chosen, read_only=reading, wait_seconds=wait_seconds)
        store = Store(con, path, chosen)
        try:
            with interruptible(con.interrupt):
                migrate(store, reading=reading, is_new=is_new)
                yield store
            if not reading:
                _fold_log(con, path)
        except RuntimeError as error:
            if is_interruption(error):
                raise KeyboardInterrupt from error
            raise
        finally:
            store.close()


def _fold_log(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """
    Fold the log of what was committed into the file, so that the file is all of the store.

    Nothing is lost where that cannot be (a full disk), so that the run is told as done.
    Raises DataError when the file is damaged.
    """
    try:
        with translated_errors():
            con.execute("checkpoint").fetchall()
    except DataError as error:
        if isinstance(error.__cause__, duckdb.Error) and is_damage(error.__cause__):
            raise
        LOG.warning(
            "%s.wal stays, a part of the store (%s): all is stored, but keep the two files"
            " together; a later run folds it in once that is mended",
            path, error.message,
        )  # fmt: skip
