"""A store to ask."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from tests.conftest import Once, Tsa

ShopOf = Callable[[str, str, Iterable[str]], Tsa]


@pytest.fixture
def empty_store(tmp_path: Path) -> Path:
    """A migrated store without events, at the default place."""
    from tsa_cli.store import open_store

    path = tmp_path / "tsa.duckdb"
    with open_store(path, "write"):
        pass
    return path


@pytest.fixture
def shop_of(tsa: Tsa, once: Once, tmp_path: Path) -> ShopOf:
    """`shop_of("funnels/quote.yaml", text, lines)`: lines in a store, sessionized; one a module."""

    def made(config: str, text: str, lines: Iterable[str]) -> Tsa:
        def build() -> None:
            (tmp_path / "configs" / config).parent.mkdir(parents=True)
            (tmp_path / "configs" / config).write_text(text)
            (tmp_path / "log.jsonl").write_text("\n".join(lines) + "\n")
            assert tsa("ingest", "log.jsonl").code == 0
            assert tsa("sessionize").code == 0

        once("shop", build)
        return tsa

    return made
