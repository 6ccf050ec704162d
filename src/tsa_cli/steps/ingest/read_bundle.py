"""
Reads small files as one, as a bundle.

Each is hashed, judged byte by byte and fitted to a mapping by itself. Of files that follow each
other and are read alike, the lines then stand one after the other in a copy that the engine reads.

reads   the files as they were given
writes  copies in the spool
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tsa_cli.config.sources import SourceConfig
from tsa_cli.errors import TsaError
from tsa_cli.steps.ingest.bundles import Bundle, SmallFile
from tsa_cli.steps.ingest.file_to_load import FileToLoad, read_rows
from tsa_cli.steps.ingest.judged_lines import JudgedLines, judged_lines
from tsa_cli.steps.ingest.lines_file import LinesFile
from tsa_cli.steps.ingest.met_keys import MetKeys
from tsa_cli.steps.ingest.prepare import Reading, file_to_load
from tsa_cli.steps.ingest.relation import SAMPLED_ABOVE_BYTES, relation_of_lines
from tsa_cli.steps.ingest.rows import BATCH_BYTES, BATCH_ROWS
from tsa_cli.steps.ingest.settings import IngestConfig
from tsa_cli.steps.ingest.spool import Spool
from tsa_cli.steps.ingest.written_objects import reading_texts
from tsa_cli.store import Store, damage_of
from tsa_cli.store.translated_errors import InvalidInput

FEWEST_FILES = 2
MOST_FILES = 128  # fewer where so many may not be open
MOST_BYTES = BATCH_BYTES  # of all of them
MOST_PACKED_BYTES = 2 << 20  # what a packed file has inside is seen when it is unpacked
FIRST_LINES = 200  # as many as first_documents.sql looks at
ONE_OF = 8  # files that keys are looked for in
READ_ERRORS = (TsaError, OSError, IndexError, InvalidInput)  # said when the file is read by itself


@dataclass(frozen=True)
class _Member:
    """A file of lines, and the mapping as it reads this one."""

    file: SmallFile
    judged: JudgedLines
    source: SourceConfig

    def goes_with(self, other: "_Member") -> bool:
        """Whether the engine reads both by one statement."""
        return self.judged.found.name == other.judged.found.name and self.source == other.source


def read_bundle(
    store: Store,
    spool: Spool,
    config: IngestConfig,
    files: Sequence[SmallFile],
    reading: Reading,
) -> Bundle | None:
    """
    As many of the first files as are read alike and are small together; None when one alone is.

    May be called beside statements on the store: it reads files only, by an engine of its own.
    """
    with suppress(*READ_ERRORS):
        if _is_parquet(spool, files[0]):
            return _of_parquet(store, spool, config, files, reading)
        members = list(_members(spool, config, files))
        if len(members) >= FEWEST_FILES:
            return _of_lines(store, spool, config, members, reading)
    return None


def _is_parquet(spool: Spool, file: SmallFile) -> bool:
    return not spool.is_packed(file.given) and spool.unpacked(file.given).shape == "parquet"


def _of_parquet(
    store: Store, spool: Spool, config: IngestConfig, files: Sequence[SmallFile], reading: Reading
) -> Bundle | None:
    """Each file's rows are asked for by themselves: their columns may be others."""
    import pyarrow as pa

    loads: list[FileToLoad] = []
    rows: list[pa.Table] = []
    row_count = byte_count = 0
    for file in files:
        try:
            spooled = spool.unpacked(file.given)
            if spooled.shape != "parquet":
                break
            with damage_of(spooled.name, "Parquet"):
                load = file_to_load(store, spool, config, spooled, None, reading)
                row_count += load.row_count
                if row_count > BATCH_ROWS or load.source_name != (loads or [load])[0].source_name:
                    break
                found = read_rows(store, load.relation)
        except READ_ERRORS:
            break
        byte_count += found.nbytes
        if byte_count > MOST_BYTES or len(found) != load.row_count:
            break
        loads.append(replace(load, is_new=True))
        rows.append(found)
    if len(loads) < FEWEST_FILES:
        return None
    return Bundle(files[: len(loads)], loads, pa.concat_tables(rows))


def _members(spool: Spool, config: IngestConfig, files: Sequence[SmallFile]) -> Iterator[_Member]:
    row_count = byte_count = 0
    first: _Member | None = None
    for each in files:
        try:
            member = _member(spool, config, each)
        except READ_ERRORS:
            return
        if member is None or not member.goes_with(first or member):
            return
        lines = member.judged.lines
        row_count += lines.row_count
        byte_count += max(lines.end - lines.start, each.given.size_bytes)
        if row_count > BATCH_ROWS or byte_count > MOST_BYTES:
            return
        first = first or member
        yield member


def _member(spool: Spool, config: IngestConfig, file: SmallFile) -> _Member | None:
    given = file.given
    if given.size_bytes > MOST_PACKED_BYTES and spool.is_packed(given):
        return None
    spooled = spool.unpacked(given)
    if spooled.shape == "parquet":
        return None
    judged = judged_lines(spool, config, spooled, None)
    if judged.nature != "lines":
        return None
    firsts = judged.lines.first_lines(FIRST_LINES)
    texts = [line.raw.decode(errors="replace") for line in firsts]
    return _Member(file, judged, reading_texts(judged.found.source, texts))


def _of_lines(
    store: Store, spool: Spool, config: IngestConfig, members: Sequence[_Member], reading: Reading
) -> Bundle | None:
    found = members[0].judged.found
    lines = [member.judged.lines for member in members]
    path, sample = _copies(spool, lines)
    with store.reader() as reader:
        known_keys = reading.met.setdefault(found.name, MetKeys())
        relation, unseen = relation_of_lines(
            reader, found.source, path, sample, config.policies, known_keys
        )
    rows = read_rows(store, relation)
    if sample != path:
        sample.unlink()
    loads = [member.judged.file(config, relation, is_new=True) for member in members]
    if len(rows) != sum(load.row_count for load in loads):
        return None
    given = {member.file.given.path for member in members}
    copies = [path, *({member.judged.path for member in members} - given)]
    return Bundle([member.file for member in members], loads, rows, copies, lines, unseen)


def _copies(spool: Spool, files: Sequence[LinesFile]) -> tuple[Path, Path]:
    """(a copy of the lines of all files, one of those in which keys are looked for)."""
    path = spool.new_path()
    with path.open("wb") as out:
        for lines in files:
            lines.copy_without_refused(out)
    if sum(lines.end - lines.start for lines in files) <= SAMPLED_ABOVE_BYTES:
        return path, path
    sample = spool.new_path()
    with sample.open("wb") as out:
        for place, lines in enumerate(files):
            if lines.end - lines.start > SAMPLED_ABOVE_BYTES:
                lines.copy_sample(out)
            elif place % ONE_OF == 0:
                lines.copy_without_refused(out)
    return path, sample
