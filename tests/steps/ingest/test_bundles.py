"""Small files are read and stored together: each of them ends as it would by itself."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.steps.ingest.test_ledger import counts, event, stored_ids
from tests.steps.ingest.test_read_files import contents, run_on
from tests.steps.ingest.test_unseen_keys import ODD, PLAIN, sample_all
from tests.stored import table
from tsa_cli.steps.ingest import read_bundle, read_files
from tsa_cli.steps.ingest.load import Loader
from tsa_cli.store import Store, connection, open_store

Together = list[list[str]]


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Together:
    """The names of the files of each transaction for several, or for the first of a bundle."""
    seen: Together = []
    store_together = Loader.together

    @contextmanager
    def noted(loader: Any, whole: Any, files: Any) -> Iterator[Any]:
        with store_together(loader, whole, files) as reports:
            yield reports
        seen.append([Path(file.name).name for file in files])

    monkeypatch.setattr(Loader, "together", noted)
    return seen


def some_files(folder: Path, count: int, each: int = 3) -> list[Path]:
    """Files of events with ids of their own; the last line of each is refused."""
    paths = []
    for number in range(count):
        lines = [event(number * 100 + at) for at in range(each)] + [event(9, timestamp="never")]
        paths.append(folder / f"{number}.jsonl")
        paths[-1].write_bytes(b"".join(line + b"\n" for line in lines))
    return paths


def test_files_that_are_read_alike_take_one_transaction(
    store: Store, tmp_path: Path, together: Together
) -> None:
    reports = run_on(store, *some_files(tmp_path, 5))
    assert together == [[f"{number}.jsonl" for number in range(5)]]
    assert [counts(report) for report in reports] == [(4, 3, 0, 0, 1)] * 5
    held = table(store, "select source_file, line_number from quarantined_events order by all")
    assert held == [{"source_file": report.path, "line_number": 4} for report in reports]
    ledger = table(store, "select load_id, path, inserted_count from ingested_files order by all")
    assert [row["load_id"] for row in ledger] == [1, 2, 3, 4, 5]
    by_load = table(store, "select load_id, count(*) as n from raw_events group by all order by 1")
    assert by_load == [{"load_id": number, "n": 3} for number in range(1, 6)]


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl.gz"])
def test_files_of_other_kinds_are_stored_together_too(
    store: Store, tmp_path: Path, together: Together, kind: str
) -> None:
    same = {"event": "seen", "user_id": "u"}
    for number in range(4):
        rows = [
            {"event_id": f"{number}-{at}", "timestamp": when, **same}
            for at, when in enumerate(["2026-05-01T10:00:00Z", "never"])
        ]
        place = tmp_path / f"{number}.{kind}"
        if kind == "parquet":
            extra = {f"only_{number}": number}  # each file has columns of its own
            pq.write_table(pa.Table.from_pylist([row | extra for row in rows]), place)
        elif kind == "csv":
            pl.DataFrame(rows).write_csv(place)
        else:
            place.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    reports = run_on(store, tmp_path)
    assert [counts(report) for report in reports] == [(2, 1, 0, 0, 1)] * 4
    assert together == [[f"{number}.{kind}" for number in range(4)]]
    held = table(store, "select source_file, line_number, raw from quarantined_events order by all")
    first = {"parquet": 2, "csv": 3, "jsonl.gz": 2}[kind]
    assert [row["line_number"] for row in held] == [first] * 4
    assert all(f"{number}-1" in row["raw"] for number, row in enumerate(held))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("MOST_FILES", 3, [["0", "1", "2"], ["3", "4"]]),
        ("MOST_BYTES", 1000, [["0", "1"], ["2", "3"]]),
    ],
)
def test_a_bundle_has_an_end(
    store: Store, tmp_path: Path, together: Together, monkeypatch: pytest.MonkeyPatch,
    name: str, value: int, expected: Together,
) -> None:  # fmt: skip
    paths = some_files(tmp_path, 5)
    assert 2 * paths[0].stat().st_size < 1000 < 3 * paths[0].stat().st_size
    for module in (read_bundle, read_files):
        monkeypatch.setattr(module, name, value)
    reports = run_on(store, *paths)
    assert [[name.removesuffix(".jsonl") for name in names] for names in together] == expected
    assert [report.inserted for report in reports] == [3] * 5


@pytest.mark.parametrize(("allowed", "expected"), [(64 + 7, [3, 2]), (64, [])])
def test_no_more_files_are_kept_open_than_may_be(
    store: Store, tmp_path: Path, together: Together, monkeypatch: pytest.MonkeyPatch,
    allowed: int, expected: list[int],
) -> None:  # fmt: skip
    """`ulimit -n` is 256 on a Mac: with two bundles of 128 open, nothing else could be opened."""
    paths = some_files(tmp_path, 5)
    monkeypatch.setattr(connection.resource, "getrlimit", lambda _: (allowed, allowed))
    reports = run_on(store, *paths)
    assert [report.inserted for report in reports] == [3] * 5
    assert [len(names) for names in together] == expected


def test_what_repeats_an_id_or_is_read_otherwise_is_stored_by_itself(
    store: Store, tmp_path: Path, together: Together
) -> None:
    paths = some_files(tmp_path, 8)
    paths[2].write_bytes(event(0) + b"\n" + event(1, event="other") + b"\n")
    call = {"type": "track", "event": "a", "anonymousId": "a", "timestamp": "2026-05-01T10:00:00Z"}
    paths[4].write_text(json.dumps({**call, "messageId": "m"}) + "\n")
    paths[6].write_bytes(paths[5].read_bytes())
    reports = run_on(store, *paths)
    assert together == [["1.jsonl"], ["3.jsonl"]]
    assert [counts(report) for report in reports[:4]] == [
        (4, 3, 0, 0, 1), (4, 3, 0, 0, 1), (2, 0, 1, 1, 0), (4, 3, 0, 0, 1),
    ]  # fmt: skip
    assert [report.source for report in reports[3:6]] == ["native", "segment", "native"]
    assert [report.status for report in reports[5:]] == ["ingested", "unchanged", "ingested"]


def test_an_id_that_the_clock_keeps_out_at_first_is_known_to_the_other_files(
    store: Store, tmp_path: Path, together: Together
) -> None:
    """Most of its file lies ahead of the clock, so its line is taken as it is after all."""
    paths = some_files(tmp_path, 4, 1)
    paths[0].write_bytes(event(200, timestamp="2027-01-01T00:00:00Z") + b"\n")
    reports = run_on(store, *paths)
    assert [report.conflict for report in reports] == [0, 0, 1, 0]
    assert stored_ids(store) == ["e100", "e200", "e300"]
    assert together == [["1.jsonl"], ["3.jsonl"]]


def test_a_file_of_no_events_fails_by_itself(
    store: Store, tmp_path: Path, together: Together
) -> None:
    paths = some_files(tmp_path, 4)
    bad = (event(1, timestamp="never") + b"\n") * 200
    paths[1].write_bytes(bad + event(777) + b"\n")
    reports = run_on(store, *paths)
    assert [report.status for report in reports] == ["ingested", "failed", "ingested", "ingested"]
    assert "200 invalid_timestamp" in reports[1].detail
    assert together == [["0.jsonl"], ["2.jsonl", "3.jsonl"]]
    assert len(stored_ids(store)) == 9


@pytest.mark.parametrize("is_moved", [False, True], ids=["in place", "another file"])
@pytest.mark.parametrize("moment", ["before", "while"])
def test_a_file_that_is_another_by_then_is_read_as_it_is_then(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, *, is_moved: bool
) -> None:
    """Else its events were those of before, and the text of its refused line that of now."""
    paths = some_files(tmp_path, 3, 1)
    fresh = tmp_path / "fresh"

    def write() -> None:
        target = fresh if is_moved else paths[1]
        target.write_bytes(event(500) + b"\n" + event(8, timestamp="never") + b"\n")
        target.replace(paths[1])

    if moment == "before":
        read = read_bundle.read_rows

        def reading(*given: Any) -> Any:
            rows = read(*given)
            write()
            return rows

        monkeypatch.setattr(read_bundle, "read_rows", reading)
    else:
        store_together = Loader.together

        @contextmanager
        def writing(loader: Any, whole: Any, files: Any) -> Iterator[Any]:
            with store_together(loader, whole, files) as reports:
                write()
                yield reports

        monkeypatch.setattr(Loader, "together", writing)
    reports = run_on(store, *paths)
    assert [report.status for report in reports] == ["ingested"] * 3
    held = table(store, "select raw from quarantined_events order by load_id")
    stored = stored_ids(store)
    assert ('"e8"' in held[1]["raw"]) == ("e500" in stored)
    assert ("e500" in stored) != ("e100" in stored)


def test_a_key_that_decides_how_lines_are_read_is_seen_in_any_of_the_files(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_all(monkeypatch)
    for number in range(12):
        line = {"event_id": f"{number}", "timestamp": "2026-05-01T10:00:00Z", **PLAIN}
        if number in {5, 6}:
            line |= ODD["a personal key in the properties"]
        (tmp_path / f"{number:02d}.jsonl").write_text(json.dumps(line) + "\n")
    reports = run_on(store, tmp_path)
    assert [report.inserted for report in reports] == [1] * 12
    assert len(table(store, "from user_traits where key = 'email_sha256'")) == 2
    assert not table(store, "from raw_events where contains(properties::varchar, '@')")


def test_the_store_is_that_of_files_one_by_one(tmp_path: Path, together: Together) -> None:
    paths = some_files(tmp_path, 12, 5)
    with open_store(tmp_path / "together.duckdb") as store:
        reports, stored = run_on(store, *paths), contents(store)
    assert len(together) == 1
    with open_store(tmp_path / "apart.duckdb") as store:
        assert [report for path in paths for report in run_on(store, path)] == reports
        assert contents(store) == stored
