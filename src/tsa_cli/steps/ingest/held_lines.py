"""
The quarantined lines of one file, as they were sent where their own file still has them.

A line is believed to be the one that was refused when cleaning it gives the text that was kept.

reads   quarantined_events, ingested_files, the files that its lines are from
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tsa_cli.config.sources import SourceConfig
from tsa_cli.errors import TsaError
from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.steps.ingest.column_names import mapped_names
from tsa_cli.steps.ingest.inputs import Input
from tsa_cli.steps.ingest.lines_file import Line
from tsa_cli.steps.ingest.parquet_columns import documents, id_paths
from tsa_cli.steps.ingest.places import lines_at, parquet_rows_at, rows_at
from tsa_cli.steps.ingest.quarantine_rows import CUT, MAX_RAW_BYTES
from tsa_cli.steps.ingest.spool import Spool
from tsa_cli.steps.ingest.table_rows import rows_to_lines
from tsa_cli.steps.ingest.verdict import size_of
from tsa_cli.store import Store


@dataclass(frozen=True)
class HeldLine:
    """A line with its cleaned text as `raw`, and why it was refused."""

    line: Line
    reason: str
    detail: str

    @property
    def is_beyond_repair(self) -> bool:
        """True when the text is not all of the line."""
        return CUT in self.detail or self.reason == "invalid_encoding"


@dataclass(frozen=True)
class HeldFile:
    """The quarantined lines of one file under one mapping, in order."""

    source_file: str  # as it was given
    absolute: str | None  # where it stood, if that is known
    source: str
    lines: list[HeldLine]
    load_ids: set[int]  # the readings that refused them

    @property
    def path(self) -> Path:
        """Where the file is: as given it may lead to another one, or to none, from here."""
        if self.absolute is not None and Path(self.absolute).is_file():
            return Path(self.absolute)
        return Path(self.source_file)


@dataclass(frozen=True)
class ToReplay:
    """The lines of a file, each once."""

    sent: list[Line]  # as they were sent
    cleaned: list[Line]  # from the text that was kept
    left: list[HeldLine]  # stay where they are


def held_files(store: Store, reason: str, source_file: str) -> list[HeldFile]:
    """The selected lines by file and mapping; an empty text selects all."""
    groups: dict[tuple[object, ...], HeldFile] = {}
    found = store.rows("1_events/quarantine_lines.sql", reason=reason, source_file=source_file)
    for name, place, source, number, offset, raw, why, detail, load_id in found:
        text = str(raw)
        line = Line(int(str(number)), int(str(offset)), text.encode(), kept=text)
        held = HeldLine(line, str(why), str(detail))
        absolute = None if place is None else str(place)
        file = HeldFile(str(name), absolute, str(source), [], set())
        group = groups.setdefault((name, place, source), file)
        group.lines.append(held)
        group.load_ids.add(int(str(load_id)))
    return list(groups.values())


def lines_to_replay(
    store: Store,
    spool: Spool,
    held: HeldFile,
    cleaner: Cleaner,
    max_line_bytes: int,
    tsv_columns: Sequence[str],
    source: SourceConfig,
) -> ToReplay:
    """
    What a replay reads; `cleaner` is the one that the quarantine is written by.

    `tsv_columns` name the cells of a TSV without header, `source` is the mapping that the
    lines were read by.
    """
    found = _found(store, spool, held, max(max_line_bytes, MAX_RAW_BYTES), tsv_columns, source)
    same = same_lines(found, cleaner)
    told = ToReplay([], [], [])
    for line in held.lines:
        if line.line not in same:
            if line.is_beyond_repair:
                told.left.append(line)
            else:
                text = cleaner.restored(line.line.raw.decode())
                told.cleaned.append(replace(line.line, raw=text.encode()))
        elif size_of(found[line.line]) > max_line_bytes and line.reason == "line_too_long":
            told.left.append(line)  # still, and as it is read here it is cut
        else:
            told.sent.append(replace(line.line, raw=found[line.line]))
    return told


def same_lines(found: dict[Line, bytes], cleaner: Cleaner) -> set[Line]:
    """The lines that are, in their file, what was refused."""
    now = cleaner.lines([raw[:MAX_RAW_BYTES] for raw in found.values()])
    then = cleaner.lines([line.raw for line in found])  # cleaned again: more may be personal now
    return {
        line
        for line, cleaned, kept in zip(found, now, then, strict=True)
        # What is encrypted is another text each time.
        if cleaned in (line.kept, kept) or cleaner.restored(cleaned) == cleaner.restored(kept)
    }


def _found(
    store: Store,
    spool: Spool,
    held: HeldFile,
    max_bytes: int,
    tsv_columns: Sequence[str],
    source: SourceConfig,
) -> dict[Line, bytes]:
    """What stands in the file in the place of each line; nothing where it cannot be read."""
    path = held.path
    if not path.is_file():  # gone, or a pipe, which would be waited for
        return {}
    lines = [line.line for line in held.lines]
    mapped = mapped_names([source])
    try:
        spooled = spool.take(Input(held.source_file, path))
        if spooled.shape == "parquet":
            slots = {"documents": documents(store, spooled.path, mapped, ids=id_paths(source))}
            return dict(parquet_rows_at(store, slots, lines))
        if spooled.shape == "lines":
            return dict(lines_at(spooled.path, lines, max_bytes))
        columns = tsv_columns if spooled.shape == "tsv" else ()
        taken, first_lines, _ = rows_to_lines(spooled, spool, columns, mapped)
        return dict(rows_at(taken.path, first_lines, lines, max_bytes))
    except (TsaError, OSError):
        return {}
