"""What becomes of a timestamp, an address and a URL on the way in."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.steps.ingest.conftest import Ingest
from tests.stored import table, worded
from tsa_cli.config.tsa import TsaConfig
from tsa_cli.enrich.ip import truncate_ip
from tsa_cli.store import Store

TIMESTAMPS = {
    "2026-05-01T10:00:00Z": datetime(2026, 5, 1, 10),
    "2026-05-01T10:00:00.123456Z": datetime(2026, 5, 1, 10, 0, 0, 123456),
    "2026-05-01T10:00:00": datetime(2026, 5, 1, 10),
    "2026-05-01 10:00": datetime(2026, 5, 1, 10),
    "2026-05-01T10:00:00+02:00": datetime(2026, 5, 1, 8),
    "2026-05-01T10:00:00-0530": datetime(2026, 5, 1, 15, 30),
    "2026-05-01": datetime(2026, 5, 1),
    1777629600: datetime(2026, 5, 1, 10),
    1777629600.25: datetime(2026, 5, 1, 10, 0, 0, 250000),
    1777629600123: datetime(2026, 5, 1, 10, 0, 0, 123000),
    1777629600123456: datetime(2026, 5, 1, 10, 0, 0, 123456),
    1777629600123456789: datetime(2026, 5, 1, 10, 0, 0, 123456),
    # Of each magnitude a number with one digit fewer than those of today.
    999999999: datetime(2001, 9, 9, 1, 46, 39),
    999999999999: datetime(2001, 9, 9, 1, 46, 39, 999000),
    999999999999.5: datetime(2001, 9, 9, 1, 46, 39, 999500),
    999999999999999: datetime(2001, 9, 9, 1, 46, 39, 999999),
    999999999999999.2: datetime(2001, 9, 9, 1, 46, 39, 999999),
    999999999999999999: datetime(2001, 9, 9, 1, 46, 39, 999999),
    9.999999999999999e17: datetime(2001, 9, 9, 1, 46, 40),
    "1777629600123": datetime(2026, 5, 1, 10, 0, 0, 123000),
    "2026-05-01t10:00:00.5z": datetime(2026, 5, 1, 10, 0, 0, 500000),
    "2026-05-01 10:00:00,123": datetime(2026, 5, 1, 10, 0, 0, 123000),
    "2026-05-01T10:00:00,5+02:00": datetime(2026, 5, 1, 8, 0, 0, 500000),
    "2026-05-01T10:00,5": None,
    "2026-05-01t10:00:00+02:00": datetime(2026, 5, 1, 8),
    "20260501T100000Z": datetime(2026, 5, 1, 10),
    "2026-05-01 10:00:00.250 +0200": datetime(2026, 5, 1, 8, 0, 0, 250_000),  # Snowflake's own form
    "2026-05-01 10:00:00 -03:30": datetime(2026, 5, 1, 13, 30),
    "20260501T120000+0200": datetime(2026, 5, 1, 10),
    "2026-05-01T10:00:00-23:59": datetime(2026, 5, 2, 9, 59),
    "2026-05-01T10:00:00-24:00": None,
    "2026-05-01T10:00:00+99:00": None,
    "2026-05-01T10:00:00.5+2400": None,
    "2026-05-01 10:00+99": None,
    "2026-05-01T10:00:00+02:60": None,
    "2026-05-31": datetime(2026, 5, 31),
    "2026-05-01T10:00:00+02:00Z": None,
    "2026-05-01T10:00:61Z": None,
    "infinity": None,
    "epoch": None,
    "now": None,
    "12:30": None,
    True: None,
}


def test_a_timestamp_is_stored_in_utc_or_refused(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    lines = [{"event": "e", "user_id": repr(sent), "timestamp": sent} for sent in TIMESTAMPS]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    do_ingest(tmp_path / "a.jsonl", tsa=TsaConfig(max_file_rejected=1))
    stored = {row["user_id"]: row["event_ts"] for row in worded(store, "user_id")}
    wanted = {repr(sent): moment for sent, moment in TIMESTAMPS.items() if moment is not None}
    assert stored == wanted


EARLIEST, LATEST = "1990-01-01T00:00:00", "2026-06-02T12:00:00"  # both are plausible


def test_a_time_is_plausible_from_min_timestamp_to_max_future_both_included(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    sent = [EARLIEST, LATEST, "1989-12-31T23:59:59.999999", f"{LATEST}.000001"]
    lines = [{"event": "e", "user_id": text, "timestamp": f"{text}Z"} for text in sent]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    do_ingest(tmp_path / "a.jsonl", tsa=TsaConfig(max_file_rejected=1))
    assert [row["user_id"] for row in worded(store, "user_id")] == [EARLIEST, LATEST]
    held = table(store, "select line_number, reason from quarantined_events order by all")
    assert [tuple(row.values()) for row in held] == [
        (3, "timestamp_out_of_range"), (4, "timestamp_out_of_range"),
    ]  # fmt: skip


ADDRESSES = [
    "203.0.113.77", "255.255.255.255", "2001:db8:1:2::5", "2001:0db8:0001::", "::1", "::",
    "fe80::1:2:3:4", "::ffff:203.0.113.77", "2001:DB8:ABCD:12:34:56:78:9A", "not an address",
    "1.2.3", "1:2:3:4:5:6:7:8",
]  # fmt: skip


def test_every_address_is_stored_as_the_plain_function_truncates_it(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    rows = [
        {"event": "e", "user_id": f"{n:02d}", "timestamp": 1777629600, "ip": address}
        for n, address in enumerate(ADDRESSES)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    do_ingest(tmp_path / "a.jsonl")
    stored = [row["ip_address"] for row in worded(store, "user_id")]
    assert stored == [truncate_ip(address) for address in ADDRESSES]


def test_personal_values_in_urls_are_redacted_before_they_are_stored(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    line = {
        "event": "e", "user_id": "u", "timestamp": 1777629600,
        "page_url": "https://shop.example/book?email=ann%40example.com&x=1#ann@example.com",
        "referrer_url": "https://ann:secret@mail.example/?phone=5550100",
    }  # fmt: skip
    (tmp_path / "a.jsonl").write_text(json.dumps(line) + "\n")
    do_ingest(tmp_path / "a.jsonl")
    [row] = worded(store, "user_id")
    assert row["page_url"] == "https://shop.example/book?email=(redacted)&x=1#(redacted)"
    assert row["referrer_url"] == "https://mail.example/?phone=(redacted)"


@pytest.mark.parametrize("properties", [{}, {"fingerprint": "f1"}, {"email": "ann@example.com"}])
def test_an_anonymous_visitor_of_the_tracker_is_known_by_fingerprint_else_session(
    store: Store, do_ingest: Ingest, tmp_path: Path, properties: dict[str, str]
) -> None:
    body = {"event": "e", "properties": properties, "timestamp": 1777629600123, "session_id": "s1"}
    lines = [{**body, "user_id": None}, {**body, "user_id": "u1"}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    [report] = do_ingest(tmp_path / "a.jsonl").files
    assert (report.inserted, report.rejected) == (2, 0)
    found = [(row["user_id"], row["anonymous_id"]) for row in worded(store, "user_id")]
    device = properties.get("fingerprint", "s1")
    assert sorted(found, key=str) == sorted([(None, device), ("u1", device)], key=str)
