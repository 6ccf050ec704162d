"""A store to ask."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import Once, Tsa

ShopOf = Callable[[str, str, Iterable[str]], Tsa]
NINE = datetime(2026, 3, 1, 9)
Visit = tuple[str, str | None, int, str]


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


def lines_of(history: Iterable[Visit], names: Mapping[str, str]) -> Iterator[str]:
    """A line for each letter of each (user, device, minutes after nine, letters), 5 min apart."""
    for user, device, minutes, letters in history:
        for place, letter in enumerate(letters):
            moment = NINE + timedelta(minutes=minutes + 5 * place)
            yield json.dumps(
                {
                    "event_id": f"{user}-{minutes}-{place}",
                    "event": names[letter],
                    "timestamp": moment.isoformat() + "Z",
                    "user_id": user,
                    "properties": {} if device is None else {"device": device},
                }
            )
