"""The one side of the benchmark that calls the parts of a step itself still works as the step."""

import json
import sys
from pathlib import Path

import pytest
from benchmarks.sides import tsa_sessions
from tests.conftest import Tsa

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


def test_the_sessions_it_cuts_are_those_of_the_step(
    tsa: Tsa, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tsa("ingest", SAMPLE / "events.jsonl").code == 0
    assert tsa("sessionize").code == 0
    counts = "select count(*) as sessions, sum(events_count) as events from dim_sessions"
    expected = tsa("sql", counts, "--format", "json").data
    monkeypatch.setattr(sys, "argv", ["tsa_sessions", "tsa.duckdb"])
    tsa_sessions.main()
    answer = json.loads(capsys.readouterr().out)["answer"]
    assert expected == [{name: answer[name] for name in ("sessions", "events")}]
