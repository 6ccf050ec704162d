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
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from tsa_cli.errors import DataError, LockedError

POLL_SECONDS = 0.05
# Neither is a link of somebody else's followed, nor a pipe waited for.
_OPENED = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_NO_FILE = frozenset((errno.ELOOP, errno.EISDIR, errno.ENXIO))
_READ_ONLY = frozenset((errno.EACCES, errno.EPERM, errno.EROFS))
_ANOTHER = "choose another file with --db"


@contextmanager
def store_lock(db: Path, *, exclusive: bool, command: str, wait_seconds: float) -> Iterator[None]:
    """
    Hold the store's lock: writers alone, readers together.

    Raises LockedError naming the holder when it is not free within `wait_seconds`, and
    DataError when the folder cannot be written, or what is in the lock's place is no file.
    """
    path = lock_path(db)
    if exclusive and path.exists() and not os.access(path.parent, os.W_OK):
        raise _not_writable(db)  # the engine would only say so of its .wal, and at the end
    try:
        handle = os.open(path, _OPENED, 0o600)
    except OSError as error:
        if error.errno in _NO_FILE:
            raise _no_lock_file(path) from None
        if error.errno in _READ_ONLY and not exclusive:
            yield  # a read-only folder has no writer to wait for
            return
        if error.errno in _READ_ONLY:
            raise _not_writable(db) from None
        raise DataError(f"{db}: {error.strerror}", _ANOTHER) from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise _no_lock_file(path)
        _acquire(handle, db, exclusive=exclusive, wait_seconds=wait_seconds)
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


def _not_writable(db: Path) -> DataError:
    return DataError(f"{db}: the folder is not writable", _ANOTHER)


def _no_lock_file(path: Path) -> DataError:
    return DataError(f"{path}: no lock file of tsa's, but something else", "move it away")


def _sign(handle: int, command: str) -> None:
    """Say who holds the lock: of readers, the last that came."""
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = json.dumps({"pid": os.getpid(), "command": command, "started": started})
    with suppress(OSError):  # a full disk: the lock is held all the same, by nobody's name
        os.ftruncate(handle, 0)
        os.pwrite(handle, text.encode(), 0)


def _holder(handle: int) -> str:
    """Who signed, if that one still lives: nobody takes a name off, a killed one least of all."""
    try:
        owner = json.loads(os.pread(handle, 4096, 0))
        pid, command, started = int(owner["pid"]), str(owner["command"]), str(owner["started"])
        os.kill(pid, 0)
    except PermissionError:  # of another user, but alive
        pass
    except (ValueError, RecursionError, LookupError, TypeError, OverflowError, OSError):
        return "another run"
    return f"`{_line(command)}` (pid {pid}, since {_line(started)})"


def _line(text: str) -> str:
    return " ".join(text.split())
