"""
Event files into the store: each file whole or not at all, each line in exactly one place.

reads   files, folders, globs, standard input; configs/tsa.yaml, events.yaml, privacy.yaml, sources/
writes  raw_events (seen as `events`, `fact_events`), quarantined_events, ingested_files,
        user_traits, consent_events, plan_results, plan_violations
source  the contract's section 3; definitions D1–D5
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from tsa_cli import lookups
from tsa_cli.config import nearest
from tsa_cli.errors import DataError, UsageError
from tsa_cli.steps.ingest.grown import sizes_read
from tsa_cli.steps.ingest.inputs import Input, resolve
from tsa_cli.steps.ingest.report import FileReport, IngestResult, failed
from tsa_cli.steps.ingest.settings import AUTO, IngestConfig
from tsa_cli.steps.ingest.spool import Spool, Spooled, open_spool, table_of
from tsa_cli.store import Store

__all__ = ["AUTO", "IngestConfig", "run"]

if TYPE_CHECKING:
    from tsa_cli.steps.ingest.new_files import NewFiles

Progress = Callable[[str], None]
_NAME_FILES = "name files, folders or globs that are there, seen from the working folder"


def _silent(name: str) -> None:
    """No progress is shown."""


def run(
    store: Store, config: IngestConfig, paths: list[str], run_id: str, progress: Progress = _silent
) -> IngestResult:
    """
    Load every file that is not in the store yet; a file that fails is named and stops no other.

    Raises DataError when nothing was named, UsageError for an unknown mapping.
    """
    if config.source != AUTO and config.source not in config.sources:
        known = ", ".join(sorted(config.sources))
        close = nearest(config.source, list(config.sources))
        raise UsageError(f"no mapping named {config.source!r}{close}", f"known: auto, {known}")
    inputs, faults = resolve(paths)
    reports = [FileReport(name, "failed", detail=why, hint=_NAME_FILES) for name, why in faults]
    lookups.rename_events(store, config.policies.plan.canonical_names())
    sizes = {} if config.is_forced else sizes_read(store, inputs)
    with open_spool(store.path, config.policies.tsa.max_unpacked_ratio, inputs, sizes) as spool:

        @cache
        def new_files() -> "NewFiles":
            from tsa_cli.steps.ingest.new_files import NewFiles

            return NewFiles(store, spool, config, run_id)

        for item in inputs:
            progress(item.name)
            reports.append(_one(store, spool, config, item, lambda file: new_files().load(file)))
    return IngestResult(reports, [report.warning for report in reports if report.warning])


def _one(
    store: Store,
    spool: Spool,
    config: IngestConfig,
    item: Input,
    load: Callable[[Spooled], FileReport],
) -> FileReport:
    try:
        spooled = spool.take(item)
        if not config.is_forced and (earlier := _read_before(store, config, spooled)):
            return FileReport(item.name, "unchanged", detail=f"read before as {earlier}")
        if spooled.size_bytes == 0:
            return FileReport(item.name, "ingested", detail="empty")
        return load(spooled)
    except DataError as error:
        return failed(item.name, error)


def _read_before(store: Store, config: IngestConfig, spooled: Spooled) -> str:
    """
    The name under which the same bytes were read to their end, or an empty text.

    Read as lines, a table is none but refused: under a name that says CSV it is another file.
    """
    if not store.value("1_events/is_known_size.sql", size_bytes=spooled.size_bytes):
        return ""  # without waiting for the hash: the file is scanned meanwhile
    wanted = "" if config.source == AUTO else config.source
    known = store.rows("1_events/known_file.sql", sha256=spooled.sha256, source=wanted)
    names = [str(name) for _, name, _ in known]
    return next((name for name in names if table_of(name) == table_of(spooled.name)), "")
