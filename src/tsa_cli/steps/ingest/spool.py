"""
A private, immutable copy of an input where one is needed, and the hash of every input.

Packed files, standard input and CSV are spooled as plain lines; a plain JSON file is read in
place. What was hashed is what is loaded. The spool stands beside the store, readable by its owner.

writes  DB.spool/N.jsonl, removed at the end of the run (and at the start of the next)
"""

import errno
import gzip
import io
import re
import shutil
import sys
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, Literal

from tsa_cli.errors import DataError
from tsa_cli.steps.ingest.hashing import CHUNK_BYTES, Digest, Hashes
from tsa_cli.steps.ingest.inputs import Input, named
from tsa_cli.steps.ingest.nature import refuse_other_kinds
from tsa_cli.steps.ingest.pipe import open_pipe

SHAPE_BYTES = 1 << 16  # enough of the first line to tell what the file is
TSV_TABS = 20  # a first line with more of them is no JSON: Snowplow's files have no ending
BOMB_FLOOR_BYTES = 1 << 30
_NO_LITERAL = re.compile(r"[*?\[]|^~")  # to the engine: a pattern, somebody's home folder
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
Shape = Literal["lines", "parquet", "csv", "tsv"]


@dataclass(frozen=True)
class Given:
    """One input as it was given; what can be read once only is a copy."""

    name: str
    path: Path
    digest: Future[Digest]  # of the bytes as given, perhaps not done yet
    size_bytes: int
    is_growing: bool  # a plain file, to which another program may be appending
    absolute: str | None  # where the file as given stands

    @property
    def sha256(self) -> str:
        """The digest in hex, waited for; DataError when the file cannot be read."""
        with _named_errors(self.name):
            return self.digest.result().whole

    def sha256_of_first(self, size: int) -> str:
        """The digest of its first bytes; empty when it was not asked for by the spool's `sizes`."""
        if size == self.size_bytes:
            return self.sha256
        with _named_errors(self.name):
            return self.digest.result().of_first.get(size, "")


@dataclass(frozen=True)
class Spooled(Given):
    """One input, ready to be read: `path` is what the engine reads."""

    shape: Shape


