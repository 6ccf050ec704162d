"""
One input becomes a file to load: its mapping found, its rows as a relation, its lines by ordinal.

Lines are read in place where the engine may see every one of them, else from a clean copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tsa_cli.steps.ingest import parquet_columns
from tsa_cli.steps.ingest.chosen_mapping import choose, names_that_mappings_read
from tsa_cli.steps.ingest.detect import documents_among
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.grown import Before
from tsa_cli.steps.ingest.judged_lines import judged_lines
from tsa_cli.steps.ingest.key_count import KeyCount
from tsa_cli.steps.ingest.lines_file import Line, LinesFile
from tsa_cli.steps.ingest.met_keys import MetKeys
from tsa_cli.steps.ingest.places import parquet_rows_at
from tsa_cli.steps.ingest.relation import (
    SAMPLED_ABOVE_BYTES,
    SAMPLED_ABOVE_ROWS,
    event_names,
    relation_of_lines,
    relation_of_parquet,
    top_level_keys,
)
from tsa_cli.steps.ingest.settings import IngestConfig
from tsa_cli.steps.ingest.spool import Spool, Spooled
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
    judged = judged_lines(spool, config, spooled, before)
    lines, found = judged.lines, judged.found
    path, sample = _paths(spool, judged.path, lines, reading)
    met = reading.met.setdefault(found.name, MetKeys())
    with store.reader() as reader:
        relation, unseen = relation_of_lines(
            reader, found.source, path, sample, config.policies, met
        )
    key_count = None
    if unseen is not None and unseen.counted is not None:
        key_count = KeyCount(lines, unseen.counted, partial(top_level_keys, store, path))
    return judged.file(config, relation, unseen, key_count)


def _paths(spool: Spool, path: Path, lines: LinesFile, reading: Reading) -> tuple[Path, Path]:
    """(the file that the engine reads, the one that keys are discovered in)."""
    is_partly = lines.refused or lines.left_bytes or lines.start  # also a BOM: the engine's fault
    # A last line without an end may be the first row that the engine answers with.
    if reading.is_copied or is_partly or not lines.ends_line:
        path = spool.new_path()
        with path.open("wb") as out:
            lines.copy_without_refused(out)
    if not reading.is_sampled or lines.end - lines.start <= SAMPLED_ABOVE_BYTES:
        return path, path
    sample = spool.new_path()
    with sample.open("wb") as out:
        lines.copy_sample(out)
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
        if not ordinals:
            return
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
