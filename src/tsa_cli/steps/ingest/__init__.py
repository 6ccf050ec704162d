"""
Event files into the store: each file whole or not at all, each line in exactly one place.

reads   files, folders, globs, standard input; configs/tsa.yaml, events.yaml, privacy.yaml, sources/
writes  raw_events (seen as `events`, `fact_events`), quarantined_events, ingested_files,
        user_traits, consent_events, plan_results, plan_violations
source  the contract's section 3; definitions D1–D5

The way of a file, module by module; the others here are helpers of one of these:

inputs, known_files, grown     which files there are, and what of each is new
new_files, read_files          many of them: the next ones are read while some are stored
read_bundle, bundles           small ones as one: read alike, and stored in one transaction
spool, nature                  a private copy where one is needed; whether it holds events at all
judged_lines, lines_file       the lines counted; verdict: which are no events, and why
table_rows, table_cells        rows of CSV and TSV as lines; parquet_columns: those of Parquet
chosen_mapping, detect         what it is read by; propose: a mapping where none fits
canonical, relation            the mapping as one select of the canonical columns
load, rows, insert_events      one pass in one transaction: each line stored, held or refused
finish, loads                  what the lines tell besides events, and the ledger, load by load
repeats, known_ids             of an id the first is the event, others repeat or contradict it
plan, personal, logins         the tracking plan; traits and consent; logins inside of visits
quarantine, held_lines         what was refused: seen, tried again, dropped
report                         where every line ended
"""

from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING

from tsa_cli import lookups
from tsa_cli.config import nearest
from tsa_cli.errors import DataError, UsageError
from tsa_cli.steps.ingest.grown import sizes_read
from tsa_cli.steps.ingest.inputs import Input, resolve
from tsa_cli.steps.ingest.known_files import KnownFiles
from tsa_cli.steps.ingest.report import FileReport, IngestResult, failed
from tsa_cli.steps.ingest.settings import AUTO, IngestConfig
from tsa_cli.steps.ingest.spool import Spool, open_spool
from tsa_cli.store import Store

__all__ = ["AUTO", "IngestConfig", "run"]

if TYPE_CHECKING:
    from tsa_cli.steps.ingest.new_files import NewFiles

Progress = Callable[[str], None]
MOST_AT_ONCE = 300  # files: those that are loaded together, and those read meanwhile
_NAME_FILES = "name files, folders or globs that are there, seen from the working folder"


def _silent(doing: str) -> None:
    """No progress is shown."""


def run(
    store: Store, config: IngestConfig, paths: list[str], run_id: str, progress: Progress = _silent
) -> IngestResult:
    """
    Load every file that is not in the store yet; a file that fails is named and stops no other.

    Raises DataError when nothing was named, UsageError for an unknown mapping.
    """
    if config.source != AUTO and config.source not in config.sources:
        names = ", ".join(sorted(config.sources))
        close = nearest(config.source, list(config.sources))
        raise UsageError(f"no mapping named {config.source!r}{close}", f"known: auto, {names}")
    inputs, faults = resolve(paths, lambda count: progress(f"looking for files: {count:,} found"))
    reports = [FileReport(name, "failed", detail=why, hint=_NAME_FILES) for name, why in faults]
    lookups.rename_events(store, config.policies.plan.canonical_names())
    read_sizes = sizes_read(store, inputs)
    sizes = {} if config.is_forced else read_sizes
    wanted = "" if config.source == AUTO else config.source
    known = None if config.is_forced else KnownFiles(store, inputs, wanted)
    ratio = config.policies.tsa.max_unpacked_ratio
    with open_spool(store.path, ratio, inputs, sizes) as spool, ExitStack() as begun:

        @cache
        def new_files() -> "NewFiles":
            from tsa_cli.steps.ingest.new_files import NewFiles
            from tsa_cli.steps.ingest.read_files import FileReader

            reader = FileReader(store, spool, config, known, run_id, read_sizes)
            begun.callback(reader.close)
            return NewFiles(store, config, run_id, reader, known)

        at = 0
        while at < len(inputs):
            progress(f"reading {inputs[at].name}")
            told = _first_of(spool, known, inputs[at : at + MOST_AT_ONCE], new_files)
            reports += told
            at += len(told)
    return IngestResult(reports, [report.warning for report in reports if report.warning])


def _first_of(
    spool: Spool,
    known: KnownFiles | None,
    inputs: list[Input],
    new_files: "Callable[[], NewFiles]",
) -> list[FileReport]:
    """The report of the first input, and of those that were loaded together with it."""
    item = inputs[0]
    try:
        given = spool.given(item)
        if known is not None and (earlier := known.name_of(given)):
            return [FileReport(item.name, "unchanged", detail=f"read before as {earlier}")]
        if given.size_bytes == 0:
            return [FileReport(item.name, "ingested", detail="empty")]
        return new_files().load(given, inputs[1:])
    except DataError as error:
        return [failed(item.name, error)]
