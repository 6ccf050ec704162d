"""
Event files into the store: each file whole or not at all, each line in exactly one place.

reads   files, folders, globs, standard input; configs/tsa.yaml, events.yaml, privacy.yaml, sources/
writes  raw_events (seen as `events`, `fact_events`), quarantined_events, ingested_files,
        user_traits, consent_events, plan_results, plan_violations
source  the contract's section 3; definitions D1–D5
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from tsa_cli.config.sources import SourceConfig
from tsa_cli.errors import DataError, UsageError
from tsa_cli.privacy.field_crypto import Keys
from tsa_cli.steps.ingest import engine_input
from tsa_cli.steps.ingest.detect import Detected, detect, sample_documents
from tsa_cli.steps.ingest.inputs import Input, resolve
from tsa_cli.steps.ingest.lines_file import Line, LinesFile, open_lines
from tsa_cli.steps.ingest.load import FileToLoad, Loader
from tsa_cli.steps.ingest.relation import (
    SAMPLED_ABOVE_BYTES,
    Policies,
    relation_of_lines,
    relation_of_parquet,
)
from tsa_cli.steps.ingest.report import FileReport, IngestResult
from tsa_cli.steps.ingest.spool import Spool, Spooled, open_spool
from tsa_cli.store import Store

AUTO = "auto"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class IngestConfig:
    """What one run is asked to do; `sources` are all mappings in force, by name."""

    policies: Policies
    sources: Mapping[str, SourceConfig]
    keys: Keys
    source: str = AUTO
    is_final: bool = False
    is_forced: bool = False  # read files again that were read before
    is_dry_run: bool = False


def run(
    store: Store, config: IngestConfig, paths: list[str], run_id: str, progress: Progress = str
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
    store.execute("1_events/macros.sql")
    loader = Loader(store, config.policies, config.keys, run_id, config.is_dry_run)
    with open_spool(store.path, config.policies.tsa.max_unpacked_ratio) as spool:
        for item in inputs:
            progress(item.name)
            reports.append(_one(loader, spool, config, item))
    return IngestResult(reports, [report.warning for report in reports if report.warning])


def _one(loader: Loader, spool: Spool, config: IngestConfig, item: Input) -> FileReport:
    try:
        spooled = spool.take(item)
        wanted = "" if config.source == AUTO else config.source
        known = loader.store.rows("1_events/known_file.sql", sha256=spooled.sha256, source=wanted)
        if known and not config.is_forced:
            return FileReport(item.name, "unchanged", detail=f"read before as {known[0][1]}")
        if spooled.size_bytes == 0:
            return FileReport(item.name, "ingested", detail="empty")
        if spooled.shape == "parquet":
            return loader.load(_parquet_file(loader, config, spooled))
        return _load_lines(loader, spool, config, spooled)
    except DataError as error:
        hint = f" ({error.hint})" if error.hint else ""
        why = error.message.removeprefix(f"{item.name}: ") + hint
        return FileReport(item.name, "failed", detail=why)


def _load_lines(
    loader: Loader, spool: Spool, config: IngestConfig, spooled: Spooled
) -> FileReport:
    first_lines: list[int] = []
    taken = spooled
    if spooled.shape != "lines":
        columns = _tsv_columns(config) if spooled.shape == "tsv" else []
        taken, first_lines = engine_input.rows_to_lines(spooled, spool, columns)
    tsa = config.policies.tsa
    lines = open_lines(
        taken.path,
        is_final=config.is_final or not taken.is_growing,
        max_line_bytes=tsa.max_line_bytes,
        max_depth=tsa.max_depth,
    )
    if not lines.read_count:
        return FileReport(spooled.name, "ingested", detail="no full line", left_bytes=lines.left_bytes)
    found = _detected(config, spooled.name, lines)
    path = taken.path
    if lines.refused or lines.left_bytes:
        path = spool.new_path()
        lines.write_without_refused(path)
    sample = path
    if lines.end > SAMPLED_ABOVE_BYTES:
        sample = spool.new_path()
        lines.write_sample(sample)
    relation = relation_of_lines(loader.store, found.source, path, sample, config.policies)
    return loader.load(
        FileToLoad(
            spooled.name, found.name, spooled.sha256, spooled.size_bytes, lines.left_bytes,
            relation, lines.row_count, lines.refused,
            lambda ordinals: _numbered(lines.lines_of_rows(ordinals), first_lines), found.why,
            event_names(config, found.source),
        )  # fmt: skip
    )


def _parquet_file(loader: Loader, config: IngestConfig, spooled: Spooled) -> FileToLoad:
    store = loader.store
    documents = {"documents": engine_input.parquet_documents_reader(spooled.path)}
    sample = [_json_object(str(row[0])) for row in store.rows("1_events/first_documents.sql", documents)]
    found = _choose(config, spooled.name, sample)
    relation = relation_of_parquet(store, found.source, spooled.path, config.policies)
    rows = store.count("1_events/parquet_rows.sql", path=str(spooled.path))

    def lines_of_rows(ordinals: list[int]) -> Iterator[Line]:
        picked = store.rows("1_events/documents_at.sql", documents, ordinals=ordinals)
        for ordinal, text in picked:
            yield Line(int(str(ordinal)) + 1, -1, str(text).encode())

    return FileToLoad(
        spooled.name, found.name, spooled.sha256, spooled.size_bytes, 0, relation, rows, [],
        lines_of_rows, found.why, event_names(config, found.source),
    )  # fmt: skip


def _detected(config: IngestConfig, name: str, lines: LinesFile) -> Detected:
    return _choose(config, name, sample_documents(lines))


def _choose(config: IngestConfig, name: str, documents: list[dict[str, object]]) -> Detected:
    if config.source == AUTO:
        return detect(name, documents, config.sources)
    return Detected(config.source, config.sources[config.source], "as --source says")


def event_names(config: IngestConfig, source: SourceConfig) -> dict[str, str]:
    """Names as sent → names of the plan: the mapping's own first, then the plan's aliases."""
    aliases = config.policies.plan.canonical_names()
    mapped = {name: aliases.get(to, to) for name, to in source.event_names.items()}
    return aliases | mapped


def mapping_of(config: IngestConfig, name: str) -> SourceConfig:
    """The mapping of that name; DataError when a line was read by one that is gone."""
    if name not in config.sources:
        raise DataError(f"no mapping named {name!r} any more", f"restore configs/sources/{name}.yaml")
    return config.sources[name]


def _tsv_columns(config: IngestConfig) -> list[str]:
    """The columns of a headerless TSV: those of the one mapping that names some."""
    if config.source != AUTO:
        return config.sources[config.source].columns
    return next((source.columns for source in config.sources.values() if source.columns), [])


def _numbered(lines: Iterator[Line], first_lines: list[int]) -> Iterator[Line]:
    """The lines, numbered as in the CSV that they were made from."""
    for line in lines:
        yield replace(line, number=first_lines[line.number - 1], byte_offset=-1) if first_lines else line


def _json_object(text: str) -> dict[str, object]:
    import json

    value = json.loads(text)
    return value if isinstance(value, dict) else {}
