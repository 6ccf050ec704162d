"""Whom `tsa score` scores: the people of `tsa features` at the same moment."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import Tsa

from tsa_cli.cli.jobs.models import snapshot_of_then, snapshot_of_today
from tsa_cli.cli.session import GlobalOptions, Session

NEWEST = datetime(2026, 1, 9)
EVENTS = [
    {"timestamp": "2026-01-01", "anonymous_id": "a"},
    {"timestamp": "2026-01-05", "anonymous_id": "a", "user_id": "ann"},
    {"timestamp": "2026-01-09", "anonymous_id": "new"},
]


@pytest.mark.parametrize(
    ("age", "then", "now"), [(5, ["a"], ["ann"]), (0, ["ann", "new"], ["ann"])]
)
def test_scores_are_of_the_people_that_were_known_then(
    tsa: Tsa, tmp_path: Path, age: int, then: list[str], now: list[str]
) -> None:
    lines = [json.dumps({"event": "page_viewed", **event}) for event in EVENTS]
    (tmp_path / "log.jsonl").write_text("\n".join(lines) + "\n")
    assert tsa("ingest", "log.jsonl").code == tsa("sessionize").code == 0
    session, moment = Session(GlobalOptions()), NEWEST - timedelta(days=age)
    with session.writing("score", "") as run:
        scored = snapshot_of_then(session, run.store, is_default=age == 0)(moment)
        learned = snapshot_of_today(session, run.store)(moment)
    assert scored["user_id"].to_list() == then
    assert learned["user_id"].to_list() == now
