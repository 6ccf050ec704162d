"""The one side of the benchmark that calls the parts of a step itself still works as the step."""

import sys
from pathlib import Path

import duckdb
import pytest
from benchmarks.sides import tsa_sessions
from tests.conftest import Tsa

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


def test_the_sessions_it_cuts_are_those_of_the_step(
    tsa: Tsa, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tsa("ingest", SAMPLE / "events.jsonl").code == 0
    assert tsa("sessionize").code == 0
    counts = "select count(*) as sessions, sum(events_count) as events from "
    expected = tsa("sql", f"{counts} dim_sessions", "--format", "json").data
    monkeypatch.setattr(sys, "argv", ["tsa_sessions", "tsa.duckdb"])
    tsa_sessions.main()
    with duckdb.connect("tsa.duckdb", read_only=True) as store:
        found = store.execute(f"{counts} bench_sessions").fetchall()
    assert [tuple(row.values()) for row in expected] == found
