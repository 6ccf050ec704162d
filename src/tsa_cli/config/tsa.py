"""configs/tsa.yaml: the store, the engine's limits, what ingest accepts, what `tsa run` runs."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    field_validator,
    model_validator,
)

from tsa_cli.config.model import ConfigFile, ConfigModel, Duration, PathText, Reference, path_text

Step = Literal[
    "ingest", "sessionize", "features", "funnel", "journey", "retention", "metrics",
    "train", "score", "audiences",
]  # fmt: skip


_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LIMIT = re.compile(r"(\d{1,6}(?:\.\d+)?)\s?[KMGT]i?B|(100|\d{1,2}(?:\.\d+)?)\s?%")


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC, which it is in without an offset; ValueError outside of all years."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"no moment of the years 1 to 9999: {moment.isoformat()}") from None


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _dated(value: object) -> object:
    """The value, if it begins with a date: `2020` alone would be 33 minutes after 1970 began."""
    if isinstance(value, datetime) or (isinstance(value, str) and _DATE.match(value)):
        return value
    raise ValueError(f"a date or timestamp is needed, like 2020-01-31, not {value!r}")


Moment = Annotated[
    datetime,
    BeforeValidator(_dated, json_schema_input_type=datetime),
    AfterValidator(_in_utc),
    PlainSerializer(_text, return_type=str),
]


FOLDER_OF_STEP = {  # where the names are that a step is asked for
    "funnel": "funnels", "journey": "journeys", "retention": "retention",
    "train": "models", "score": "models", "audiences": "audiences",
}  # fmt: skip


class PipelineStep(ConfigModel):
    """One step of `tsa run`: its command, and the names it is asked for (all when empty)."""

    step: Step
    names: list[str] = []

    @model_validator(mode="after")
    def _has_names(self) -> "PipelineStep":
        if self.names and self.step not in (*FOLDER_OF_STEP, "metrics"):
            raise ValueError(f"names: {self.step} is asked for no names")
        return self


class TsaConfig(ConfigFile):
    """The knobs that belong to no single step."""

    db: PathText = "tsa.duckdb"
    memory_limit: str | None = Field(None, json_schema_extra={"pattern": f"^({_LIMIT.pattern})$"})
    threads: int | None = Field(None, ge=1, le=1_000)
    temp_directory: PathText | None = None
    mmdb: Annotated[Path, BeforeValidator(path_text)] | None = None
    inbox: list[PathText] = []
    max_rejected: float = Field(0.02, ge=0, le=1)
    max_file_rejected: float = Field(0.5, ge=0, le=1)
    max_line_bytes: int = Field(1_000_000, ge=1_000, le=16_000_000)
    max_depth: int = Field(200, ge=10, le=1_000)
    max_unpacked_ratio: int = Field(200, ge=2)
    min_timestamp: Moment = datetime(1990, 1, 1, tzinfo=UTC)
    max_future: Duration = timedelta(days=1)
    pipeline: list[PipelineStep] = Field(
        [PipelineStep(step=step) for step in get_args(Step)], min_length=1
    )

    @field_validator("memory_limit")
    @classmethod
    def _some_memory(cls, value: str | None) -> str | None:
        found = None if value is None else _LIMIT.fullmatch(value)
        if value is not None and (found is None or not float(found[1] or found[2])):
            raise ValueError(f'a size like "4GB" or a share like "80%" is needed, not {value!r}')
        return value

    def references(self) -> Iterator[Reference]:
        """The reports, models and audiences that steps are asked for."""
        for number, asked in enumerate(self.pipeline):
            folder = FOLDER_OF_STEP.get(asked.step)
            for place, name in enumerate(asked.names if folder else ()):
                yield ("pipeline", number, "names", place), str(folder), name
