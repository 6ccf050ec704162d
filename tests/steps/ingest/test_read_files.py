"""The next file is read while one is stored: what comes of it is what comes of it in its turn."""

import gzip
import json
import os
import random
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.soak import soaked
from tests.steps.ingest.conftest import ingest_config
from tests.steps.ingest.test_ledger import counts, event, stored_ids
from tests.steps.ingest.test_unseen_keys import ODD, PLAIN, sample_all
from tests.stored import table, worded
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest.load import Loader
from tsa_cli.steps.ingest.read_files import FileReader
from tsa_cli.steps.ingest.report import FileReport
from tsa_cli.store import Store, open_store

T = "2026-05-01T10:00:00Z"
KINDS = [
    *["jsonl"] * 8, "csv", "csv", "parquet", "parquet", "gz", "empty", "unfinished", "bare end",
    "bom", "crlf", "copy", "odd", "other mapping",
]  # fmt: skip
Readings = list[tuple[str, bool]]


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    """(name of a file, whether the thread that reads ahead read it), in the order of readings."""
    read: Readings = []
    ask = FileReader._read

    def noted(reader: Any, spooled: Any, reading: Any, before: Any) -> Any:
        is_ahead = threading.current_thread() is not threading.main_thread()
        read.append((Path(spooled.name).name, is_ahead))
        return ask(reader, spooled, reading, before)

    monkeypatch.setattr(FileReader, "_read", noted)
    return read


def random_file(rng: random.Random, place: Path, earlier: list[Path]) -> Path:
    """A file of one of many kinds; also one that says again what an earlier one said."""
    lines = [event(rng.randrange(60), **odd(rng)) for _ in range(rng.randrange(1, 12))]
    if rng.random() < 0.3:
        lines.insert(rng.randrange(len(lines)), rng.choice([b"{", b"", b"[1]", b"\xff"]))
    data = b"".join(line + b"\n" for line in lines)
    kind = rng.choice(KINDS)
    if kind == "gz":
        place, data = place.with_suffix(".jsonl.gz"), gzip.compress(data)
    elif kind == "empty":
        data = b""
    elif kind == "unfinished":
        data += event(61)[:-9]
    elif kind == "bare end":
        data = data[:-1]
    elif kind == "bom":
        data = b"\xef\xbb\xbf" + data
    elif kind == "crlf":
        data = data.replace(b"\n", b"\r\n")
    elif kind == "other mapping":
        call = {"type": "track", "event": "seen", "anonymousId": "a", "timestamp": T}
        calls = [{**call, "messageId": f"m{rng.randrange(9)}"} for _ in range(rng.randrange(1, 5))]
        data = b"".join(json.dumps(each).encode() + b"\n" for each in calls)
    elif kind == "copy" and earlier:
        data = rng.choice(earlier).read_bytes()
    elif kind == "csv":
        place = place.with_suffix(".csv")
        ids = [f"c{rng.randrange(40)}" for _ in range(rng.randrange(1, 9))]
        rows = [f"{each},seen,u,{rng.choice([T, T, 'never'])}\n" for each in ids]
        data = ("event_id,event,user_id,timestamp\n" + "".join(rows)).encode()
    elif kind == "odd":
        data = b'{"what": 1, "when": "today"}\n' * rng.randrange(1, 9)
    place.write_bytes(data)
    if kind == "parquet":
        place = place.with_suffix(".parquet")
        ids = [f"p{rng.randrange(60)}" for _ in range(rng.randrange(1, 9))]
        same = {"event": "seen", "user_id": "u", **rng.choice([{}, {"traits": {"plan": "pro"}}])}
        rows = [{"event_id": each, **same, "timestamp": rng.choice([T, T, "no"])} for each in ids]
        pq.write_table(pa.Table.from_pylist(rows), place)
    return place


def odd(rng: random.Random) -> dict[str, object]:
    """Fields that make a line something else than a plain event."""
    ids = range(60, 10_000)  # most files have ids of their own
    return rng.choice([
        *({"event_id": f"e{number}"} for number in rng.sample(ids, 12)),
        {}, {"timestamp": "never"}, {"timestamp": "2199-01-01"}, {"event_id": None},
        {"properties": json.dumps({"price": rng.randrange(3)})}, {"user_id": "null"},
        {"properties": {"email": "ann@example.com"}},
        {"traits": {"plan": "pro"}}, {"user_id": None}, {"event": f"event {rng.randrange(4)}"},
    ])  # fmt: skip


class _Back(Exception):
    """Takes a dry run back."""


def run_on(store: Store, *paths: Path, **changes: object) -> list[FileReport]:
    named = [str(path) for path in paths]
    return ingest.run(store, ingest_config(**changes), named, "run").files