class Spool:
    """The folder of this run's copies."""

    def __init__(self, folder: Path, max_unpacked_ratio: int, hashes: Hashes) -> None:
        self._folder = folder
        self._numbers = count(1)  # asked for by two threads
        self._ahead: dict[Input, Given] = {}
        self._hashes = hashes
        self._max_ratio = max_unpacked_ratio

    def take(self, item: Input) -> Spooled:
        """The input, being hashed, unpacked where needed; DataError when it cannot be read."""
        return self.unpacked(self.given(item))

    def given(self, item: Input) -> Given:
        """The input, being hashed: enough to tell whether it was read before."""
        return self._ahead.pop(item, None) or self._given(item)

    def given_ahead(self, item: Input) -> Given:
        """The same, which `given` answers in its turn."""
        self._ahead[item] = self._ahead.get(item) or self._given(item)
        return self._ahead[item]

    def _given(self, item: Input) -> Given:
        name, path = item.name, item.path
        with _named_errors(name):
            if path is None:
                path = self._stdin()
            elif not path.is_file():  # a pipe can be read once only
                path = self._copied(name, path)
            elif named(path) != str(path) or _NO_LITERAL.search(str(path)):
                path = self._linked(path)
            size, digest = self._hashes.of(path)
        return Given(name, path, digest, size, item.path is not None, item.absolute)

    def unpacked(self, given: Given) -> Spooled:
        """The same, ready to be read; DataError when it cannot be read."""
        path = given.path
        with _named_errors(given.name):
            head = head_of(path)
            packed = _packing(head)
            if packed:
                path = self._plain(given, packed)
                head = head_of(path)
        refuse_other_kinds(given.name, head)
        is_growing = given.is_growing and not packed
        return Spooled(
            given.name, path, given.digest, given.size_bytes, is_growing, given.absolute,
            _shape(given.name, head),
        )  # fmt: skip

    def is_packed(self, given: Given) -> bool:
        """Whether the file's first bytes say that others are packed in it."""
        with _named_errors(given.name):
            return bool(_packing(head_of(given.path, 4)))

    def new_path(self, suffix: str = ".jsonl") -> Path:
        """A fresh name in the spool."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        return self._folder / f"{next(self._numbers)}{suffix}"

    def _stdin(self) -> Path:
        path = self.new_path(".stdin")
        with path.open("wb") as out:
            shutil.copyfileobj(sys.stdin.buffer, out, CHUNK_BYTES)
        return path

    def _copied(self, name: str, path: Path) -> Path:
        target = self.new_path(".pipe")
        with open_pipe(name, path) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, CHUNK_BYTES)
        return target

    def _linked(self, path: Path) -> Path:
        """The file under a name that the engine can be told, in its folders KEY=VALUE."""
        names = [n for n in path.parent.parts if "=" in n and named(n) == n]
        folder = self.new_path(".links").joinpath(*(n for n in names if not _NO_LITERAL.search(n)))
        folder.mkdir(mode=0o700, parents=True)
        link = folder / "link"
        link.symlink_to(path.absolute())
        return link

    def _plain(self, given: Given, packing: str) -> Path:
        target = self.new_path(".plain")
        written = 0
        with _opened(given.path, packing) as source, target.open("wb") as out:
            while chunk := source.read(CHUNK_BYTES):
                written += len(chunk)
                if written > max(BOMB_FLOOR_BYTES, given.size_bytes * self._max_ratio):
                    raise DataError(
                        f"{given.name}: unpacks to more than {self._max_ratio} times its size",
                        "raise max_unpacked_ratio in configs/tsa.yaml if that is right",
                    )
                out.write(chunk)
        return target


def head_of(path: Path, count: int = SHAPE_BYTES) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as handle:
        return handle.read(count)


@contextmanager
def open_spool(
    db: Path,
    max_unpacked_ratio: int,
    inputs: Sequence[Input] = (),
    sizes: Mapping[str, Collection[int]] | None = None,
) -> Iterator[Spool]:
    """
    A spool beside the store, removed at the end; `inputs` are taken in this order.

    `sizes` are numbers of first bytes that an input of that name is hashed by, too.
    """
    folder = Path(f"{db}.spool")
    paths = {item.name: item.path for item in inputs if item.path is not None}
    by_path = {paths[name]: known for name, known in (sizes or {}).items() if name in paths}
    hashes = Hashes(list(paths.values()), by_path)
    try:
        yield Spool(folder, max_unpacked_ratio, hashes)
    finally:
        hashes.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _named_errors(name: str) -> Iterator[None]:
    """Turn what the system says of a file into this house's error."""
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        if getattr(error, "errno", None) in _NO_ROOM:  # for the copy; the file is not to blame
            raise DataError(
                f"{name}: the disk is full", "free some space, then run it again"
            ) from None
        why = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{name}: {why}", "check the file") from None


def _packing(head: bytes) -> str:
    if head[:2] == b"\x1f\x8b":
        return "gz"
    if head[:4] == b"\x28\xb5\x2f\xfd" or (head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == 5):
        return "zst"  # the second is a frame to be skipped, as pzstd begins each of its own
    return ""


@contextmanager
def _opened(path: Path, packing: str) -> Iterator[IO[bytes]]:
    if packing == "gz":
        with gzip.open(path, "rb") as handle:
            yield io.BufferedReader(handle)
        return
    import pyarrow

    with pyarrow.CompressedInputStream(pyarrow.OSFile(str(path)), "zstd") as handle:
        yield handle


def _shape(name: str, head: bytes) -> Shape:
    if head[:4] == b"PAR1":
        return "parquet"
    if table := table_of(name):
        return table
    first = head.split(b"\n", 1)[0]
    return "tsv" if first[:1] != b"{" and first.count(b"\t") > TSV_TABS else "lines"


def table_of(name: str) -> Literal["csv", "tsv", ""]:
    """The kind of table that a file is by the ending of its name; empty for none."""
    lower = name.lower()
    for packed in (".gz", ".zst"):
        lower = lower.removesuffix(packed)
    if lower.endswith(".csv"):
        return "csv"
    return "tsv" if lower.endswith(".tsv") else ""
