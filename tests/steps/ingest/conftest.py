"""Ways to ingest into the store."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.steps.histories import default_config
from tsa_cli.config import open_catalog
from tsa_cli.config.events import EventsConfig
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.config.sources import SourceConfig
from tsa_cli.config.tsa import TsaConfig
from tsa_cli.privacy.field_crypto import Keys
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest import read_files, relation, rows
from tsa_cli.steps.ingest.report import IngestResult
from tsa_cli.steps.ingest.settings import Policies
from tsa_cli.store import Store

NOW = datetime(2026, 6, 1, 12)
Ingest = Callable[..., IngestResult]


def ingest_config(**changes: object) -> ingest.IngestConfig:
    """The default configuration with some fields replaced."""
    tsa = changes.pop("tsa", TsaConfig())
    plan = changes.pop("plan", EventsConfig())
    privacy = changes.pop("privacy", PrivacyConfig())
    keys = changes.pop("keys", Keys())
    assert isinstance(tsa, TsaConfig)
    assert isinstance(plan, EventsConfig)
    assert isinstance(privacy, PrivacyConfig)
    assert isinstance(keys, Keys)
    sources = dict(open_catalog(None).entries(SourceConfig, "sources", []))
    return ingest.IngestConfig(
        Policies(tsa, plan, privacy, NOW, default_config().lookups), sources, keys, **changes
    )  # type: ignore[arg-type]


@pytest.fixture
def as_documents(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, lines that columns could say are read as documents, too."""
    return lambda: monkeypatch.setattr(relation, "is_plain", lambda *_: False)


@pytest.fixture
def in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of more than four rows are taken as large ones are, in several batches."""
    monkeypatch.setattr(rows, "BATCH_ROWS", 4)
    monkeypatch.setattr(rows, "FEWEST_BATCH_ROWS", 1)


@pytest.fixture
def each_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """No small files are read together."""
    monkeypatch.setattr(read_files, "MOST_FILES", 1)


@pytest.fixture(params=[False, True], ids=["at once", "in batches"])
def both_ways(request: pytest.FixtureRequest) -> None:
    """The test is done twice: with rows of a file taken at once, and in several batches."""
    if request.param:
        request.getfixturevalue("in_batches")


@pytest.fixture
def do_ingest(store: Store) -> Ingest:
    """Ingest paths with the defaults, or with some of them replaced."""

    def run(*paths: Path, **changes: object) -> IngestResult:
        return ingest.run(store, ingest_config(**changes), [str(p) for p in paths], "run")

    return run
