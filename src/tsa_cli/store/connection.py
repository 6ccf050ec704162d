"""
The one place that opens a DuckDB file, with every setting that 2.0's defaults get wrong.

Progress bars go to stdout, unknown files make it download extensions, time zones follow the
machine: all switched off here. Files are made readable by their owner only.
"""

import atexit
import os
import re
import resource
import time
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from tsa_cli.errors import DataError
from tsa_cli.store.allocator import keep_freed_memory
from tsa_cli.store.lock import lock_path, locked_error
from tsa_cli.store.translated_errors import damaged_store, is_damage

FEWEST_FILES = 64
FOREIGN_LOCK_RETRY_SECONDS = 0.1
# It means answers of many rows; those are asked for the other way (see `Store.arrow`).
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result")
_MAGIC = b"DUCK"
_SESSION = ("set TimeZone='UTC'", "set enable_progress_bar=false")
_MAGIC_OFFSET = 8


@dataclass(frozen=True)
class EngineSettings:
    """What `configs/tsa.yaml` says of the engine; None leaves DuckDB's own choice."""

    memory_limit: str | None = None
    threads: int | None = None
    temp_directory: str | None = None


def open_database(
    db: Path, settings: EngineSettings, *, read_only: bool, wait_seconds: float = 0
) -> duckdb.DuckDBPyConnection:
    """
    An open connection to `db`, created when absent (not when `read_only`).

    Raises DataError when `db` is no DuckDB file or cannot be read, LockedError when a foreign
    program holds it longer than `wait_seconds`.
    """
    refuse_other_files(db)
    _refuse_few_files()
    if db.exists() and db.stat().st_size == 0:
        db.unlink()  # a run that was killed while creating it leaves an empty file
    keep_freed_memory()
    if settings.temp_directory is not None:
        _make_temp_directory(Path(settings.temp_directory))
    config = _config() | {"temp_directory": settings.temp_directory or f"{db}.tmp"}
    deadline = time.monotonic() + wait_seconds
    old_mask = os.umask(0o077)
    try:
        while True:
            try:
                con = duckdb.connect(str(db), read_only=read_only, config=config)
                break
            except duckdb.IOException as error:
                if is_damage(error):
                    raise damaged_store(str(db), error) from error
                if "lock" not in str(error).lower():
                    raise DataError(f"{db}: {_first_line(error)}", "check the file") from None
                if time.monotonic() >= deadline:
                    raise locked_error(db, _other_program(error)) from None
                time.sleep(FOREIGN_LOCK_RETRY_SECONDS)
            except duckdb.Error as error:
                raise damaged_store(str(db), error) from error
    finally:
        os.umask(old_mask)
    _apply(con, settings)
    return con


def open_reader(settings: EngineSettings) -> duckdb.DuckDBPyConnection:
    """A connection to an engine without a file; what it reads keeps UUID and JSON as types."""
    con = duckdb.connect(":memory:", config=_config())
    _apply(con, settings)
    for name in ("arrow_lossless_conversion", "arrow_large_buffer_size"):
        con.execute(f"set {name}=true").fetchall()
    return con


@cache
def reading_engine(settings: EngineSettings) -> duckdb.DuckDBPyConnection:
    """The engine of `open_reader`, one a process: to make one takes as long as a small file."""
    atexit.register(reading_engine.cache_clear)  # DuckDB complains of what is alive after the end
    return open_reader(settings)


def connect_again(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A further connection to the same engine; what is set per session is set anew."""
    further = con.cursor()
    for statement in _SESSION:
        further.execute(statement).fetchall()
    return further


def _config() -> dict[str, str | bool | int | float | list[str]]:
    return {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
        # Five by default: rows that wait to be written are a quarter of what a load holds.
        "write_buffer_row_group_count": 1,
        # 16 MB by default: of many small files each second one had the last, unfilled row group
        # of every column packed again, in a new place. What a killed run leaves is read in seconds.
        "checkpoint_threshold": "256MB",
    }


def _apply(con: duckdb.DuckDBPyConnection, settings: EngineSettings) -> None:
    for name, value in (("memory_limit", settings.memory_limit), ("threads", settings.threads)):
        if value is not None:
            con.execute(f"set {name}=$value", {"value": value}).fetchall()
    for statement in _SESSION:
        con.execute(statement).fetchall()


def refuse_unlocked(db: Path) -> None:
    """As `refuse_other_files`, before a lock file is made: none is left beside what is not ours."""
    if not lock_path(db).exists():
        refuse_other_files(db)


def refuse_other_files(db: Path) -> None:
    """Raise DataError when `db` is something else than a DuckDB file, or stands in no folder."""
    if not db.exists():
        if not db.parent.is_dir():
            raise DataError(f"{db}: no such folder {db.parent}", "create it, or give another --db")
        return
    if not db.is_file():
        raise DataError(f"{db}: not a file", "give a database file with --db")
    # DuckDB would try to download a reader for an SQLite file.
    # Safe: no connection of this process is open yet (see store/lock.py).
    with db.open("rb") as handle:
        head = handle.read(_MAGIC_OFFSET + len(_MAGIC))
    if head and head[_MAGIC_OFFSET:] != _MAGIC:
        raise DataError(f"{db}: not a tsa store (no DuckDB file)", "give another file with --db")


def spare_files() -> int | None:
    """How many files may be open at once besides those that any run needs; None without limit."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return allowed - FEWEST_FILES if allowed >= 0 else None  # without a limit it is -1


def _refuse_few_files() -> None:
    """Where no more files can be opened, compiled modules end with traces of their own."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= allowed < FEWEST_FILES:
        raise DataError(
            f"only {allowed} files may be open at once, of {FEWEST_FILES} that are needed",
            "raise the limit: `ulimit -n 256`",
        )


def _make_temp_directory(folder: Path) -> None:
    """Else the engine says so only once it spills, and not which setting it is."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        why = "not a folder" if isinstance(error, FileExistsError) else error.strerror
    else:
        if os.access(folder, os.W_OK | os.X_OK):
            return
        why = "not writable"
    raise DataError(f"temp_directory {folder}: {why}", "name a folder for it in configs/tsa.yaml")


def _other_program(error: Exception) -> str:
    """Who holds the file itself, as the engine says it."""
    found = re.search(r"held in (\S+) \(PID (\d+)\)", str(error))
    if found is None:
        return "another program"
    return f"another program ({Path(found[1]).name}, pid {found[2]})"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
