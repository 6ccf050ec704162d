"""
Which mapping a file is read by: the one that `--source` names, that its first lines fit, or that
it was read by before.
"""

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

from tsa_cli.config.sources import SourceConfig
from tsa_cli.errors import DataError
from tsa_cli.quantities import quantity
from tsa_cli.steps.ingest.column_names import Mapped, mapped_names
from tsa_cli.steps.ingest.detect import SAMPLE_LINES, Detected, detect, sample_documents
from tsa_cli.steps.ingest.grown import Before
from tsa_cli.steps.ingest.lines_file import LinesFile
from tsa_cli.steps.ingest.nature import Nature, refuse_spread
from tsa_cli.steps.ingest.propose import Proposal, propose
from tsa_cli.steps.ingest.settings import AUTO, IngestConfig
from tsa_cli.steps.ingest.spool import Spooled
from tsa_cli.steps.ingest.table_rows import first_row_width


class NoMappingError(DataError):
    """The lines fit no mapping; the proposal is a first one."""

    def __init__(self, error: DataError, proposal: Proposal) -> None:
        super().__init__(error.message, error.hint)
        self.proposal = proposal


def choose_for_lines(
    config: IngestConfig, name: str, lines: LinesFile, before: Before | None, nature: Nature
) -> Detected:
    """What the lines are read by: what their first ones were, where there is an earlier reading."""
    if before is None:
        documents = sample_documents(lines)
        try:
            return choose(config, name, documents)
        except NoMappingError:
            if len(documents) <= min(SAMPLE_LINES, lines.read_count) / 2:
                refuse_spread(name, nature)  # the few objects are parts of others
            raise
    why = f"as its first {quantity(before.read, 'line')}"
    return Detected(before.source_name, config.sources[before.source_name], why)


def choose(config: IngestConfig, name: str, documents: list[dict[str, object]]) -> Detected:
    """The mapping that `--source` names, or that the documents fit."""
    if config.source != AUTO:
        return Detected(config.source, config.sources[config.source], "as --source says")
    policies = config.policies
    proposal = partial(
        propose, _new_name(config, name), documents, policies.plan, policies.privacy.is_personal
    )
    try:
        return replace(detect(name, documents, config.sources), proposal=proposal)
    except DataError as error:
        raise NoMappingError(error, proposal()) from None


def names_that_mappings_read(config: IngestConfig) -> Mapped:
    """What the mapping of `--source` needs of columns, or any that the file may fit."""
    if config.source != AUTO:
        return mapped_names([config.sources[config.source]])
    return mapped_names(config.sources.values(), is_detected=True)


def _new_name(config: IngestConfig, file_name: str) -> str:
    """What a mapping may be called after the file: a word, and of none that is there."""
    stem = Path(file_name).name.split(".")[0]
    word = re.sub(r"\W+", "_", stem).strip("_") or "new"
    return f"{word}_file" if word in config.sources else word


def mapping_of(config: IngestConfig, name: str) -> SourceConfig:
    """The mapping of that name; DataError when a line was read by one that is gone."""
    if name not in config.sources:
        hint = f"restore configs/sources/{name}.yaml"
        raise DataError(f"no mapping named {name!r} any more", hint)
    return config.sources[name]


def tsv_columns(config: IngestConfig, source: str, spooled: Spooled | None = None) -> list[str]:
    """The columns of a headerless TSV: those of the mapping, or of one that fits the first row."""
    if source != AUTO:
        return config.sources[source].columns
    width = first_row_width(spooled) if spooled else 0
    layouts = (source.columns for source in config.sources.values())
    return next((columns for columns in layouts if columns and len(columns) == width), [])
