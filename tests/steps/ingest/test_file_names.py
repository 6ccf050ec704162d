"""A file is the one that its name says, and its folders say no more than it does itself."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from tests.steps.ingest.conftest import Ingest, ingest_config
from tests.steps.ingest.test_ledger import event, stored_ids
from tests.stored import worded
from tsa_cli.steps import ingest
from tsa_cli.store import Store


def write_parquet(path: Path, event_id: str, **columns: str) -> Path:
    """A Parquet file of one native event; its folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    row = {"event_id": event_id, "event": "x", "timestamp": "2026-05-01T10:00:00Z", "user_id": "u"}
    pl.DataFrame([row | columns]).write_parquet(path)
    return path


@pytest.mark.parametrize(
    ("name", "other"),
    [("a[b].parquet", "ab.parquet"), ("a*.parquet", "ab.parquet"), ("logs[1]/a.parquet", "logs1")],
)
def test_a_name_that_is_a_pattern_to_the_engine_is_that_file(
    store: Store, do_ingest: Ingest, tmp_path: Path, name: str, other: str
) -> None:
    write_parquet(tmp_path / (other if other.endswith("parquet") else f"{other}/a.parquet"), "no")
    [report] = do_ingest(write_parquet(tmp_path / name, "yes")).files
    assert (report.inserted, stored_ids(store)) == (1, ["yes"])


@pytest.mark.parametrize("name", ["~a.jsonl", "~a/b.jsonl", "a[1].jsonl", "a?.jsonl"])
def test_lines_are_read_from_a_file_of_any_name(
    store: Store, do_ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).parent.mkdir(exist_ok=True)
    Path("a1.jsonl").write_bytes(event(7) + b"\n")
    Path(name).write_bytes(event(1) + b"\n{bad\n" + event(2) + b"\n")
    [report] = do_ingest(Path(name)).files
    assert (report.inserted, report.rejected) == (2, 1)
    assert len(stored_ids(store)) == 2


def test_a_folder_named_as_a_column_says_what_the_file_does_not(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    write_parquet(tmp_path / "in" / "user_id=other" / "a.parquet", "own", user_id="ann")
    write_parquet(tmp_path / "in" / "country=DE" / "a[1].parquet", "more", user_id="bob")
    do_ingest(tmp_path / "in")
    held = {str(row["event_id"]): row for row in worded(store, "event_id")}
    assert (held["own"]["user_id"], held["own"]["properties"]) == ("ann", "{}")
    assert (held["more"]["user_id"], held["more"]["properties"]) == ("bob", '{"country":"DE"}')


def test_who_watches_is_told_how_many_files_were_found_so_far(store: Store, tmp_path: Path) -> None:
    for name in ("a/1", "a/2", "b/3"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.jsonl").write_bytes(event(1) + b"\n")
    told: list[str] = []
    paths = [str(tmp_path / name) for name in ("a", "b", "b/3.jsonl")]
    ingest.run(store, ingest_config(), paths, "run", told.append)
    looked = ["looking for files: 2 found", "looking for files: 3 found"]
    assert told == looked + [f"reading {tmp_path / n}.jsonl" for n in ("a/1", "a/2", "b/3")]


@pytest.mark.parametrize("ending", ["gz", "zst", "sz", "br", "lz4", "snappy"])
def test_a_folder_has_parquet_files_that_are_named_by_what_packs_their_pages(
    store: Store, do_ingest: Ingest, tmp_path: Path, ending: str
) -> None:
    write_parquet(tmp_path / "in" / f"a.parquet.{ending}", "1")
    (tmp_path / "in" / "2026-05-01_manifest.json").write_text('{"files": ["a.parquet.sz"]}\n')
    [report] = do_ingest(tmp_path / "in").files
    assert (report.inserted, stored_ids(store)) == (1, ["1"])


def test_a_folder_has_packed_files_whose_names_say_no_more(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    names = ["events.gz", "1487820000000.4f1a9c.gz", "dump.sql.gz", "site.tar.gz"]
    (tmp_path / "in").mkdir()
    for number, name in enumerate(names):
        (tmp_path / "in" / name).write_bytes(gzip.compress(event(number) + b"\n"))
    report = do_ingest(tmp_path / "in")
    assert (len(report.files), stored_ids(store)) == (2, ["e0", "e1"])


def test_lines_say_all_that_they_say_themselves(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    """To the engine a folder KEY=VALUE is a column, which was stronger than what a line has."""
    place = tmp_path / "user_id=z" / "a.jsonl"
    place.parent.mkdir()
    place.write_bytes(event(1) + b"\n")
    do_ingest(place)
    assert [row["user_id"] for row in worded(store, "event_id")] == ["ann"]
