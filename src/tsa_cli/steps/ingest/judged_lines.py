"""
The lines of one input, each judged byte by byte, and the mapping that they fit.

writes  a table's rows as lines, in the spool
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tsa_cli.errors import DataError
from tsa_cli.quantities import quantity
from tsa_cli.steps.ingest.column_names import Mapped, mapped_names
from tsa_cli.steps.ingest.detect import (
    SAMPLE_LINES,
    Detected,
    detect,
    sample_documents,
)
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.grown import Before
from tsa_cli.steps.ingest.hashing import digests_of_first
from tsa_cli.steps.ingest.key_count import KeyCount
from tsa_cli.steps.ingest.lines_file import Line, LinesFile, open_lines
from tsa_cli.steps.ingest.nature import HEAD_BYTES, Nature, nature_of, refuse_spread
from tsa_cli.steps.ingest.places import lines_at, rows_at
from tsa_cli.steps.ingest.propose import Proposal, propose
from tsa_cli.steps.ingest.quarantine_rows import MAX_RAW_BYTES
from tsa_cli.steps.ingest.relation import event_names
from tsa_cli.steps.ingest.settings import AUTO, IngestConfig
from tsa_cli.steps.ingest.spool import Spool, Spooled, head_of
from tsa_cli.steps.ingest.table_rows import first_row_width, rows_to_lines
from tsa_cli.steps.ingest.unseen_keys import UnseenKeys
from tsa_cli.store import Fragment


class NoMappingError(DataError):
    """The lines fit no mapping; the proposal is a first one."""

    def __init__(self, error: DataError, proposal: Proposal) -> None:
        super().__init__(error.message, error.hint)
        self.proposal = proposal


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
            spooled, spool, columns, names_mapped(config), is_final=config.is_final
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
    found = _mapping(config, spooled.name, lines, before, nature)
    return JudgedLines(spooled, taken.path, lines, first_lines, left_bytes, nature, found, before)


def _mapping(
    config: IngestConfig, name: str, lines: LinesFile, before: Before | None, nature: Nature
) -> Detected:
    """What the lines are read by: what their first ones were, where there is an earlier reading."""
    if before is None:
        documents = sample_documents(lines)
        try:
            return choose(config, name, documents)
        except NoMappingError:
            if len(documents) <= min(SAMPLE_LINES, lines.read_count) / 2:
                refuse_spread(name, nature)  # the few objects are parts of others
            raise
    why = f"as its first {quantity(before.read, 'line')}"
    return Detected(before.source_name, config.sources[before.source_name], why)


def choose(config: IngestConfig, name: str, documents: list[dict[str, object]]) -> Detected:
    """The mapping that `--source` names, or that the documents fit."""
    if config.source != AUTO:
        return Detected(config.source, config.sources[config.source], "as --source says")
    policies = config.policies
    proposal = partial(
        propose, _new_name(config, name), documents, policies.plan, policies.privacy.is_personal
    )
    try:
        return replace(detect(name, documents, config.sources), proposal=proposal)
    except DataError as error:
        raise NoMappingError(error, proposal()) from None


def names_mapped(config: IngestConfig) -> Mapped:
    """What the mapping of `--source` needs of columns, or any that the file may fit."""
    if config.source != AUTO:
        return mapped_names([config.sources[config.source]])
    return mapped_names(config.sources.values(), is_detected=True)


def _new_name(config: IngestConfig, file_name: str) -> str:
    """What a mapping may be called after the file: a word, and of none that is there."""
    stem = Path(file_name).name.split(".")[0]
    word = re.sub(r"\W+", "_", stem).strip("_") or "new"
    return f"{word}_file" if word in config.sources else word


def tsv_columns(config: IngestConfig, source: str, spooled: Spooled | None = None) -> list[str]:
    """The columns of a headerless TSV: those of the mapping, or of one that fits the first row."""
    if source != AUTO:
        return config.sources[source].columns
    width = first_row_width(spooled) if spooled else 0
    layouts = (source.columns for source in config.sources.values())
    return next((columns for columns in layouts if columns and len(columns) == width), [])
