"""configs/tsa.yaml: the store, the engine's limits, what ingest accepts, what `tsa run` runs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, PlainSerializer

from tsa_cli.config.model import ConfigFile, ConfigModel, Duration, Reference

Step = Literal[
    "ingest", "sessionize", "features", "funnel", "journey", "retention", "metrics",
    "train", "score", "audiences",
]  # fmt: skip


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC, which it is in without an offset; ValueError outside of all years."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"no moment of the years 1 to 9999: {moment.isoformat()}") from None


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


Moment = Annotated[datetime, AfterValidator(_in_utc), PlainSerializer(_text, return_type=str)]


_FOLDER_OF_STEP = {
    "funnel": "funnels", "journey": "journeys", "retention": "retention",
    "train": "models", "score": "models", "audiences": "audiences",
}  # fmt: skip


class PipelineStep(ConfigModel):
    """One step of `tsa run`: its command, and the names it is asked for (all when empty)."""

    step: Step
    names: list[str] = []


class TsaConfig(ConfigFile):
    """The knobs that belong to no single step."""

    db: str = "tsa.duckdb"
    memory_limit: str | None = Field(
        None, pattern=r"^(\d{1,6}(\.\d+)?\s?[KMGT]i?B|(100|\d{1,2}(\.\d+)?)\s?%)$"
    )
    threads: int | None = Field(None, ge=1, le=1_000)
    temp_directory: str | None = None
    mmdb: Path | None = None
    inbox: list[str] = []
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

    def references(self) -> Iterator[Reference]:
        """The reports, models and audiences that steps are asked for."""
        for number, asked in enumerate(self.pipeline):
            folder = _FOLDER_OF_STEP.get(asked.step)
            for place, name in enumerate(asked.names if folder else ()):
                yield ("pipeline", number, "names", place), str(folder), name
