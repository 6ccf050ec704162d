"""A store to ask."""

from pathlib import Path

import pytest


@pytest.fixture
def empty_store(tmp_path: Path) -> Path:
    """A migrated store without events, at the default place."""
    from tsa_cli.store import open_store

    path = tmp_path / "tsa.duckdb"
    with open_store(path, "write"):
        pass
    return path
