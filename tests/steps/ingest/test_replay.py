"""A replayed line is the event that its file gives; without the file, as much of it as was kept."""

import gzip
import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import polars as pl
import pytest

from tests.soak import soaked
from tests.steps.ingest.conftest import Ingest, ingest_config
from tests.steps.ingest.test_ledger import counts
from tests.stored import table, worded
from tsa_cli.config.events import EventsConfig
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.config.tsa import TsaConfig
from tsa_cli.privacy.field_crypto import Keys, sha256_hex
from tsa_cli.steps.ingest import chosen_mapping
from tsa_cli.steps.ingest.quarantine import Selection, replay
from tsa_cli.steps.ingest.report import FileReport
from tsa_cli.store import Store, open_store

STRICT = EventsConfig(unplanned="quarantine")
KEYS = Keys(encryption=bytes(32))
BASE = {"event": "x", "timestamp": "2026-05-01T10:00:00Z"}
SENT: list[dict[str, Any]] = [
    {
        **BASE,
        "user_id": "amy@x.de",
        "note": "two\nlines",  # of a table; its next row is not on the next line
        "properties": {"url": "/?email=a", "a": {"b": [1, "é"]}},
    },
    {**BASE, "user_id": "bob@x.de", "traits": {"email": "bob@x.de"}, "ip": "2001:db8:1:2::9"},
    {**BASE, "user_id": "eve", "event_id": "e", "ip": "203.0.113.7", "page_url": "/?email=e"},
]


def replayed(store: Store, keys: Keys = KEYS, **tsa: Any) -> FileReport:
    """The report of a replay under a plan that takes everything."""
    config = ingest_config(keys=keys, tsa=TsaConfig(**tsa))
    [report] = replay(store, config, Selection(), "r2").files
    return report


