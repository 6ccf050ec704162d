"""Sessions of logs that no one here made: Spark's window tests, a shop's 31,106 events."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.steps.histories import Event, add_events, default_config, table
from tsa_cli.config.sessions import SessionsConfig
from tsa_cli.steps import sessionize
from tsa_cli.store import Store

OPEN = Path(__file__).resolve().parents[3] / "shared/acceptance/open"
ROWS = "select user_id, start_time, end_time, events_count from dim_sessions order by all"
needs_cases = pytest.mark.skipif(not OPEN.is_dir(), reason="../shared/acceptance/open is absent")


def cases(name: str) -> list[dict[str, object]]:
    if not OPEN.is_dir():
        return []
    with gzip.open(OPEN / name, "rt", encoding="utf-8") as lines:
        found: list[dict[str, object]] = json.load(lines)["cases"]
        return found


def sessions(store: Store, events: list[Event], **config: object) -> list[dict[str, object]]:
    add_events(store, events)
    sessions = SessionsConfig.model_validate(config)
    sessionize.run(store, default_config(sessions=sessions))
    return table(store, ROWS)


@needs_cases
@pytest.mark.parametrize("case", cases("sessions.json.gz"), ids=lambda case: str(case["id"]))
def test_spark_s_session_windows(case: dict[str, object], store: Store) -> None:
    start = datetime(1970, 1, 1)
    given, want = case["events"], case["expected"]
    assert isinstance(given, list)
    assert isinstance(want, list)
    events = [
        Event(f"e{n}", "page_viewed", start + timedelta(seconds=e["t"]), e["user"], e["user"])
        for n, e in enumerate(given)
    ]
    got = sessions(store, events, timeout=f"{int(str(case['gap_seconds']))}s")
    rows = [
        (
            str(row["user"]),
            start + timedelta(seconds=row["start"]),
            start + timedelta(seconds=row["end"]),
            row["n_events"],
        )
        for row in want
    ]
    assert [tuple(row.values()) for row in got] == sorted(rows)


@needs_cases
@pytest.mark.parametrize("case", cases("session_rows.json.gz"), ids=lambda case: str(case["id"]))
def test_a_shop_s_sessions_row_for_row(case: dict[str, object], store: Store) -> None:
    with gzip.open(OPEN / str(case["events"]), "rt", encoding="utf-8") as lines:
        given = [json.loads(line) for line in lines]
    events = [
        Event(
            event_id=e["event_id"],
            event_type=e["event"],
            event_ts=datetime.fromisoformat(e["timestamp"]).astimezone(UTC).replace(tzinfo=None),
            user_id=e["user_id"],
            anonymous_id=e["anonymous_id"],
            properties=e["properties"],
        )
        for e in given
    ]
    timeout = f"{int(str(case['timeout_seconds']))}s"
    got = sessions(store, events, timeout=timeout, max_duration="3650d")
    assert len(got) == case["sessions"]
    rows = [[str(value)[:19] for value in row.values()] for row in got]
    want = case["rows"]
    assert isinstance(want, list)
    assert sorted(rows) == sorted([[str(value)[:19] for value in row] for row in want])
