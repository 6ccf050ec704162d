"""
The lines of one input, each judged byte by byte, and the mapping that they fit.

writes  a table's rows as lines, in the spool
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tsa_cli.errors import DataError
from tsa_cli.steps.ingest.chosen_mapping import (
    choose_for_lines,
    names_that_mappings_read,
    tsv_columns,
)
from tsa_cli.steps.ingest.detect import Detected
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.grown import Before
from tsa_cli.steps.ingest.hashing import digests_of_first
from tsa_cli.steps.ingest.key_count import KeyCount
from tsa_cli.steps.ingest.lines_file import Line, LinesFile, open_lines
from tsa_cli.steps.ingest.nature import HEAD_BYTES, Nature, nature_of
from tsa_cli.steps.ingest.places import lines_at, rows_at
from tsa_cli.steps.ingest.quarantine_rows import MAX_RAW_BYTES
from tsa_cli.steps.ingest.relation import event_names
from tsa_cli.steps.ingest.settings import IngestConfig
from tsa_cli.steps.ingest.spool import Spool, Spooled, head_of
from tsa_cli.steps.ingest.table_rows import rows_to_lines
from tsa_cli.steps.ingest.unseen_keys import UnseenKeys
from tsa_cli.store import Fragment


class NoLineError(DataError):
    """A file without a full line that is new; `left_bytes` of it wait for the next run."""

    def __init__(self, left_bytes: int, before: Before | None) -> None:
        super().__init__("no full line" if before is None else "no new full line")
        self.left_bytes = left_bytes
        self.before = before


@dataclass(frozen=True)
class JudgedLines:
    """The lines of a file that is no Parquet; `path` is where they are, as bytes."""

    spooled: Spooled
    path: Path
    lines: LinesFile
    first_lines: list[int]  # of a table: where in its file each line comes from
    left_bytes: int
    nature: Nature
    found: Detected
    before: Before | None

    def file(
        self,
        config: IngestConfig,
        relation: Fragment,
        unseen: UnseenKeys | None = None,
        key_count: KeyCount | None = None,
        *,
        is_new: bool = False,
    ) -> FileToLoad:
        """The file, ready for the loader; `relation` are its rows."""
        spooled, lines, found = self.spooled, self.lines, self.found
        return FileToLoad(
            spooled.name, found.name, spooled.sha256, spooled.size_bytes, self.left_bytes,
            relation, lines.row_count,
            [replace(refused, line=self._numbered(refused.line)) for refused in lines.refused],
            lambda rows: map(self._numbered, lines.lines_of_rows(rows)),
            found.why, event_names(config.policies.plan, found.source), found.source.delivery,
            nature=self.nature, before=self.before, proposal=found.proposal,
            absolute=spooled.absolute, is_new=is_new, unseen=unseen, key_count=key_count,
            lines_at=self._lines_at,
            digests_of_first=partial(digests_of_first, spooled.path),
        )  # fmt: skip

    def _numbered(self, line: Line) -> Line:
        """The line, numbered as in the CSV that it was made from."""
        if not self.first_lines:
            return line
        return replace(line, number=self.first_lines[line.number - 1], byte_offset=-1)

    def _lines_at(self, held: list[Line]) -> Iterator[tuple[Line, bytes]]:
        """What was read of the file in the places of lines that were held before."""
        max_bytes = max(self.lines.max_line_bytes, MAX_RAW_BYTES)
        if self.first_lines:
            return rows_at(self.path, self.first_lines, held, max_bytes)
        inside = [line for line in held if line.byte_offset < self.lines.end]
        return lines_at(self.path, inside, max_bytes)


def judged_lines(
    spool: Spool, config: IngestConfig, spooled: Spooled, before: Before | None
) -> JudgedLines:
    """
    The lines, but for what was read `before` of them.

    Raises NoMappingError when they fit no mapping, NoLineError when there is none.
    """
    first_lines: list[int] = []
    left_bytes = 0
    taken = spooled
    if spooled.shape != "lines":
        columns = tsv_columns(config, config.source, spooled) if spooled.shape == "tsv" else []
        taken, first_lines, left_bytes = rows_to_lines(
            spooled, spool, columns, names_that_mappings_read(config), is_final=config.is_final
        )
    tsa = config.policies.tsa
    lines = open_lines(
        taken.path,
        is_final=config.is_final or not taken.is_growing,
        max_line_bytes=tsa.max_line_bytes,
        max_depth=tsa.max_depth,
        size=taken.size_bytes if taken.is_growing else None,
        start=before.end if before else 0,
    )
    left_bytes += lines.left_bytes
    if not lines.read_count:
        raise NoLineError(left_bytes, before)
    # Of the file as given: the rows that a table is made into look otherwise.
    nature = nature_of(head_of(spooled.path, HEAD_BYTES))
    found = choose_for_lines(config, spooled.name, lines, before, nature)
    return JudgedLines(spooled, taken.path, lines, first_lines, left_bytes, nature, found, before)
