"""An event that comes again with other times of sending is the same event."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.steps.ingest import source_files
from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.source_files import Line
from tsa_cli.store import Store

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


Counts = tuple[int, int, int]


def counts(do_ingest: Ingest, path: Path, lines: list[Line]) -> Counts:
    return counts_of_each(do_ingest, {path: lines})[0]


def counts_of_each(do_ingest: Ingest, files: Mapping[Path, list[Line]]) -> list[Counts]:
    """(inserted, duplicate, conflict) of each file, which are read by one run."""
    for path, lines in files.items():
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = []
    for report in do_ingest(*files).files:
        assert report.read == report.inserted + report.duplicate + report.conflict + report.rejected
        found.append((report.inserted, report.duplicate, report.conflict))
    return found


def sent_again(line: Line, changed: dict[str, object]) -> Line:
    again: dict[str, Any] = {**line}
    for key, value in changed.items():
        is_object = isinstance(value, dict) and isinstance(again.get(key), dict)
        again[key] = {**again[key], **value} if is_object else value  # type: ignore[dict-item]
    return again


def test_an_event_that_is_sent_or_exported_again_is_a_duplicate(
    do_ingest: Ingest, tmp_path: Path
) -> None:
    lines = {name: source_files.FILES[name]() for name in SENT_AGAIN}
    again = {
        name: [sent_again(line, SENT_AGAIN[name]) for line in lines[name]] for name in SENT_AGAIN
    }
    first = counts_of_each(do_ingest, {tmp_path / f"1-{n}.jsonl": of for n, of in lines.items()})
    second = counts_of_each(do_ingest, {tmp_path / f"2-{n}.jsonl": of for n, of in again.items()})
    for name, *found in zip(SENT_AGAIN, first, second, strict=True):
        count = len(lines[name])
        assert found == [(count, 0, 0), (0, count, 0)], name


def test_only_what_the_sending_says_may_differ(do_ingest: Ingest, tmp_path: Path) -> None:
    cases: list[tuple[Line, bool]] = [
        ({"sentAt": "2026-05-01T10:00:09Z"}, True),
        ({"timestamp": "2026-05-01T10:00:00.140Z", "sentAt": "2026-05-01T10:00:09Z"}, True),
        ({"originalTimestamp": "2026-05-01T10:00:05.000Z"}, False),
        ({"timestamp": "2026-05-01T10:00:00.140Z", "originalTimestamp": None}, False),
        ({"sentAt": "2026-05-01T10:00:09Z", "properties": {"price": 2}}, False),
        ({"sentAt": "2026-05-01T10:00:09Z", "anonymousId": "b"}, False),
    ]
    files = {}
    for number, (changed, _) in enumerate(cases):
        call = {**CALL, "messageId": f"m{number}"}
        files[tmp_path / f"{number}.jsonl"] = [call, {**call, **changed}]
    found = counts_of_each(do_ingest, files)
    assert found == [(1, 1, 0) if is_same else (1, 0, 1) for _, is_same in cases]


def test_a_time_of_a_line_without_the_device_s_own_is_content(
    do_ingest: Ingest, tmp_path: Path
) -> None:
    bare = {key: value for key, value in CALL.items() if key != "originalTimestamp"}
    later = {**bare, "timestamp": "2026-05-01T10:00:00.140Z"}
    assert counts(do_ingest, tmp_path / "x.jsonl", [bare, later]) == (1, 0, 1)


def test_an_event_whose_times_a_table_has_as_moments_is_a_duplicate(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    asked = {"properties": {"asked_for": "2026-05-02T09:00:00+02:00"}}
    path, again, other = (tmp_path / name for name in ("1.jsonl", "2.parquet", "3.parquet"))
    assert counts(do_ingest, path, [{**CALL, **asked}]) == (1, 0, 0)
    typed = f"from read_json('{path}')"
    store.connection().execute(f"copy (select * {typed}) to '{again}'")
    store.connection().execute(
        f"""copy (select * replace (originalTimestamp + interval 1 second as originalTimestamp)
        {typed}) to '{other}'"""
    )
    [same, changed] = do_ingest(again, other).files
    assert (same.duplicate, changed.conflict) == (1, 1)


def test_an_event_exported_again_after_mixpanel_has_merged_its_device_is_a_duplicate(
    do_ingest: Ingest, tmp_path: Path
) -> None:
    common: Line = {"time": 1777629601, "$insert_id": "m1", "$device_id": "d1"}

    def line(**properties: object) -> list[Line]:
        return [{"event": "a", "properties": {**common, **properties}}]

    merged = {"distinct_id": "u1", "$distinct_id_before_identity": "$device:d1"}
    files = {
        tmp_path / "1.jsonl": line(distinct_id="$device:d1"),
        tmp_path / "2.jsonl": line(**merged),
        tmp_path / "3.jsonl": line(**merged, price=5),
        tmp_path / "4.jsonl": line(**{**common, "distinct_id": "u1", "$device_id": "d2"}),
    }
    found = counts_of_each(do_ingest, files)
    assert found == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 1)]


def test_a_line_without_a_device_that_mixpanel_has_merged_meanwhile_is_a_duplicate(
    do_ingest: Ingest, tmp_path: Path
) -> None:
    def line(**properties: object) -> list[Line]:
        return [
            {"event": "a", "properties": {"time": 1777629601, "$insert_id": "m1", **properties}}
        ]

    files = {
        tmp_path / "1.jsonl": line(distinct_id="d3"),
        tmp_path / "2.jsonl": line(distinct_id="u1"),
        tmp_path / "3.jsonl": line(distinct_id="u1", **{"$device_id": "d4"}),
    }
    assert counts_of_each(do_ingest, files) == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]


def test_true_is_another_content_than_one(do_ingest: Ingest, tmp_path: Path) -> None:
    line: Line = {"event": "x", "event_id": "1", "user_id": "u", "timestamp": 1777629601}
    first = {**line, "properties": {"n": 1, "all": [{"is_new": True}, False]}}
    assert counts(do_ingest, tmp_path / "a.jsonl", [first]) == (1, 0, 0)
    others: list[dict[str, object]] = [
        {"n": 1.0, "all": [{"is_new": True}, False]},  # the same
        {"n": True, "all": [{"is_new": True}, False]},
        {"n": 1, "all": [{"is_new": 1}, False]},
        {"n": 1, "all": [{"is_new": True}, 0]},
    ]
    again = [{**line, "properties": properties} for properties in others]
    assert counts(do_ingest, tmp_path / "b.jsonl", again) == (0, 1, 3)
