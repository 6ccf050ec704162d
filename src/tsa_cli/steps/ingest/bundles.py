"""
Small files that were read as one: what a file costs besides its lines is paid once for many.

Of a bundle as many files are stored together as none has a line that depends on what is in the
store, or in another file: what those are is seen where the file is loaded by itself.

reads   raw_events (ids), the files' states
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tsa_cli.config.sources import SourceConfig
from tsa_cli.quantities import quantity
from tsa_cli.steps.ingest.file_state import State, state_of
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.judged_lines import JudgedLines
from tsa_cli.steps.ingest.key_count import KeyCount
from tsa_cli.steps.ingest.known_ids import is_refused_by_plan, known_ids_among
from tsa_cli.steps.ingest.lines_file import Line, LinesFile
from tsa_cli.steps.ingest.relation import (
    event_names,
    top_level_keys,
)
from tsa_cli.steps.ingest.settings import IngestConfig
from tsa_cli.steps.ingest.spool import Given
from tsa_cli.steps.ingest.unseen_keys import UnseenKeys
from tsa_cli.store import Fragment, Store

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class SmallFile:
    """A file, new and small, that may be read with others, and the state in which it was given."""

    given: Given
    state: State

    def is_as_it_was(self) -> bool:
        """Whether no other program wrote to it since."""
        return state_of(self.given.path) == self.state


@dataclass(frozen=True)
class Member:
    """A file of a bundle, and the mapping as it reads this one."""

    file: SmallFile
    judged: JudgedLines
    source: SourceConfig

    def goes_with(self, other: "Member") -> bool:
        """Whether the engine reads both by one statement."""
        return self.judged.found.name == other.judged.found.name and self.source == other.source


@dataclass(frozen=True)
class Bundle:
    """Files and their rows, which follow each other in `rows`."""

    members: Sequence[Member]
    rows: "pa.Table"
    relation: Fragment
    unseen: UnseenKeys | None
    path: Path  # the copy of all of their lines, in which keys may be searched for
    config: IngestConfig

    def place_of(self, given: Given) -> int:
        """Which of the files it is; -1 for none."""
        places = (at for at, each in enumerate(self.members) if each.file.given is given)
        return next(places, -1)

    def part(self, start: int, stop: int) -> "Bundle":
        """The files from `start` up to, not including, `stop`."""
        ends = np.cumsum([0, *(member.judged.lines.row_count for member in self.members)])
        rows = self.rows.slice(int(ends[start]), int(ends[stop] - ends[start]))
        members = self.members[start:stop]
        return Bundle(members, rows, self.relation, self.unseen, self.path, self.config)

    def files(self) -> list[FileToLoad]:
        """Each file by itself, but for its rows."""
        return [
            member.judged.file(self.config, self.relation, is_new=True) for member in self.members
        ]

    def whole(self, store: Store) -> FileToLoad:
        """All of them as one file, with the rows."""
        found = self.members[0].judged.found
        lines = _ManyLines([member.judged.lines for member in self.members])
        key_count = None
        if self.unseen is not None and self.unseen.counted is not None:
            search = partial(top_level_keys, store, self.path)
            key_count = KeyCount(lines, self.unseen.counted, search)
        size = sum(member.judged.spooled.size_bytes for member in self.members)
        return FileToLoad(
            quantity(len(self.members), "file"), found.name, "", size, 0,
            self.relation, len(self.rows), [], lines.lines_of_rows, "",
            event_names(self.config.policies.plan, found.source), found.source.delivery,
            unseen=self.unseen, key_count=key_count, rows=self.rows,
        )  # fmt: skip

    def plain_count(self, store: Store) -> int:
        """
        How many of the first files may be stored together.

        Up to the first one that was written to since, that has an id which is in the store or in
        another line, or whose clock may be off: what those are depends on the file by itself.
        """
        is_unlike = _is_known(store, self.rows) | _is_out_of_range(self.rows)
        ends = np.cumsum([member.judged.lines.row_count for member in self.members])
        unlike = np.flatnonzero(is_unlike)
        first = len(ends) if not len(unlike) else int(np.searchsorted(ends, unlike[0], "right"))
        changed = (at for at, each in enumerate(self.members) if not each.file.is_as_it_was())
        return min(first, next(changed, first))

    def is_as_it_was(self) -> bool:
        """Whether no other program wrote to one of the files since it was given."""
        return all(member.file.is_as_it_was() for member in self.members)

    def drop(self) -> None:
        """Remove what the spool has of the files."""
        self.path.unlink(missing_ok=True)
        for member in self.members:
            if member.judged.path != member.file.given.path:
                member.judged.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class _ManyLines:
    """The lines of files that follow each other."""

    files: Sequence[LinesFile]

    @property
    def key_ends(self) -> int:
        return sum(lines.key_ends for lines in self.files)

    def valued_keys(self) -> int:
        return sum(lines.valued_keys() for lines in self.files)

    def lines_of_rows(self, ordinals: list[int]) -> Iterator[Line]:
        """The line of each row ordinal (0-based, ascending)."""
        asked = np.asarray(ordinals, np.int64)
        start = 0
        for lines in self.files:
            stop = start + lines.row_count
            inside = asked[(asked >= start) & (asked < stop)] - start
            yield from lines.lines_of_rows(inside.tolist())
            start = stop


def _is_known(store: Store, rows: "pa.Table") -> NDArray[np.bool_]:
    """
    (n,) whether the id of the row is known, or another row of these has it.

    A row that the plan refuses is no new line when an event has its id.
    """
    hashes = rows.column("id_hash").to_numpy()
    is_event = rows.column("is_event").to_numpy() == 1
    is_refused = is_refused_by_plan(rows).to_numpy()
    known = known_ids_among(store, rows).all
    is_known = np.isin(hashes, known) | (is_refused & np.isin(hashes, hashes[is_event]))
    found: NDArray[np.bool_] = is_known & (is_event | is_refused)
    return found


def _is_out_of_range(rows: "pa.Table") -> NDArray[np.bool_]:
    import pyarrow.compute as pc

    reasons = pc.fill_null(rows.column("reason"), "")
    found: NDArray[np.bool_] = pc.starts_with(reasons, "timestamp_out_of_range").to_numpy()
    return found
