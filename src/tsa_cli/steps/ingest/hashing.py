"""
SHA-256 of the inputs, on threads of their own: files that follow each other, or one while it is
scanned. (1.6 GB/s on one core; hashing and reading run outside of Python's lock.)
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
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


class BytesGone(OSError):
    """A file is shorter than it was when its size was asked for."""


def digests_of_first(path: Path, sizes: Collection[int]) -> dict[int, str]:
    """SHA-256 in hex of as many first bytes of the file, by their number, where it has so many."""
    whole = path.stat().st_size
    found: dict[int, str] = {}
    with suppress(BytesGone):
        found.update(_digests(path, sorted(size for size in sizes if size <= whole)))
    return found


def _digests(
    path: Path, sizes: Sequence[int], is_stopped: Callable[[], bool] = lambda: False
) -> Iterator[tuple[int, str]]:
    """(size, SHA-256 in hex of as many first bytes) of each of the ascending sizes."""
    digest = hashlib.sha256()
    view = memoryview(bytearray(CHUNK_BYTES))
    done = 0
    with path.open("rb", buffering=0) as handle:
        for size in sizes:
            while done < size and not is_stopped():
                count = handle.readinto(view[: min(size - done, CHUNK_BYTES)])
                if not count:
                    raise BytesGone(f"{sizes[-1] - done} bytes of it are gone")
                digest.update(view[:count])
                done += count
            yield size, digest.hexdigest()


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
        sizes = (*sorted(n for n in self._sizes.get(path, ()) if n < size), size)
        of_first = dict(_digests(path, sizes, self._stopped.is_set))
        return Digest(of_first.pop(size), of_first)
