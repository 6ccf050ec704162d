"""
Small files that were read as one: what a file costs besides its lines is paid once for many.

Of a bundle as many files are stored together as none has a line that depends on what is in the
store, or in another file: what those are is seen where the file is loaded by itself.

reads   raw_events (ids), the files' states
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tsa_cli.quantities import quantity
from tsa_cli.steps.ingest.file_state import State, state_of
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.key_count import KeyCount
from tsa_cli.steps.ingest.known_ids import is_refused_by_plan, known_ids_among
from tsa_cli.steps.ingest.lines_file import Line, LinesFile
from tsa_cli.steps.ingest.relation import top_level_keys
from tsa_cli.steps.ingest.spool import Given
from tsa_cli.steps.ingest.unseen_keys import UnseenKeys
from tsa_cli.store import Store

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
class Bundle:
    """Files and their rows, which follow each other in `rows`."""

    files: Sequence[SmallFile]
    loads: Sequence[FileToLoad]  # each file by itself, but for its rows
    rows: "pa.Table"
    copies: Sequence[Path] = ()  # what the spool has of them; the first one is of all lines
    lines: Sequence[LinesFile] = ()  # of files of lines
    unseen: UnseenKeys | None = None  # what the sample of all lines may not have shown
    is_unlike: NDArray[np.bool_] | None = None  # (n,) rows that only the file by itself tells of

    def has(self, given: Given) -> bool:
        """Whether it is one of the files."""
        return any(file.given is given for file in self.files)

    def from_file(self, given: Given) -> "Bundle | None":
        """That file and those after it; None when it is none of them."""
        places = (place for place, file in enumerate(self.files) if file.given is given)
        place = next(places, None)
        return None if place is None else self.part(place, len(self.files))

    def part(self, start: int, stop: int) -> "Bundle":
        """The files from `start` up to, not including, `stop`."""
        ends = [0, *self._ends().tolist()]
        first, last = ends[start], ends[stop]
        return replace(
            self,
            files=self.files[start:stop],
            loads=self.loads[start:stop],
            rows=self.rows.slice(first, last - first),
            lines=self.lines[start:stop],
            is_unlike=None if self.is_unlike is None else self.is_unlike[first:last],
        )

    def compared(self, store: Store) -> "Bundle":
        """
        The same, with the rows marked that a file loaded by itself has to tell of.

        Those have an id which is in the store or in another line, or a clock that may be off.
        """
        is_late = _is_out_of_range(self.rows)
        return replace(self, is_unlike=is_late | _is_known(store, self.rows, is_late))

    def whole(self, store: Store) -> FileToLoad:
        """All of them as one file, with the rows."""
        lines = _ManyLines(self.lines)
        key_count = None
        if self.unseen is not None and self.unseen.counted is not None:
            search = partial(top_level_keys, store, self.copies[0])
            key_count = KeyCount(lines, self.unseen.counted, search)
        return replace(
            self.loads[0],
            name=quantity(len(self.loads), "file"),
            size_bytes=sum(load.size_bytes for load in self.loads),
            row_count=len(self.rows),
            lines_of_rows=lines.lines_of_rows,
            unseen=self.unseen,
            key_count=key_count,
            rows=self.rows,
        )

    def plain_count(self) -> int:
        """
        How many of the first files, once `compared`, may be stored together.

        Up to the first one that has a marked row, or that was written to since.
        """
        if self.is_unlike is None:
            return 0
        ends, unlike = self._ends(), np.flatnonzero(self.is_unlike)
        first = len(ends) if not len(unlike) else int(np.searchsorted(ends, unlike[0], "right"))
        changed = (place for place, file in enumerate(self.files) if not file.is_as_it_was())
        return min(first, next(changed, first))

    def is_as_it_was(self) -> bool:
        """Whether no other program wrote to one of the files since it was given."""
        return all(file.is_as_it_was() for file in self.files)

    def drop(self) -> None:
        """Remove what the spool has of the files."""
        for path in self.copies:
            path.unlink(missing_ok=True)

    def _ends(self) -> NDArray[np.int64]:
        """How many rows each of the files and those before it have."""
        return np.cumsum([load.row_count for load in self.loads])


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


def _is_known(store: Store, rows: "pa.Table", is_late: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """
    (n,) whether the id of the row is known, or another row of these has it.

    A row that the plan refuses is no new line when an event has its id. One that `is_late` may
    turn out to be an event: most lines of its file say that it is the clock that is off.
    """
    hashes = rows.column("id_hash").to_numpy()
    is_event = rows.column("is_event").to_numpy() == 1
    is_refused = is_refused_by_plan(rows).to_numpy()
    is_known = np.isin(hashes, np.concatenate([known_ids_among(store, rows).all, hashes[is_late]]))
    if is_refused.any():
        is_known |= is_refused & np.isin(hashes, hashes[is_event])
    found: NDArray[np.bool_] = is_known & (is_event | is_refused)
    return found


def _is_out_of_range(rows: "pa.Table") -> NDArray[np.bool_]:
    import pyarrow.compute as pc

    reasons = pc.fill_null(rows.column("reason"), "")
    found: NDArray[np.bool_] = pc.starts_with(reasons, "timestamp_out_of_range").to_numpy()
    return found
