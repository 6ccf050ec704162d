"""
A named pipe to read: who waits for its writer says so, since the store is in use meanwhile.

reads   a FIFO, or what a shell makes of `<(command)`
"""

import logging
import os
import select
import stat
from pathlib import Path
from typing import BinaryIO

LOG = logging.getLogger("tsa.ingest")
PATIENCE_MS = 1_000


def open_pipe(name: str, path: Path) -> BinaryIO:
    """A handle at its first byte (or its end), waited for; of no pipe, at once."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        if stat.S_ISFIFO(os.fstat(handle).st_mode):
            _await_writer(name, handle)  # a read before one has come would be the end
        os.set_blocking(handle, True)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def _await_writer(name: str, handle: int) -> None:
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    if not poll.poll(PATIENCE_MS):
        LOG.warning("%s: a pipe that nobody writes to yet; the store is in use meanwhile", name)
        poll.poll()
