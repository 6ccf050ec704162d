"""docs/sources.md does what it says."""

import re
from pathlib import Path
from typing import Any

from tests.conftest import Tsa

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_every_mapping_is_named() -> None:
    named = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert named == {path.stem for path in (ROOT / "configs" / "sources").iterdir()}


def test_the_log_of_its_own_is_read_by_its_mapping(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "shop.jsonl").write_text(block("json"))
    unknown = tsa("ingest", "shop.jsonl", "--dry-run")
    assert (unknown.code, "proposed" in unknown.out) == (3, True)
    (tmp_path / "configs" / "sources").mkdir(parents=True)
    (tmp_path / "configs" / "sources" / "shop.yaml").write_text(block("yaml"))
    assert tsa("ingest", "shop.jsonl").code == 0
    found: Any = tsa(
        "sql",
        """select event_type, event_timestamp, anonymous_id, user_id, page_url,
        properties ->> 'price' as price from fact_events order by event_timestamp""",
    ).data
    assert [list(row.values()) for row in found] == [
        ["service_viewed", "2026-01-01T10:00:00Z", "v1", "v1", "https://fix.example/quote", "49.9"],
        [
            "booking_completed",
            "2026-01-01T10:01:40Z",
            "v1",
            "kim",
            "https://fix.example/done",
            "49.9",
        ],
    ]
