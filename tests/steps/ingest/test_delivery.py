"""An event that comes again with other times of sending is the same event."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.steps.ingest import source_files
from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.source_files import Line

LATER = "2026-05-01 10:30:00.000"
SENT_AGAIN: dict[str, dict[str, object]] = {
    "segment": {"sentAt": LATER, "receivedAt": LATER},
    "rudderstack": {"sentAt": LATER, "receivedAt": LATER},
    "amplitude": {"server_upload_time": LATER, "processed_time": LATER},
    "mixpanel": {"properties": {"mp_processing_time_ms": 1777631400000}},
    "posthog": {"created_at": LATER, "person_id": "merged"},
    "snowplow": {"etl_tstamp": LATER, "collector_tstamp": LATER, "dvce_sent_tstamp": LATER},
    "warehouse": {"received_at": LATER, "sent_at": LATER},
}
CALL: Line = {
    "type": "track", "event": "x", "messageId": "m", "anonymousId": "a",
    "timestamp": "2026-05-01T10:00:00.100Z", "originalTimestamp": "2026-05-01T10:00:00.000Z",
    "sentAt": "2026-05-01T10:00:01Z", "receivedAt": "2026-05-01T10:00:01.100Z",
    "properties": {"price": 1},
}  # fmt: skip


def counts(do_ingest: Ingest, path: Path, lines: list[Line]) -> tuple[int, int, int]:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    [report] = do_ingest(path).files
    assert report.read == report.inserted + report.duplicate + report.conflict + report.rejected
    return report.inserted, report.duplicate, report.conflict


def sent_again(line: Line, changed: dict[str, object]) -> Line:
    again: dict[str, Any] = {**line}
    for key, value in changed.items():
        is_object = isinstance(value, dict) and isinstance(again.get(key), dict)
        again[key] = {**again[key], **value} if is_object else value  # type: ignore[dict-item]
    return again


@pytest.mark.parametrize("name", SENT_AGAIN)
def test_an_event_that_is_sent_or_exported_again_is_a_duplicate(
    do_ingest: Ingest, tmp_path: Path, name: str
) -> None:
    lines = source_files.FILES[name]()
    again = [sent_again(line, SENT_AGAIN[name]) for line in lines]
    assert counts(do_ingest, tmp_path / "first.jsonl", lines) == (len(lines), 0, 0)
    assert counts(do_ingest, tmp_path / "again.jsonl", again) == (0, len(lines), 0)


@pytest.mark.parametrize(
    ("changed", "is_same"),
    [
        ({"sentAt": "2026-05-01T10:00:09Z"}, True),
        ({"timestamp": "2026-05-01T10:00:00.140Z", "sentAt": "2026-05-01T10:00:09Z"}, True),
        ({"originalTimestamp": "2026-05-01T10:00:05.000Z"}, False),
        ({"timestamp": "2026-05-01T10:00:00.140Z", "originalTimestamp": None}, False),
        ({"sentAt": "2026-05-01T10:00:09Z", "properties": {"price": 2}}, False),
        ({"sentAt": "2026-05-01T10:00:09Z", "anonymousId": "b"}, False),
    ],
)
def test_only_what_the_sending_says_may_differ(
    do_ingest: Ingest, tmp_path: Path, changed: Line, *, is_same: bool
) -> None:
    expected = (1, 1, 0) if is_same else (1, 0, 1)
    assert counts(do_ingest, tmp_path / "x.jsonl", [CALL, {**CALL, **changed}]) == expected


def test_a_time_of_a_line_without_the_device_s_own_is_content(
    do_ingest: Ingest, tmp_path: Path
) -> None:
    bare = {key: value for key, value in CALL.items() if key != "originalTimestamp"}
    later = {**bare, "timestamp": "2026-05-01T10:00:00.140Z"}
    assert counts(do_ingest, tmp_path / "x.jsonl", [bare, later]) == (1, 0, 1)
