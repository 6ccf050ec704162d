"""
The lines that were refused: seen, tried again after a fix, or dropped.

reads   quarantined_events
writes  quarantined_events; a replayed line that is an event now goes the way of every line
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.lines_file import Line, LinesFile, open_lines
from tsa_cli.steps.ingest.load import Loader
from tsa_cli.steps.ingest.prepare import IngestConfig, mapping_of
from tsa_cli.steps.ingest.relation import event_names, relation_of_lines
from tsa_cli.steps.ingest.report import IngestResult
from tsa_cli.steps.ingest.spool import Spool, open_spool
from tsa_cli.store import Store


@dataclass(frozen=True)
class Selection:
    """Which quarantined lines; empty means all."""

    reason: str = ""
    source_file: str = ""


@dataclass(frozen=True)
class _Held:
    """The quarantined lines of one file under one mapping, in order."""

    source_file: str
    source: str
    lines: list[Line]


def rows(store: Store, selection: Selection, limit: int) -> list[dict[str, object]]:
    """The quarantined lines, oldest first, at most `limit`."""
    return store.records(
        "1_events/quarantine_list.sql", reason=selection.reason,
        source_file=selection.source_file, row_limit=limit,
    )  # fmt: skip


def summary(store: Store) -> list[dict[str, object]]:
    """How many lines are held, by reason and file."""
    return store.records("1_events/quarantine_summary.sql")


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

    What is an event now is inserted and leaves the quarantine; what is not stays, with its file,
    number and (new) reason. One transaction per file: nothing is lost in between.
    """
    loader = Loader(store, config.policies, config.keys, run_id, config.is_dry_run)
    reports = []
    with open_spool(store.path, config.policies.tsa.max_unpacked_ratio) as spool:
        for held in _held(store, selection):
            file = _file_of(store, spool, config, held)
            reports.append(loader.load(file, release=_release(held, selection)))
    return IngestResult(reports)


def _held(store: Store, selection: Selection) -> list[_Held]:
    groups: dict[tuple[str, str], list[Line]] = {}
    found = store.rows(
        "1_events/quarantine_lines.sql", reason=selection.reason, source_file=selection.source_file
    )
    for source_file, source, number, offset, raw in found:
        line = Line(int(str(number)), int(str(offset)), str(raw).encode())
        groups.setdefault((str(source_file), str(source)), []).append(line)
    return [_Held(file, source, lines) for (file, source), lines in groups.items()]


def _release(held: _Held, selection: Selection) -> dict[str, object]:
    return {
        "reason": selection.reason, "source_file": held.source_file, "source": held.source,
    }  # fmt: skip


def _file_of(store: Store, spool: Spool, config: IngestConfig, held: _Held) -> FileToLoad:
    path = spool.new_path()
    path.write_bytes(b"".join(line.raw.replace(b"\n", b" ") + b"\n" for line in held.lines))
    tsa = config.policies.tsa
    lines = open_lines(
        path, is_final=True, max_line_bytes=tsa.max_line_bytes, max_depth=tsa.max_depth
    )
    clean = spool.new_path()
    lines.write_without_refused(clean)
    source = mapping_of(config, held.source)
    relation = relation_of_lines(store, source, clean, clean, config.policies)
    return FileToLoad(
        held.source_file, held.source, hashlib.sha256(path.read_bytes()).hexdigest(),
        path.stat().st_size, 0, relation, lines.row_count,
        [replace(r, line=_original(held, r.line)) for r in lines.refused],
        lambda ordinals: _originals(held, lines, ordinals), "replayed",
        event_names(config.policies.plan, source), is_replay=True,
    )  # fmt: skip


def _originals(held: _Held, lines: LinesFile, ordinals: list[int]) -> Iterator[Line]:
    for line in lines.lines_of_rows(ordinals):
        yield _original(held, line)


def _original(held: _Held, line: Line) -> Line:
    """The line as it stood in its own file."""
    return held.lines[line.number - 1]
