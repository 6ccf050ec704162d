"""What `tsa sessionize` says of its work."""

import json
from pathlib import Path

from tests.conftest import Tsa


def test_the_summary_tells_how_much_stitching_changed(tsa: Tsa, tmp_path: Path) -> None:
    def line(hour: int, **ids: str) -> str:
        at = f"2024-01-01T{hour:02}:00:00Z"
        return json.dumps({"event": "page_viewed", "timestamp": at, **ids})

    lines = [line(1, anonymous_id="a"), line(2, user_id="bob"), line(3, user_id="cy")]
    (tmp_path / "1.jsonl").write_text("\n".join(lines) + "\n")
    assert tsa("ingest", "1.jsonl").code == 0
    assert "stitching" not in tsa("sessionize").err
    (tmp_path / "2.jsonl").write_text(line(4, anonymous_id="a", user_id="ann") + "\n")
    assert tsa("ingest", "2.jsonl").code == 0
    said = "; stitching names the user of 25.0% of the events and 25.0% of the sessions"
    assert said in tsa("sessionize", "--format", "table").err


def test_bookings_in_several_currencies_are_told(tsa: Tsa, tmp_path: Path) -> None:
    def book(number: int, **properties: object) -> str:
        at = f"2024-01-01T{number:02}:00:00Z"
        properties |= {"booking_id": f"b{number}", "value": 10}
        named = {"event": "booking_completed", "user_id": "ann", "properties": properties}
        return json.dumps({"timestamp": at, **named}) + "\n"

    def said(number: int, text: str) -> list[str]:
        (tmp_path / f"{number}.jsonl").write_text(text)
        assert tsa("ingest", f"{number}.jsonl").code == 0
        found = tsa("sessionize", "--format", "json").envelope["warnings"]
        assert isinstance(found, list)
        return [text for text in found if "currencies" in text]

    assert said(1, book(1) + book(2, currency="usd") + book(3, currency=" USD ")) == []
    assert said(2, book(4, currency="EUR")) == [
        "bookings are in 2 currencies (USD 2, EUR 1): values are added as they are"
    ]
