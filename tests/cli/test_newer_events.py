"""What came after `tsa sessionize` is in no report: they say so."""

import json
from pathlib import Path

from tests.conftest import Tsa

LINE = '{"event": "page_viewed", "timestamp": "2024-01-0%dT10:00:00Z", "user_id": "u"}\n'


def test_reports_warn_of_events_that_are_not_sessionized_yet(tsa: Tsa, tmp_path: Path) -> None:
    def asked(*words: str) -> dict[str, object]:
        ran = tsa(*words, "--format", "json")
        assert ran.code == 0, ran.err
        answer: dict[str, object] = json.loads(ran.out)
        return answer

    def ingest(day: int) -> None:
        (tmp_path / f"{day}.jsonl").write_text(LINE % day)
        asked("ingest", f"{day}.jsonl")

    ingest(1)
    asked("sessionize")
    ingest(9)
    warning = "1 newer events: `tsa sessionize` takes them in"
    features = asked("features", "--as-of", "3d")
    assert (features["as_of"], features["warnings"]) == ("2024-01-06T10:00:00Z", [warning])
    assert asked("metrics", "pages_per_session")["warnings"] == [warning]
    asked("sessionize")
    assert asked("features")["warnings"] == []
    call = LINE.replace("page_viewed", "$identify").replace("}", ', "anonymous_id": "a"}')
    (tmp_path / "call.jsonl").write_text(call % 9)
    asked("ingest", "call.jsonl")
    assert asked("features")["warnings"] == [warning]