def contents(store: Store) -> list[list[dict[str, Any]]]:
    tables = ("quarantined_events", "ingested_files", "user_traits", "consent_events")
    return [
        worded(store, "load_id, event_id"),
        *(table(store, f"from {name} order by all") for name in tables),
    ]


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 40))])
def test_files_of_one_run_end_as_each_in_a_run_of_its_own(
    tmp_path: Path, readings: Readings, seed: int
) -> None:
    rng = random.Random(seed)
    paths: list[Path] = []
    for number in range(12):
        paths.append(random_file(rng, tmp_path / f"{number:02d}.jsonl", paths))
    with open_store(tmp_path / "together.duckdb") as store:
        with suppress(_Back), store.transaction():  # of all files, as the command makes it
            dry = run_on(store, *paths, is_dry_run=True)
            raise _Back
        together, of_together = run_on(store, *paths), contents(store)
    assert any(is_ahead for _, is_ahead in readings)
    readings.clear()
    with open_store(tmp_path / "apart.duckdb") as store:
        apart = [report for path in paths for report in run_on(store, path)]
        of_apart = contents(store)
    assert not any(is_ahead for _, is_ahead in readings)
    assert together == apart
    assert of_together == of_apart
    assert [counts(report) for report in dry] == [counts(report) for report in apart]


@pytest.mark.usefixtures("each_by_itself")
def test_a_file_that_asks_for_another_reading_has_the_next_one_read_again_by_its_keys(
    store: Store, readings: Readings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_all(monkeypatch)
    paths = [tmp_path / f"{number}.jsonl" for number in range(3)]
    for number, path in enumerate(paths):
        lines = [
            {"event_id": f"{number}-{at}", "timestamp": T, **PLAIN} for at in range(12 + number)
        ]
        lines[-1] |= ODD["a personal key in the properties"]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert [report.inserted for report in run_on(store, *paths)] == [12, 13, 14]
    names = [name for name, _ in readings]
    assert names == ["0.jsonl", "1.jsonl", "0.jsonl", "1.jsonl", "2.jsonl"]
    assert len(table(store, "from user_traits where key = 'email_sha256'")) == 3


@pytest.mark.usefixtures("each_by_itself")
@pytest.mark.parametrize("left", [0, 40])
def test_a_file_that_is_cut_after_it_was_read_ahead_fails_by_itself(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    """Of its refused line the text is asked for once it is stored."""
    first, cut, last = (tmp_path / f"{number}.jsonl" for number in range(3))
    first.write_bytes(event(1) + b"\n")
    cut.write_bytes(event(2) + b"\n" + event(3, timestamp="never") + b"\n")
    last.write_bytes(event(4, event="later") + b"\n")
    load = Loader.load

    def cutting(loader: Any, file: Any, *given: Any) -> Any:
        if Path(file.name) == cut:
            cut.write_bytes(cut.read_bytes()[:left])
        return load(loader, file, *given)

    monkeypatch.setattr(Loader, "load", cutting)
    reports = run_on(store, first, cut, last)
    assert [report.status for report in reports] == ["ingested", "failed", "ingested"]
    assert "while it was read" in reports[1].detail
    assert stored_ids(store) == ["e1", "e4"]


@pytest.mark.usefixtures("each_by_itself")
def test_what_fails_in_its_turn_fails_ahead_of_it_in_silence(
    store: Store, readings: Readings, tmp_path: Path
) -> None:
    good, broken, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz", tmp_path / "c.jsonl"
    good.write_bytes(event(1) + b"\n")
    broken.write_bytes(gzip.compress(event(2) + b"\n")[:-12])
    other.write_bytes(b'{"what": 1}\n')
    reports = run_on(store, good, broken, other)
    assert [report.status for report in reports] == ["ingested", "failed", "failed"]
    assert [name for name, _ in readings] == ["a.jsonl", "c.jsonl"]
    assert "fit no mapping" in reports[2].detail


def test_a_file_that_waits_for_a_writer_is_not_waited_for_ahead(
    store: Store, tmp_path: Path
) -> None:
    first, pipe = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_bytes(event(1) + b"\n")
    os.mkfifo(pipe)
    writer = threading.Timer(0.5, lambda: pipe.write_bytes(event(2) + b"\n"))
    writer.start()
    reports = run_on(store, first, pipe)
    writer.join()
    assert [report.inserted for report in reports] == [1, 1]


@pytest.mark.usefixtures("each_by_itself")
@pytest.mark.parametrize("is_moved", [False, True], ids=["in place", "another file"])
def test_a_file_that_is_another_by_its_turn_is_read_as_it_is_then(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_moved: bool
) -> None:
    """Else its events were those of before, and the text of its refused line that of now."""
    first, other = tmp_path / "0.jsonl", tmp_path / "1.jsonl"
    first.write_bytes(event(1) + b"\n")
    other.write_bytes(event(2) + b"\n" + event(3, timestamp="never") + b"\n")
    load = Loader.load

    def writing(loader: Any, file: Any, *given: Any) -> Any:
        if Path(file.name) == first:
            fresh = tmp_path / "fresh" if is_moved else other
            fresh.write_bytes(event(4) + b"\n" + event(5, timestamp="never") + b"\n")
            os.utime(fresh, (1, 1))  # a clock may be too coarse to tell
            fresh.replace(other)
        return load(loader, file, *given)

    monkeypatch.setattr(Loader, "load", writing)
    reports = run_on(store, first, other)
    assert [report.inserted for report in reports] == [1, 1]
    assert stored_ids(store) == ["e1", "e4"]
    [held] = table(store, "from quarantined_events")
    assert "e5" in held["raw"]
