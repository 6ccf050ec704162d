"""Refused lines are kept, read again after a fix, and dropped only when asked."""

from pathlib import Path

import pytest

from tests.steps.ingest.conftest import NOW, Ingest, ingest_config
from tests.steps.ingest.test_ledger import counts, event, quarantined, stored_ids
from tsa_cli.config import open_catalog
from tsa_cli.config.events import EventsConfig, PlannedEvent
from tsa_cli.config.metrics import MetricsConfig
from tsa_cli.steps import check, metrics
from tsa_cli.steps.ingest.lines_file import Line
from tsa_cli.steps.ingest.quarantine import Selection, drop, of_file, replay, rows, summary
from tsa_cli.steps.ingest.quarantine_rows import explained
from tsa_cli.store import Store

STRICT = EventsConfig(unplanned="quarantine", events={"booking_started": PlannedEvent()})
MENDED = EventsConfig(unplanned="quarantine", events={"page_viewed": PlannedEvent()})


def test_a_replay_after_a_fix_moves_the_good_lines_in_and_keeps_the_bad_ones(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join([event(1), b"{bad", event(2), b"", event(2)]) + b"\n")
    assert counts(do_ingest(path, plan=STRICT).files[0]) == (4, 0, 0, 0, 4)
    held = quarantined(store)
    assert [reason for _, _, reason in held] == [
        "unplanned_event", "invalid_json", "unplanned_event", "unplanned_event",
    ]  # fmt: skip
    [report] = replay(store, ingest_config(plan=MENDED), Selection(), "r2").files
    assert counts(report) == (4, 2, 1, 0, 1)
    assert stored_ids(store) == ["e1", "e2"]
    assert quarantined(store) == [held[1]]


def test_a_refused_line_is_held_for_each_place_and_each_text(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    for content in (b"{a\n", b"{a\n{a\n", b"{b\n{a\n"):
        path.write_bytes(content)
        do_ingest(path)
    held = rows(store, Selection(), 10)
    assert sorted((line["line_number"], line["raw"]) for line in held) == [
        (1, "{a"), (1, "{b"), (2, "{a"),
    ]  # fmt: skip


def test_a_replay_without_a_fix_changes_nothing(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(event(1) + b"\n{bad\n")
    do_ingest(path, plan=STRICT)
    before = quarantined(store)
    [report] = replay(store, ingest_config(plan=STRICT), Selection(), "r2").files
    assert counts(report) == (2, 0, 0, 0, 2)
    assert quarantined(store) == before


def validated(store: Store) -> tuple[float, float]:
    """(events that keep the plan, lines) of the shipped rate, which needs no sessions."""
    config = open_catalog(None).load(MetricsConfig, "metrics.yaml")
    [row] = metrics.run(store, config, names=["event_validation_rate"], as_of=NOW).rows
    return row.numerator, row.denominator


def test_the_validation_rate_counts_a_line_once_however_often_it_is_read(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(event(0) + b"\n{bad\n" + event(0, event="other") + b"\n")
    for number in range(1, 4):
        with path.open("ab") as log:
            log.write(event(number) + b"\n")
        do_ingest(path, plan=MENDED)
        assert validated(store) == (number + 1, number + 3)
    replay(store, ingest_config(plan=MENDED), Selection(), "r2")
    assert validated(store) == (4, 6)
    assert "4 readings of 1 file," in check.run(store).gates[0].detail
    replay(store, ingest_config(), Selection(), "r3")
    assert validated(store)[1] == 6
    drop(store, Selection(reason="invalid_json"), is_dry_run=False)
    assert validated(store)[1] == 5


def test_only_the_selected_lines_are_dropped(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(event(1) + b"\n{bad\n[]\n")
    (tmp_path / "b.jsonl").write_bytes(event(2) + b"\n{bad\n{bad\n")
    do_ingest(path)
    do_ingest(tmp_path / "b.jsonl")
    told = [tuple(row.values()) for row in summary(store, Selection())]
    assert told == [("invalid_json", 3), ("not_an_object", 1)]  # by reason, not by file
    assert drop(store, Selection(source_file=str(tmp_path / "b.jsonl")), is_dry_run=False) == 2
    assert drop(store, Selection(reason="not_an_object"), is_dry_run=True) == 1
    assert len(quarantined(store)) == 2
    assert [row["line_count"] for row in summary(store, Selection("not_an_object"))] == [1]
    assert drop(store, Selection(reason="not_an_object"), is_dry_run=False) == 1
    assert [reason for _, _, reason in quarantined(store)] == ["invalid_json"]


def test_a_file_is_found_however_it_is_spelled_and_a_wrong_name_is_told(
    store: Store, do_ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_bytes(event(1) + b"\n{bad\n")
    do_ingest(Path("a.jsonl"))
    meant = Selection(source_file="a.jsonl")
    for spelled in ("a.jsonl", "./a.jsonl", str(tmp_path / "a.jsonl"), "../x/a.jsonl"):
        asked = Selection(source_file=spelled.replace("x", tmp_path.name))
        assert of_file(store, asked) == (meant, [])
    assert of_file(store, Selection()) == (Selection(), [])
    wrong = Selection(source_file="b.jsonl")
    told = "no line is held of a file 'b.jsonl'; did you mean 'a.jsonl'?"
    assert of_file(store, wrong) == (wrong, [told])


def test_personal_values_of_a_refused_line_are_not_kept_in_clear(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"event": "x", "traits": {"email": "ann@example.com", "phone": "+18005550100"},'
        ' "ip": "203.0.113.77", "page_url": "https://shop.example/?email=bob@example.com"}\n'
        '{"event": "x", "traits": {"email": "eve@example.com"\n'
    )
    do_ingest(path)
    rows = store.records("1_events/quarantine_list.sql", reason="", source_file="", row_limit=9)
    text = "".join(str(row["raw"]) for row in rows)
    assert len(rows) == 2
    for clear in ("ann@", "eve@", "bob@", "18005550100", "113.77"):
        assert clear not in text


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"event":null,"timestamp":"","event_id":" "}', "missing_event"),
        (b'{"properties":{}}', "missing_event"),
        (b'{"event":"e","timestamp":null}', "invalid_json"),  # the engine gave nothing of it
        (b'{"event":', "invalid_json"),
        (b"[]", "not_an_object"),
    ],
)
def test_a_line_without_a_filled_field_is_no_bad_json(raw: bytes, reason: str) -> None:
    assert explained(Line(1, 0, raw), "invalid_json", 1000, 10).reason == reason
