"""
SHA-256 of the inputs, on threads of their own: files that follow each other, or one while it is
scanned. (1.6 GB/s on one core; hashing and reading run outside of Python's lock.)
"""

import hashlib
from collections.abc import Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

CHUNK_BYTES = 1 << 20
THREADS = 2
AHEAD = 4  # files: what waits longer may be another file by the time it is read


@dataclass(frozen=True)
class Digest:
    """SHA-256 in hex: of the whole file, and of as many of its first bytes as were asked for."""

    whole: str
    of_first: Mapping[int, str] = field(default_factory=dict)


def digests_of_first(path: Path, sizes: Collection[int]) -> dict[int, str]:
    """SHA-256 in hex of as many first bytes of the file, by their number, where it has so many."""
    digest, done = hashlib.sha256(), 0
    found: dict[int, str] = {}
    with path.open("rb") as handle:
        whole = path.stat().st_size
        for size in sorted(size for size in sizes if size <= whole):
            while done < size and (chunk := handle.read(min(size - done, CHUNK_BYTES))):
                digest.update(chunk)
                done += len(chunk)
            if done == size:
                found[size] = digest.hexdigest()
    return found


class Hashes:
    """
    The digests of files as they were when asked for, or a few files before that.

    `sizes` are numbers of first bytes that each file is hashed by, too.
    """

    def __init__(
        self, expected: list[Path], sizes: Mapping[Path, Collection[int]] | None = None
    ) -> None:
        self._expected = expected
        self._place_of = {path: place for place, path in enumerate(expected)}
        self._sizes = sizes or {}
        self._begun: dict[Path, tuple[int, Future[Digest]]] = {}
        self._stopped = Event()
        self._pool: ThreadPoolExecutor | None = None

    def of(self, path: Path) -> tuple[int, Future[Digest]]:
        """
        (size, digest of as many bytes) of the file; starts those of the files expected next.

        What another program appends meanwhile is not hashed, so that the next run reads it.
        """
        place = self._place_of.get(path)
        ahead = [] if place is None else self._expected[place + 1 : place + AHEAD]
        found = self._begun.pop(path, None) or self._begin(path)
        for each in ahead:
            if each not in self._begun and each.is_file():  # of a pipe there is no second read
                self._begun[each] = self._begin(each)
        return found

    def close(self) -> None:
        """Ends what is still being hashed."""
        self._stopped.set()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _begin(self, path: Path) -> tuple[int, Future[Digest]]:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(THREADS)
        size = path.stat().st_size
        return size, self._pool.submit(self._digest, path, size)

    def _digest(self, path: Path, size: int) -> Digest:
        digest = hashlib.sha256()
        view = memoryview(bytearray(CHUNK_BYTES))
        of_first: dict[int, str] = {}
        done = 0
        with path.open("rb", buffering=0) as handle:
            for stop in (*sorted(n for n in self._sizes.get(path, ()) if n < size), size):
                while done < stop and not self._stopped.is_set():
                    count = handle.readinto(view[: min(stop - done, CHUNK_BYTES)])
                    if not count:
                        raise OSError(f"{size - done} bytes of it are gone")
                    digest.update(view[:count])
                    done += count
                of_first[stop] = digest.hexdigest()
        return Digest(of_first.pop(size), of_first)
