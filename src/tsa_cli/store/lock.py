"""
One run at a time writes a store: an advisory lock on `<db>.lock`, beside the database.

The kernel frees the lock when its holder dies, so there are no stale locks. The database file
itself is never opened from Python: that would drop DuckDB's own lock (POSIX locks go with the
first close of any handle; seen: a second writer got in and its committed row vanished).
"""

import errno
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tsa_cli.errors import DataError, LockedError

POLL_SECONDS = 0.05
_READ_ONLY = frozenset((errno.EACCES, errno.EPERM, errno.EROFS))
_WHY = dict.fromkeys(_READ_ONLY, "the folder is not writable") | {
    errno.ENOENT: "there is no such folder"
}


@contextmanager
def store_lock(db: Path, *, exclusive: bool, command: str, wait_seconds: float) -> Iterator[None]:
    """
    Hold the store's lock: writers alone, readers together.

    Raises LockedError naming the holder when it is not free within `wait_seconds`, and
    DataError when the folder cannot be written.
    """
    path = lock_path(db)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno in _READ_ONLY and not exclusive:
            yield  # a read-only folder has no writer to wait for
            return
        why = _WHY.get(error.errno or 0, error.strerror)
        raise DataError(f"{db}: {why}", "choose another file with --db") from None
    try:
        _acquire(handle, db, exclusive=exclusive, wait_seconds=wait_seconds)
        if exclusive:
            _sign(handle, command)
        yield
    finally:
        os.close(handle)


def lock_path(db: Path) -> Path:
    """The lock file of `db`, the same for every link to it."""
    real = Path(os.path.realpath(db))
    return real.with_name(real.name + ".lock")


def _acquire(handle: int, db: Path, *, exclusive: bool, wait_seconds: float) -> None:
    kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise locked_error(db, _holder(handle)) from None
            time.sleep(POLL_SECONDS)
        else:
            return


def locked_error(db: Path, holder: str) -> LockedError:
    """The error that names who holds `db`."""
    return LockedError(
        f"{db} is in use by {holder}",
        "wait for it to end, or give --wait SECONDS",
    )


def _sign(handle: int, command: str) -> None:
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = json.dumps({"pid": os.getpid(), "command": command, "started": started})
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode(), 0)


def _holder(handle: int) -> str:
    try:
        owner = json.loads(os.pread(handle, 4096, 0))
        return f"`{owner['command']}` (pid {owner['pid']}, since {owner['started']})"
    except (ValueError, RecursionError, LookupError, TypeError):  # not what `_sign` writes
        return "another run"
