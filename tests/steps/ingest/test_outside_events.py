"""Events that a source says are out of any session belong to no visit."""

from pathlib import Path

from tests.steps.histories import default_config
from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.source_files import Line
from tests.steps.ingest.test_sources import write
from tests.stored import table
from tsa_cli.steps import sessionize
from tsa_cli.store import Store

VISITS = "select user_id, events_count, start_time::varchar as start from dim_sessions order by all"
OUTSIDE = "select event_id from fact_events where session_id is null order by all"


def event(number: int, minute: int, session: int, device: str = "d1") -> Line:
    return {
        "uuid": f"e{number}", "event_type": "x", "device_id": device, "session_id": session,
        "event_time": f"2026-05-01 10:{minute:02}:00.000", "event_properties": {},
    }  # fmt: skip


def test_amplitudes_events_out_of_session_neither_open_nor_extend_a_visit(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    first = [event(1, 0, 7), event(2, 25, -1), event(3, 50, 8), event(4, 10, -1, device="d2")]
    later = [event(5, 59, -1), event(6, 55, 8)]
    for name, lines in (("a.jsonl", first), ("b.jsonl", later)):
        do_ingest(write(tmp_path / name, lines))
        sessionize.run(store, default_config())
    expected = [("d1", 1, "2026-05-01 10:00:00"), ("d1", 2, "2026-05-01 10:50:00")]
    for is_full in (False, True):
        sessionize.run(store, default_config(), is_full=is_full)
        assert [tuple(row.values()) for row in table(store, VISITS)] == expected
        assert [row["event_id"] for row in table(store, OUTSIDE)] == ["e2", "e4", "e5"]
