"""configs/tsa.yaml: the store, the engine's limits, what ingest accepts, what `tsa run` runs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from tsa_cli.config.model import ConfigFile, ConfigModel, Duration

Step = Literal[
    "ingest", "sessionize", "features", "funnel", "journey", "retention", "metrics",
    "train", "score", "audiences",
]  # fmt: skip

Moment = Annotated[datetime, PlainSerializer(lambda ts: ts.isoformat(), return_type=str)]


class PipelineStep(ConfigModel):
    """One step of `tsa run`: its command, and the names it is asked for (all when empty)."""

    step: Step
    names: list[str] = []


class TsaConfig(ConfigFile):
    """The knobs that belong to no single step."""

    db: str = "tsa.duckdb"
    memory_limit: str | None = Field(None, pattern=r"^\d+(\.\d+)?\s?([KMGT]i?B|%)$")
    threads: int | None = Field(None, ge=1)
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
    pipeline: list[PipelineStep] = [
        PipelineStep(step=step)
        for step in ("ingest", "sessionize", "features", "funnel", "journey", "retention",
                     "metrics", "train", "score", "audiences")
    ]  # fmt: skip
