"""
The lines that were refused: seen, tried again after a fix, or dropped.

reads   quarantined_events, ingested_files, the files that its lines are from
writes  quarantined_events; a replayed line that is an event now goes the way of every line
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tsa_cli import lookups
from tsa_cli.config import nearest
from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.quantities import quantity
from tsa_cli.steps.ingest.chosen_mapping import mapping_of, tsv_columns
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.held_lines import HeldFile, ToReplay, held_files, lines_to_replay
from tsa_cli.steps.ingest.inputs import named
from tsa_cli.steps.ingest.lines_file import Line, LinesFile, Refused, open_lines
from tsa_cli.steps.ingest.load import Loader
from tsa_cli.steps.ingest.relation import event_names, relation_of_lines
from tsa_cli.steps.ingest.report import IngestResult
from tsa_cli.steps.ingest.settings import IngestConfig
from tsa_cli.steps.ingest.spool import Spool, open_spool
from tsa_cli.steps.ingest.verdict import Verdict
from tsa_cli.store import Store

COLUMNS = ("source_file", "line_number", "byte_offset", "reason", "detail", "raw", "ingested_at")


@dataclass(frozen=True)
class Selection:
    """Which quarantined lines; empty means all."""

    reason: str = ""
    source_file: str = ""


def of_file(store: Store, selection: Selection) -> tuple[Selection, list[str]]:
    """
    The selection with its file by the name that it was ingested by, however it is spelled now.

    With a warning when no line of such a file is held: a misspelt name would select nothing.
    """
    wanted = selection.source_file
    held = store.rows("1_events/quarantine_files.sql")
    names = sorted({str(name) for name, _ in held})
    if not wanted or wanted in names:
        return selection, []
    place = named(Path(wanted).resolve())
    there = {str(name) for name, absolute in held if absolute == place}
    if len(there) == 1:
        return replace(selection, source_file=there.pop()), []
    return selection, [f"no line is held of a file {wanted!r}{nearest(wanted, names)}"]


def rows(store: Store, selection: Selection, limit: int) -> list[dict[str, object]]:
    """The quarantined lines, oldest first, at most `limit`."""
    return store.records(
        "1_events/quarantine_list.sql", reason=selection.reason,
        source_file=selection.source_file, row_limit=limit,
    )  # fmt: skip


def summary(store: Store, selection: Selection) -> list[dict[str, object]]:
    """How many of the selected lines are held, by reason, most first; also beyond any limit."""
    return store.records(
        "1_events/quarantine_summary.sql", reason=selection.reason,
        source_file=selection.source_file,
    )  # fmt: skip


def drop(store: Store, selection: Selection, *, is_dry_run: bool) -> int:
    """How many lines were (or, in a dry run, would be) dropped."""
    wanted = {"reason": selection.reason, "source_file": selection.source_file}
    count = store.count("1_events/quarantine_count.sql", **wanted)
    if not is_dry_run:
        store.execute("1_events/quarantine_delete.sql", **wanted)
    return count


def replay(store: Store, config: IngestConfig, selection: Selection, run_id: str) -> IngestResult:
    """
    Every selected line read again under the mapping and plan in force.

    It is read from its own file where that still has it, and is then the event that the file
    alone would give; else from the cleaned text, and the result warns of it. What is an event now
    is inserted and leaves the quarantine; what is not stays, with its file, number and (new)
    reason. One transaction per file: nothing is lost in between.
    """
    lookups.rename_events(store, config.policies.plan.canonical_names())
    loader = Loader(store, config.policies, config.keys, run_id, config.is_dry_run)
    cleaner = Cleaner(config.policies.privacy, config.keys)
    reports = []
    with open_spool(store.path, config.policies.tsa.max_unpacked_ratio) as spool:
        for held in held_files(store, selection.reason, selection.source_file):
            limit = config.policies.tsa.max_line_bytes
            source = mapping_of(config, held.source)
            columns = tsv_columns(config, held.source)
            lines = lines_to_replay(store, spool, held, cleaner, limit, columns, source)
            file = _file_of(store, spool, config, held, lines)
            report = loader.load(file, release=_release(held, selection))
            warnings = [report.warning, *_warnings(held, lines)]
            reports.append(replace(report, warning="; ".join(filter(None, warnings))))
    return IngestResult(reports, [report.warning for report in reports if report.warning])


def _release(held: HeldFile, selection: Selection) -> dict[str, object]:
    return {
        "reason": selection.reason, "load_ids": sorted(held.load_ids), "source": held.source,
    }  # fmt: skip


def _warnings(held: HeldFile, lines: ToReplay) -> Iterator[str]:
    if lines.cleaned:
        yield (
            f"{held.source_file}: {quantity(len(lines.cleaned), 'line')} replayed from cleaned"
            " text, as the file does not have them any more (or TSA_KEY is another): what was"
            " personal in them is hashed or redacted, and what has no id would come in twice from"
            " the file itself"
        )
    if lines.left:
        told = quantity(len(lines.left), "line stays as it is", "lines stay as they are")
        yield f"{held.source_file}: {told}, see the detail"


def _file_of(
    store: Store, spool: Spool, config: IngestConfig, held: HeldFile, given: ToReplay
) -> FileToLoad:
    originals = sorted([*given.sent, *given.cleaned], key=lambda line: line.number)
    path = spool.new_path()
    # Blank, so that no byte of a line can be taken for a mark of the file's encoding.
    texts = [b"", *(line.raw.replace(b"\n", b" ") for line in originals)]
    path.write_bytes(b"".join(text + b"\n" for text in texts))
    tsa = config.policies.tsa
    lines = open_lines(
        path, is_final=True, max_line_bytes=tsa.max_line_bytes, max_depth=tsa.max_depth
    )
    clean = spool.new_path()
    with clean.open("wb") as out:
        lines.copy_without_refused(out)
    source = mapping_of(config, held.source)
    relation, _ = relation_of_lines(store, source, clean, clean, config.policies)
    refused = [replace(r, line=_original(originals, r.line)) for r in lines.refused]
    refused += [Refused(left.line, Verdict(left.reason, left.detail)) for left in given.left]
    return FileToLoad(
        held.source_file, held.source, hashlib.sha256(path.read_bytes()).hexdigest(),
        path.stat().st_size, 0, relation, lines.row_count, refused,
        lambda ordinals: _originals(originals, lines, ordinals), _detail(given),
        event_names(config.policies.plan, source), source.delivery,
        absolute=held.absolute, is_replay=True,
    )  # fmt: skip


def _detail(given: ToReplay) -> str:
    counts = {
        "from the file": len(given.sent),
        "from the cleaned text": len(given.cleaned),
        "left as they are": len(given.left),
    }
    return "replayed: " + ", ".join(f"{count} {how}" for how, count in counts.items() if count)


def _originals(originals: list[Line], lines: LinesFile, ordinals: list[int]) -> Iterator[Line]:
    for line in lines.lines_of_rows(ordinals):
        yield _original(originals, line)


def _original(originals: list[Line], line: Line) -> Line:
    """The line as it stood in its own file; one blank line stands before the first."""
    return originals[line.number - 2]
