"""The quality gates: each can pass and each can fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.steps.reports.conftest import Event, Given

from tsa_cli.steps import check
from tsa_cli.steps.check import CheckReport
from tsa_cli.store import Store, open_store

GivenEvents = Callable[[Sequence[Event]], Given]
START = datetime(2024, 5, 1)


@dataclass(frozen=True)
class Judged:
    metric: str = "cart_abandonment_rate"
    value: float | None = 0.8
    denominator: float = 100
    target: float | None = 0.7
    target_relation: str = "<"
    ok: bool | None = False


@pytest.fixture
def store(given: GivenEvents) -> Store:
    """Five lines: three events kept (one of a server), a duplicate, a rejected one."""
    filled = given(
        [
            Event("a", START, "page_viewed"),
            Event("a", START + timedelta(hours=2), "page_viewed"),
            Event("a", START + timedelta(hours=3), "service_completed", is_server=True),
        ]
    ).store
    ledger(filled)
    statement(filled, "create or replace table sessionize_state as select 2 as last_event_seq")
    return filled


def ledger(store: Store, **changed: int) -> None:
    counts = {"read": 5, "inserted": 3, "duplicate": 1, "conflict": 0, "rejected": 1} | changed
    row = {
        "load_id": 1, "run_id": "r", "path": "day.jsonl", "source": "native", "sha256": "x",
        "size_bytes": 1, "left_bytes": 0, "status": "ingested", "ingested_at": START,
        **{f"{name}_count": count for name, count in counts.items()},
    }  # fmt: skip
    store.insert("ingested_files", pl.DataFrame([row]))


def statement(store: Store, sql: str) -> None:
    store.connection().execute(sql).fetchall()


def broken(report: CheckReport) -> list[str]:
    return [gate.gate for gate in report.gates if gate.ok is False]


def test_a_store_in_which_everything_adds_up_passes(store: Store) -> None:
    report = check.run(store)
    assert report.ok
    assert [gate.detail for gate in report.gates] == [
        "5 read = 3 inserted + 1 duplicate + 0 conflict + 1 rejected",
        "3 stored of 3 inserted",
        "3 events = 3 analysed + 0 left out + 0 not sessionized yet",
        "3 analysed = 2 in sessions + 1 server-side",
        "2 sessions, 2 with events",
    ]


@pytest.mark.parametrize(
    ("sql", "gate"),
    [
        ("update ingested_files set rejected_count = 0", "lines_read"),
        ("update ingested_files set inserted_count = 4, read_count = 6", "lines_stored"),
        ("delete from raw_events where event_ts > '2024-05-01 01:00:00'", "lines_stored"),
        ("delete from core where core_seq = 0", "events_in_core"),
        ("update session_rows set events_count = 7", "events_in_sessions"),
        ("delete from session_rows where session_key = 1", "sessions"),
    ],
)
def test_what_does_not_add_up_is_a_breach(store: Store, sql: str, gate: str) -> None:
    statement(store, sql)
    report = check.run(store)
    assert not report.ok
    assert gate in broken(report)


def test_losses_of_one_file_are_not_hidden_by_gains_of_another(store: Store) -> None:
    statement(store, "update ingested_files set read_count = 6")
    ledger(store, read=0, inserted=0, duplicate=0, rejected=1)
    report = check.run(store)
    assert broken(report) == ["lines_read"]
    assert "2 files do not add up, the first: day.jsonl" in report.gates[0].detail


def test_events_that_wait_for_sessionize_are_counted_not_missed(store: Store) -> None:
    statement(store, "update sessionize_state set last_event_seq = 1")
    statement(store, "delete from core where event_seq = 2")
    report = check.run(store)
    assert report.ok
    assert "1 not sessionized yet" in report.gates[2].detail


def test_what_privacy_erased_is_no_loss(store: Store) -> None:
    statement(store, "delete from raw_events where event_ts > '2024-05-01 02:30:00'")
    statement(store, "delete from core where is_server")
    assert broken(check.run(store)) == ["lines_stored"]
    statement(
        store,
        "insert into runs (run_id, command, started_at, status)"
        " values ('r', 'privacy erase', '2024-05-02', 'done')",
    )
    report = check.run(store)
    assert report.ok
    assert "1 erased" in report.gates[1].detail


def test_a_missed_target_is_a_breach_and_an_unjudged_one_is_not(store: Store) -> None:
    assert broken(check.run(store, [Judged()])) == ["cart_abandonment_rate"]
    assert check.run(store, [Judged(ok=True)]).ok
    few = check.run(store, [Judged(ok=None, denominator=3)])
    assert few.ok
    assert few.gates[-1].detail == "not judged: only 3 to measure"
    assert len(check.run(store, [Judged(target=None, ok=None)]).gates) == 5


def test_in_an_empty_store_there_is_nothing_to_judge(tmp_path: Path) -> None:
    with open_store(tmp_path / "t.duckdb") as store:
        report = check.run(store)
    assert report.ok
    assert [gate.ok for gate in report.gates] == [None] * 5


def test_lines_that_were_all_rejected_are_judged(tmp_path: Path) -> None:
    with open_store(tmp_path / "t.duckdb") as store:
        ledger(store, read=2, inserted=0, duplicate=0, rejected=2)
        assert [gate.ok for gate in check.run(store).gates[:2]] == [True, None]
        ledger(store, read=0, inserted=1, duplicate=0, rejected=0)
        assert broken(check.run(store)) == ["lines_read", "lines_stored"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (Judged(denominator=1_234_567), "0.8 (n 1,234,567) misses the target < 0.7"),
        (
            Judged(value=61_234.5, denominator=2_000, target=1_500_000, ok=True),
            "61,234 (n 2,000) keeps the target < 1,500,000",
        ),
        (
            Judged(value=None, denominator=1_500_000, ok=None),
            "not judged: only 1,500,000 to measure",
        ),
    ],
)
def test_a_large_number_is_told_to_its_last_digit(store: Store, row: Judged, told: str) -> None:
    assert check.run(store, [row]).gates[-1].detail == told


def test_the_counts_of_a_gate_read_alike(store: Store) -> None:
    ledger(store, read=1_234_567, inserted=0, duplicate=1_234_567, rejected=0)
    assert check.run(store).gates[0].detail.startswith("1,234,572 read = 3 inserted + 1,234,568 du")
