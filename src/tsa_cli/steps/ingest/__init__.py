"""
Event files into the store: each file whole or not at all, each line in exactly one place.

reads   files, folders, globs, standard input; configs/tsa.yaml, events.yaml, privacy.yaml, sources/
writes  raw_events (seen as `events`, `fact_events`), quarantined_events, ingested_files,
        user_traits, consent_events, plan_results, plan_violations
source  the contract's section 3; definitions D1–D5
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace

from tsa_cli import lookups
from tsa_cli.errors import DataError, UsageError
from tsa_cli.steps.ingest.grown import counted_in, sizes_read
from tsa_cli.steps.ingest.inputs import Input, resolve
from tsa_cli.steps.ingest.load import Loader
from tsa_cli.steps.ingest.nature import OtherFormatError
from tsa_cli.steps.ingest.prepare import (
    AUTO,
    IngestConfig,
    NoLineError,
    NoMappingError,
    file_to_load,
)
from tsa_cli.steps.ingest.report import FileReport, IngestResult
from tsa_cli.steps.ingest.spool import Spool, Spooled, open_spool
from tsa_cli.store import Store, damage_of

__all__ = ["AUTO", "IngestConfig", "run"]

Progress = Callable[[str], None]


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
        raise UsageError(f"no mapping named {config.source!r}", f"known: auto, {known}")
    inputs, faults = resolve(paths)
    reports = [FileReport(name, "failed", detail=why) for name, why in faults]
    lookups.rename_events(store, config.policies.plan.canonical_names())
    loader = Loader(store, config.policies, config.keys, run_id, config.is_dry_run)
    sizes = {} if config.is_forced else sizes_read(store, inputs)
    with open_spool(store.path, config.policies.tsa.max_unpacked_ratio, inputs, sizes) as spool:
        for item in inputs:
            progress(item.name)
            reports.append(_one(loader, spool, config, item))
    return IngestResult(reports, [report.warning for report in reports if report.warning])


def _one(loader: Loader, spool: Spool, config: IngestConfig, item: Input) -> FileReport:
    try:
        spooled = spool.take(item)
        if not config.is_forced and (earlier := _read_before(loader.store, config, spooled)):
            return FileReport(item.name, "unchanged", detail=f"read before as {earlier}")
        if spooled.size_bytes == 0:
            return FileReport(item.name, "ingested", detail="empty")
        return _loaded(loader, spool, config, spooled)
    except NoLineError as none:
        return counted_in(
            none.before,
            FileReport(item.name, "ingested", detail=none.message, left_bytes=none.left_bytes),
        )
    except NoMappingError as error:
        report = _failed(item.name, error)
        if not config.is_dry_run:
            return report
        return replace(report, proposal=vars(error.proposal))
    except DataError as error:
        return _failed(item.name, error)


def _loaded(loader: Loader, spool: Spool, config: IngestConfig, spooled: Spooled) -> FileReport:
    # Of lines the engine sees only what was judged before.
    is_parquet = spooled.shape == "parquet"
    with damage_of(spooled.name, "Parquet") if is_parquet else nullcontext():
        file = file_to_load(loader.store, spool, config, spooled, loader.run_id)
        try:
            report = loader.load(file)
        except OtherFormatError as error:
            report = _failed(file.name, error)
    is_unlike = report.rejected > config.policies.tsa.max_file_rejected * report.read
    if config.is_dry_run and file.proposal and (is_unlike or report.status == "failed"):
        return replace(report, proposal=vars(file.proposal()))
    return report


def _read_before(store: Store, config: IngestConfig, spooled: Spooled) -> str:
    """The name under which the same bytes were read to their end, or an empty text."""
    if not store.value("1_events/is_known_size.sql", size_bytes=spooled.size_bytes):
        return ""  # without waiting for the hash: the file is scanned meanwhile
    wanted = "" if config.source == AUTO else config.source
    known = store.rows("1_events/known_file.sql", sha256=spooled.sha256, source=wanted)
    return str(known[0][1]) if known else ""


def _failed(name: str, error: DataError) -> FileReport:
    hint = f" ({error.hint})" if error.hint else ""
    return FileReport(name, "failed", detail=error.message.removeprefix(f"{name}: ") + hint)
