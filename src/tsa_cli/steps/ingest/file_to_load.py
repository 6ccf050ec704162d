"""
A file as the loader needs it: its rows as a relation, its lines, what was refused before.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tsa_cli.config.sources import Delivery
from tsa_cli.steps.ingest.grown import Before
from tsa_cli.steps.ingest.key_count import KeyCount
from tsa_cli.steps.ingest.lines_file import Line, Refused
from tsa_cli.steps.ingest.nature import Nature
from tsa_cli.steps.ingest.propose import Proposal
from tsa_cli.steps.ingest.rows import batch_rows
from tsa_cli.steps.ingest.unseen_keys import UnseenKeys
from tsa_cli.store import Fragment, Store

if TYPE_CHECKING:
    import pyarrow as pa

LinesAt = Callable[[list[Line]], Iterable[tuple[Line, bytes]]]


Digests = Callable[[Collection[int]], Mapping[int, str]]


def _nothing_at(_: list[Line]) -> Iterable[tuple[Line, bytes]]:
    return ()


def _unknown(_: Collection[int]) -> Mapping[int, str]:
    return {}


def read_rows(store: Store, relation: Fragment) -> "pa.Table":
    """All rows of a small file, in line order."""
    with store.reader() as reader:
        return reader.small_arrow("1_events/rows_of_file.sql", {"normalised": relation})


@dataclass(frozen=True)
class FileToLoad:
    """One file, found and judged byte by byte; nothing of it is in the store yet."""

    name: str
    source_name: str
    sha256: str
    size_bytes: int
    left_bytes: int
    relation: Fragment  # its rows in normalised form
    row_count: int
    refused: list[Refused]
    lines_of_rows: Callable[[list[int]], Iterable[Line]]
    detail: str
    event_names: Mapping[str, str]  # as sent → canonical
    delivery: Delivery  # in what a known event may differ when it comes again
    absolute: str | None = None  # where it stands
    is_replay: bool = False
    is_new: bool = False  # nothing was ever read under its name, or from its place
    nature: Nature = "lines"
    lines_at: LinesAt = _nothing_at  # as they stand in the file, of lines of an earlier reading
    digests_of_first: Digests = _unknown  # of as many of its first bytes, unpacked
    proposal: Callable[[], Proposal] | None = None  # of a mapping, where none was asked for
    unseen: UnseenKeys | None = None  # what its sample may not have shown
    key_count: KeyCount | None = None  # tells whether it had all top-level keys
    before: Before | None = None  # what an earlier run read of it, which is no part of the rows
    rows: "pa.Table | None" = None  # all of them, where they were read already

    @property
    def batch_rows(self) -> int:
        """How many of its rows are taken at once."""
        read_before = self.before.end if self.before else 0
        return batch_rows(self.size_bytes - read_before, self.row_count)

    @property
    def is_small(self) -> bool:
        """True when all of its rows are taken at once."""
        return self.row_count <= self.batch_rows
