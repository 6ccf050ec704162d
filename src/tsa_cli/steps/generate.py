"""
Write a seeded synthetic event log, and the true answers about it.

reads   nothing
writes  FILE.jsonl[.gz|.zst] or FILE.parquet: the whole log in delivery order; or into a folder
        events.jsonl (the first two thirds of the days), events.parquet (the rest) and
        late.jsonl (what arrived a day or more after it happened, and late duplicates);
        all or nothing: temporary files, fsync, rename
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tsa_cli.atomic_file import sync_folder
from tsa_cli.errors import DataError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from tsa_cli.generator.layout import Target
    from tsa_cli.generator.log import EventLog

DEFAULT_START = date(2025, 1, 6)
MAX_DAYS = 3650
_CHUNK_ROWS = 250_000


@dataclass(frozen=True)
class GeneratedFile:
    """One file of the log."""

    path: Path
    format: str
    lines: int
    bytes: int


@dataclass(frozen=True)
class GenerateResult:
    """What one run wrote, or in a dry run would have written (then `files` is empty)."""

    files: tuple[GeneratedFile, ...]
    lines: int
    unique_events: int
    duplicates: int
    late_events: int
    answers: Path | None


def run(
    users: int,
    days: int,
    seed: int,
    out: Path,
    formats: tuple[str, ...] = (),
    answers: Path | None = None,
    start: date = DEFAULT_START,
    dry_run: bool = False,
    on_progress: Callable[[float], None] | None = None,
) -> GenerateResult:
    """
    The files written and the counts of the log; the same arguments give the same bytes.

    `out` with a known ending is one file (several formats: one file each, side by side), any
    other `out` is a folder. `on_progress` gets the share done. Raises UsageError for arguments
    out of range, DataError if a file cannot be written; then no file is changed.
    """
    from tsa_cli.generator.answers import count_answers
    from tsa_cli.generator.layout import plan_targets
    from tsa_cli.generator.log import simulate

    _check_arguments(users, days, seed)
    targets = plan_targets(out, formats)
    log = simulate(users, days, seed, start)
    files: tuple[GeneratedFile, ...] = ()
    if not dry_run:
        command = {"users": users, "days": days, "seed": seed, "start": start.isoformat()}
        try:
            files = _write_all(log, targets, answers, on_progress, lambda: {
                "schema_version": 1, "command": command, **count_answers(log)
            })  # fmt: skip
        except OSError as error:
            path = error.filename or out
            hint = "choose a folder you may write to"
            raise DataError(f"{path}: {error.strerror or error}", hint) from error
    late = int((log.visits.late_ms[log.events.visit] > 0).sum())
    duplicates = len(log.duplicates.event)
    return GenerateResult(files, log.line_count, len(log.events.ts_ms), duplicates, late, answers)


def _check_arguments(users: int, days: int, seed: int) -> None:
    """Raises UsageError for the first argument out of range."""
    if not 1 <= users <= 20_000_000:
        raise UsageError(f"--users: {users}: not between 1 and 20000000")
    if not 1 <= days <= MAX_DAYS:
        raise UsageError(f"--days: {days}: not between 1 and {MAX_DAYS}")
    if not 0 <= seed < 2**63:
        raise UsageError(f"--seed: {seed}: not between 0 and 2^63 - 1")


def _write_all(
    log: EventLog,
    targets: list[Target],
    answers: Path | None,
    on_progress: Callable[[float], None] | None,
    make_answers: Callable[[], dict[str, object]],
) -> tuple[GeneratedFile, ...]:
    """Everything into temporary files beside the targets, then all renamed; empty files are not."""
    paths = [target.path for target in targets] + ([answers] if answers else [])
    temporary: dict[Path, Path] = {}
    with ExitStack() as cleanup, _named_as_asked(temporary):
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary[path] = path.with_name(f".{path.name}.{os.getpid()}.tmp")
            cleanup.callback(temporary[path].unlink, missing_ok=True)
        counts = _write_log(
            log, {target: temporary[target.path] for target in targets}, on_progress
        )
        if answers:
            text = json.dumps(make_answers(), indent=1, ensure_ascii=False) + "\n"
            temporary[answers].write_text(text, encoding="utf-8")
        empty = [target.path for target, count in counts.items() if not count]
        _publish({path: temporary[path] for path in paths if path not in empty})
    return tuple(
        GeneratedFile(target.path, target.format, count, target.path.stat().st_size)
        for target, count in counts.items()
        if count
    )


def _write_log(
    log: EventLog,
    paths: dict[Target, Path],
    on_progress: Callable[[float], None] | None,
) -> dict[Target, int]:
    """The lines written for each target, into the file that `paths` names."""
    from tsa_cli.generator.encode import open_writer

    counts = dict.fromkeys(paths, 0)
    with ExitStack() as open_files:
        writers = {}
        for target, path in paths.items():
            stream = open_files.enter_context(path.open("wb"))
            writers[target] = open_writer(stream, target.format, target.compression)
        for target, columns, done in _rendered(log, list(paths)):
            writers[target].write(columns)
            counts[target] += len(columns["event_id"])
            if on_progress is not None:
                on_progress(done)
        for writer in writers.values():
            writer.close()
    return counts


def _publish(temporary: dict[Path, Path]) -> None:
    """Force the bytes to disk, then give the files their names."""
    for path in temporary.values():
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())
    for path, hidden in temporary.items():
        hidden.replace(path)
    for folder in {path.parent for path in temporary}:
        sync_folder(folder)


@contextmanager
def _named_as_asked(temporary: dict[Path, Path]) -> Iterator[None]:
    """Let an error of the system name the file that was asked for, not the one beside it."""
    try:
        yield
    except OSError as error:
        asked = {str(hidden): path for path, hidden in temporary.items()}
        error.filename = asked.get(str(error.filename), error.filename)
        raise


def _rendered(
    log: EventLog, targets: list[Target]
) -> Iterator[tuple[Target, dict[str, pa.Array], float]]:
    """Columns for each target in order of delivery; the next are rendered while one is written."""
    from tsa_cli.generator.layout import belongs
    from tsa_cli.generator.log import delivery_chunks
    from tsa_cli.generator.render import build_renderer, render

    renderer = build_renderer(log)
    waiting: deque[tuple[Target, Future[dict[str, pa.Array]], float]] = deque()
    done = 0
    with ThreadPoolExecutor(max_workers=1) as pool:
        for rows, delivered in delivery_chunks(log, _CHUNK_ROWS):
            done += len(rows)
            for target in targets:
                mine = rows[belongs(log, target.part, rows, delivered)]
                if len(mine):
                    future = pool.submit(render, renderer, mine)
                    waiting.append((target, future, done / log.line_count))
            while len(waiting) > len(targets):
                target, future, share = waiting.popleft()
                yield target, future.result(), share
        for target, future, share in waiting:
            yield target, future.result(), share
