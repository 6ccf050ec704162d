"""
One input becomes a file to load: its mapping found, its rows as a relation, its lines by ordinal.

Lines are read in place where the engine may see every one of them, else from a clean copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from tsa_cli.errors import DataError
from tsa_cli.steps.ingest import parquet_columns
from tsa_cli.steps.ingest.chosen_mapping import (
    choose,
    choose_for_lines,
    names_that_mappings_read,
    tsv_columns,
)
from tsa_cli.steps.ingest.detect import documents_among
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.grown import Before
from tsa_cli.steps.ingest.hashing import digests_of_first
from tsa_cli.steps.ingest.key_count import KeyCount
from tsa_cli.steps.ingest.lines_file import Line, LinesFile, open_lines
from tsa_cli.steps.ingest.met_keys import MetKeys
from tsa_cli.steps.ingest.nature import HEAD_BYTES, nature_of
from tsa_cli.steps.ingest.places import lines_at, parquet_rows_at, rows_at
from tsa_cli.steps.ingest.quarantine_rows import MAX_RAW_BYTES
from tsa_cli.steps.ingest.relation import (
    SAMPLED_ABOVE_BYTES,
    SAMPLED_ABOVE_ROWS,
    event_names,
    relation_of_lines,
    relation_of_parquet,
    top_level_keys,
)
from tsa_cli.steps.ingest.settings import IngestConfig
from tsa_cli.steps.ingest.spool import Spool, Spooled, head_of
from tsa_cli.steps.ingest.table_rows import rows_to_lines
from tsa_cli.store import Store


@dataclass(frozen=True)
class Reading:
    """How the lines of a file are read; what a first reading meets asks for another one."""

    is_sampled: bool = True  # slices of a large file say which keys its properties have
    is_copied: bool = False  # the engine reads a copy of what was counted
    met: dict[str, MetKeys] = field(default_factory=dict)  # by mapping, of the run's files before

    @property
    def is_first(self) -> bool:
        """True as long as nothing was met that asks for another reading."""
        return self.is_sampled and not self.is_copied


class NoLineError(DataError):
    """A file without a full line that is new; `left_bytes` of it wait for the next run."""

    def __init__(self, left_bytes: int, before: Before | None) -> None:
        super().__init__("no full line" if before is None else "no new full line")
        self.left_bytes = left_bytes
        self.before = before


def file_to_load(
    store: Store,
    spool: Spool,
    config: IngestConfig,
    spooled: Spooled,
    before: Before | None,
    reading: Reading,
) -> FileToLoad:
    """
    The file, ready for the loader of the run, but for what was read `before` of it.

    May be called beside statements on the store: it reads files only, by an engine of its own.

    Raises NoMappingError when its lines fit no mapping, NoLineError when there is none.
    """
    if spooled.shape == "parquet":
        return _parquet(store, config, spooled, reading)
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
    path, sample = _paths(spool, taken.path, lines, reading)
    met = reading.met.setdefault(found.name, MetKeys())
    with store.reader() as reader:
        relation, unseen = relation_of_lines(
            reader, found.source, path, sample, config.policies, met
        )
    key_count = None
    if unseen is not None and unseen.counted is not None:
        key_count = KeyCount(lines, unseen.counted, partial(top_level_keys, store, path))
    return FileToLoad(
        spooled.name, found.name, spooled.sha256, spooled.size_bytes, left_bytes,
        relation, lines.row_count,
        [replace(refused, line=_numbered(refused.line, first_lines)) for refused in lines.refused],
        lambda rows: (_numbered(line, first_lines) for line in lines.lines_of_rows(rows)),
        found.why, event_names(config.policies.plan, found.source), found.source.delivery,
        nature=nature, before=before, proposal=found.proposal,
        absolute=spooled.absolute, unseen=unseen, key_count=key_count,
        lines_at=lambda held: _lines_at(taken.path, lines, first_lines, held),
        digests_of_first=partial(digests_of_first, spooled.path),
    )  # fmt: skip


def _paths(spool: Spool, path: Path, lines: LinesFile, reading: Reading) -> tuple[Path, Path]:
    """(the file that the engine reads, the one that keys are discovered in)."""
    is_partly = lines.refused or lines.left_bytes or lines.start  # also a BOM: the engine's fault
    if reading.is_copied or is_partly:
        path = spool.new_path()
        lines.write_without_refused(path)
    if not reading.is_sampled or lines.end - lines.start <= SAMPLED_ABOVE_BYTES:
        return path, path
    sample = spool.new_path()
    lines.write_sample(sample)
    return path, sample


def _parquet(store: Store, config: IngestConfig, spooled: Spooled, reading: Reading) -> FileToLoad:
    mapped = names_that_mappings_read(config)
    with store.reader() as reader:  # a damaged file must not end the store's transaction
        seen = {"documents": parquet_columns.documents(reader, spooled.path, mapped)}
        firsts = reader.rows("1_events/first_documents.sql", seen)
        found = choose(config, spooled.name, documents_among(str(first) for (first,) in firsts))
        ids = parquet_columns.id_paths(found.source)
        slots = {"documents": parquet_columns.documents(reader, spooled.path, mapped, ids=ids)}
        row_count = reader.count("1_events/parquet_rows.sql", path=str(spooled.path))
        most_rows = min(row_count, SAMPLED_ABOVE_ROWS) if reading.is_sampled else row_count
        relation, unseen = relation_of_parquet(
            reader, found.source, spooled.path, mapped, config.policies, most_rows
        )

    def lines_of_rows(ordinals: list[int]) -> Iterator[Line]:
        for ordinal, text in store.rows("1_events/documents_at.sql", slots, ordinals=ordinals):
            yield Line(int(str(ordinal)) + 1, -1, str(text).encode())

    return FileToLoad(
        spooled.name, found.name, spooled.sha256, spooled.size_bytes, 0,
        relation, row_count, [], lines_of_rows, found.why,
        event_names(config.policies.plan, found.source), found.source.delivery,
        absolute=spooled.absolute, proposal=found.proposal,
        lines_at=lambda held: parquet_rows_at(store, slots, held),
        unseen=unseen if most_rows < row_count else None,
    )  # fmt: skip


def _numbered(line: Line, first_lines: list[int]) -> Line:
    """The line, numbered as in the CSV that it was made from."""
    if not first_lines:
        return line
    return replace(line, number=first_lines[line.number - 1], byte_offset=-1)


def _lines_at(
    path: Path, lines: LinesFile, first_lines: list[int], held: list[Line]
) -> Iterator[tuple[Line, bytes]]:
    """What was read of the file in the places of lines that were held before."""
    max_bytes = max(lines.max_line_bytes, MAX_RAW_BYTES)
    if first_lines:
        return rows_at(path, first_lines, held, max_bytes)
    return lines_at(path, [line for line in held if line.byte_offset < lines.end], max_bytes)
