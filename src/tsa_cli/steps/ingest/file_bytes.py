"""
The bytes of a file that another program may be writing to.

They are read, not mapped: a log that is cut short while it is read (copytruncate) is an error with
a name then, where a mapped page that is gone ends the process by a signal.
"""

import os
import weakref
from pathlib import Path

import numpy as np

from tsa_cli.errors import DataError
from tsa_cli.kernels.byte_slices import Bytes

BLOCK_BYTES = 1 << 20


class FileBytes:
    """The first `size` bytes of a file, or all; DataError for a byte that is there no more."""

    def __init__(self, path: Path, size: int | None = None) -> None:
        self._path = path
        self._number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        weakref.finalize(self, os.close, self._number)
        found = os.fstat(self._number).st_size
        self.size = found if size is None else size
        if found < self.size:
            raise self._cut_short()
        self._held_start, self._held = 0, b""  # what was read last

    def __getitem__(self, span: slice) -> bytes:
        start, stop, _ = span.indices(self.size)
        return self._read(start, stop)

    def view(self, start: int, stop: int) -> Bytes:
        """The bytes as a uint8 array; of a block that `block` just read, without a copy."""
        held_stop = self._held_start + len(self._held)
        if self._held_start <= start and stop <= held_stop:
            return np.frombuffer(
                self._held, dtype=np.uint8, count=stop - start, offset=start - self._held_start
            )
        return np.frombuffer(self._read(start, stop), dtype=np.uint8)

    def block(self, start: int, stop: int) -> bytes:
        """The bytes, kept for a `view` of them."""
        self._held_start, self._held = start, self._read(start, stop)
        return self._held

    def find(self, wanted: bytes, start: int) -> int:
        """The place of the first such byte from `start` on, or -1."""
        for at in range(start, self.size, BLOCK_BYTES):
            found = self._read(at, min(at + BLOCK_BYTES, self.size)).find(wanted)
            if found >= 0:
                return at + found
        return -1

    def rfind(self, wanted: bytes) -> int:
        """The place of the last such byte, or -1."""
        for stop in range(self.size, 0, -BLOCK_BYTES):
            start = max(stop - BLOCK_BYTES, 0)
            found = self._read(start, stop).rfind(wanted)
            if found >= 0:
                return start + found
        return -1

    def _read(self, start: int, stop: int) -> bytes:
        parts = []
        while start < stop:
            part = os.pread(self._number, stop - start, start)
            if not part:
                raise self._cut_short()
            parts.append(part)
            start += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _cut_short(self) -> DataError:
        return DataError(
            f"{self._path}: cut short while it was read", "run it again when it is whole"
        )