def stored(store: Store) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The events in words, and what is known of people but for what is encrypted."""
    traits = table(store, "select user_id, key, value from user_traits order by all")
    rows = worded(store, "event_id")
    kept = [{key: row[key] for key in row if key not in ("load_id", "event_seq")} for row in rows]
    return kept, [row for row in traits if "enc:" not in row["value"]]


def written(folder: Path, kind: str) -> Path:
    """The lines as a file."""
    text = "\n" + "".join(json.dumps(line) + "\n" for line in SENT)
    path = folder / f"a.{kind}"
    texts = [{k: json.dumps(v) if isinstance(v, dict) else v for k, v in x.items()} for x in SENT]
    rows = pl.DataFrame([{key: None for line in texts for key in line} | line for line in texts])
    if kind == "parquet":
        rows.write_parquet(path)
    elif kind == "csv":
        rows.write_csv(path)
    else:
        path.write_bytes(gzip.compress(text.encode()) if kind == "jsonl.gz" else text.encode())
    return path


@pytest.mark.parametrize("kind", ["jsonl.gz", "parquet", *soaked(["jsonl", "csv"])])
def test_a_line_that_its_file_still_has_is_the_event_of_a_direct_ingest(
    store: Store, do_ingest: Ingest, tmp_path: Path, kind: str
) -> None:
    path = written(tmp_path, kind)
    assert counts(do_ingest(path, plan=STRICT, keys=KEYS).files[0]) == (3, 0, 0, 0, 3)
    report = replayed(store)
    assert (counts(report), report.warning) == ((3, 3, 0, 0, 0), "")
    assert report.detail == "replayed: 3 from the file"
    assert counts(do_ingest(path, keys=KEYS, is_forced=True).files[0]) == (3, 0, 3, 0, 0)
    with open_store(tmp_path / "direct.duckdb") as direct:
        from tsa_cli.steps import ingest

        ingest.run(direct, ingest_config(keys=KEYS), [str(path)], "run")
        assert stored(store) == stored(direct)


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_without_the_file_people_stay_apart_and_the_result_says_so(
    store: Store, do_ingest: Ingest, tmp_path: Path, change: str
) -> None:
    path = written(tmp_path, "jsonl")
    do_ingest(path, plan=STRICT, keys=KEYS)
    path.unlink() if change == "gone" else path.write_text(path.read_text().replace("@x", "@y"))
    report = replayed(store)
    assert counts(report) == (3, 3, 0, 0, 0)
    is_one_left = change == "changed"  # the line of eve has no address
    assert f"{2 if is_one_left else 3} from the cleaned text" in report.detail
    assert "cleaned text" in report.warning
    events, traits = stored(store)
    amy, bob = (f"sha256:{sha256_hex(name)}" for name in ("amy@x.de", "bob@x.de"))
    assert {row["user_id"] for row in events} == {amy, bob, "eve"}
    assert {row["ip_address"] for row in events} == {None, "2001:db8:1::", "203.0.113.0"}
    assert traits == [{"user_id": bob, "key": "email_sha256", "value": bob}]  # was decrypted


def test_a_line_that_was_cut_is_replayed_from_its_file_only(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    long = {**BASE, "user_id": "amy@x.de", "properties": {"x": "a" * 120_000}}
    path.write_text(json.dumps(long) + "\n")
    do_ingest(path, tsa=TsaConfig(max_line_bytes=110_000))
    kept = "select reason, detail, raw, line_number, byte_offset from quarantined_events"
    [before] = table(store, kept)
    assert before["reason"] == "line_too_long"
    assert "raise max_line_bytes" in before["detail"]
    assert len(before["raw"]) < 101_000

    assert counts(replayed(store, max_line_bytes=110_000)) == (1, 0, 0, 0, 1)  # not raised
    assert table(store, kept) == [before]
    path.rename(tmp_path / "elsewhere.jsonl")
    report = replayed(store, max_line_bytes=200_000)
    assert counts(report) == (1, 0, 0, 0, 1)
    assert "1 line stays as it is" in report.warning
    assert table(store, kept) == [before]
    (tmp_path / "elsewhere.jsonl").rename(path)
    assert counts(replayed(store, max_line_bytes=200_000)) == (1, 1, 0, 0, 0)
    assert [row["user_id"] for row in worded(store, "user_id")] == ["amy@x.de"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_line_held_leaves_quarantine_when_its_file_is_read_whole(
    store: Store, do_ingest: Ingest, tmp_path: Path, kind: str
) -> None:
    path = written(tmp_path, kind)
    do_ingest(path, plan=STRICT, keys=KEYS)
    assert counts(do_ingest(path, keys=KEYS, is_forced=True).files[0]) == (3, 3, 0, 0, 0)
    assert table(store, "from quarantined_events") == []


def test_only_what_is_read_otherwise_leaves_quarantine(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    event = '{"event": "%s", "user_id": "u", "timestamp": "2026-05-01T10:00:00Z"}\n'
    path.write_text("nonsense\n" + event % "x" + event % "y" + event % "z")
    do_ingest(path, plan=STRICT)
    path.write_text(path.read_text().replace('"z"', '"Z"'))
    needing = {"y": {"policy": "quarantine", "required": ["price"]}}
    plan = EventsConfig.model_validate({"unplanned": "allow", "events": needing})
    assert counts(do_ingest(path, plan=plan, is_forced=True).files[0]) == (4, 2, 0, 0, 2)
    held = table(store, "select line_number, reason, load_id from quarantined_events order by all")
    assert [tuple(row.values()) for row in held] == [
        (1, "invalid_json", 1),
        (3, "required_missing", 2),
        (4, "unplanned_event", 1),  # its text is in no file any more
    ]


def test_one_file_under_two_spellings_is_one_and_is_found_from_another_folder(
    store: Store, do_ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "jsonl")
    monkeypatch.chdir(tmp_path)
    do_ingest(Path(path.name), plan=STRICT)
    do_ingest(path, plan=STRICT, is_forced=True)
    with path.open("a") as log:
        log.write(json.dumps({**BASE, "user_id": "new"}) + "\n")
    read_whole = Mock(side_effect=AssertionError("it is known where it ended"))
    monkeypatch.setattr(chosen_mapping, "choose", read_whole)
    assert counts(do_ingest(path, plan=STRICT).files[0]) == (4, 0, 0, 0, 4)
    names = table(store, "select source_file from quarantined_events order by line_number")
    assert [row["source_file"] for row in names] == ["a.jsonl"] * 3 + [str(path)]
    (tmp_path / "cron").mkdir()
    monkeypatch.chdir(tmp_path / "cron")
    Path("a.jsonl").write_text("another file\n")
    files = replay(store, ingest_config(), Selection(), "r2").files
    details = sorted(file.detail for file in files)
    assert details == ["replayed: 1 from the file", "replayed: 3 from the file"]


def test_the_lines_of_one_name_in_two_folders_are_replayed_once_each(
    store: Store, do_ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in ("monday", "tuesday"):
        (tmp_path / day).mkdir()
        monkeypatch.chdir(tmp_path / day)
        line = {**BASE, "event_id": day, "user_id": "u"}
        Path("a.jsonl").write_text(json.dumps(line) + "\n")
        do_ingest(Path("a.jsonl"), plan=STRICT)
    files = replay(store, ingest_config(), Selection(), "r2").files
    assert [counts(file) for file in files] == [(1, 1, 0, 0, 0)] * 2
    assert [row["event_id"] for row in worded(store, "event_id")] == ["monday", "tuesday"]


def test_of_two_held_lines_with_one_id_the_one_that_came_first_holds(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    for name, properties in (("b", {"v": 1}), ("a", {"v": 2})):
        line = {**BASE, "event_id": "x", "user_id": "u", "properties": properties}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(line) + "\n")
        do_ingest(tmp_path / f"{name}.jsonl", plan=STRICT)
    still = ingest_config(plan=STRICT)
    replay(store, still, Selection(source_file=str(tmp_path / "b.jsonl")), "r1")  # read once more
    replay(store, ingest_config(), Selection(), "r2")
    assert [json.loads(row["properties"]) for row in worded(store, "event_id")] == [{"v": 1}]


@pytest.mark.parametrize("door", ["replay", "replay without the file", "whole reading"])
def test_a_line_that_stays_refused_is_held_once_by_the_rules_of_now(
    store: Store, do_ingest: Ingest, tmp_path: Path, door: str
) -> None:
    path = tmp_path / "a.jsonl"
    line = {"event": "x", "user_id": "u", "properties": {"street": "Lime 1", "phone": "+491701234"}}
    path.write_text(json.dumps(line) + "\n" + '{"street": "Lime 2", "x\n')
    do_ingest(path)
    stricter = PrivacyConfig(pii={"street": "hash", "phone": "drop"})
    if door == "whole reading":
        do_ingest(path, privacy=stricter, is_forced=True)
    else:
        if door != "replay":
            path.unlink()
        replay(store, ingest_config(privacy=stricter), Selection(), "r2")
    held = table(store, "select line_number, reason, raw from quarantined_events order by all")
    assert [(row["line_number"], row["reason"]) for row in held] == [
        (1, "missing_timestamp"), (2, "invalid_json"),
    ]  # fmt: skip
    assert "Lime" not in repr(held)
    assert "phone" not in held[0]["raw"]
