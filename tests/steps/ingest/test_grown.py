"""A file that grows is read from where it ended; reading it from its start is the oracle."""

import json
import random
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.soak import soaked
from tests.steps.ingest.conftest import ingest_config
from tests.stored import table
from tsa_cli.config.events import EventsConfig
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest import judged_lines, quarantine
from tsa_cli.steps.ingest.quarantine import Selection
from tsa_cli.steps.ingest.report import IngestResult
from tsa_cli.store import Store, open_store

COUNTS = ("read", "inserted", "duplicate", "conflict", "rejected")
MOMENT = "2026-05-01T10:00:00Z"
OTHER_CONFIGURATION = """
    update ingested_files set run_id = 'other';
    insert into runs (run_id, command, started_at, status, definition)
    values ('other', 'ingest', now(), 'done', 'other')"""


def some_line(rng: random.Random) -> bytes:
    """A line of any kind: an event, perhaps a known one or one that contradicts it, or none."""
    number, kind = rng.randrange(40), rng.random()
    event = {"event_id": f"e{number}", "event": "a", "timestamp": MOMENT, "user_id": "u"}
    if kind < 0.1:
        return rng.choice((b"", b"  ", b"{bad", b'{"a":1,}', b"[1]", b'{"event":"a"}'))
    if kind < 0.2:
        event["properties"] = {"n": rng.randrange(2)}  # type: ignore[assignment]
    return json.dumps(event).encode() + rng.choice((b"", b"\r"))


def grow(rng: random.Random, content: bytes) -> bytes:
    """The content of a log some time later: more lines, the last one perhaps not finished."""
    lines = [some_line(rng) + b"\n" for _ in range(rng.randrange(8))]
    content += b"".join(lines)
    if rng.random() < 0.5:
        unfinished = some_line(rng)
        content += unfinished[: rng.randrange(len(unfinished) + 1)]
    if rng.random() < 0.1:
        content = content[:-1] + b"x"  # no longer what it was
    return content


def state(store: Store) -> dict[str, list[dict[str, Any]]]:
    """What a user can see of a store, but for which reading brought it."""
    return {
        "events": table(store, "select * exclude (load_id) from raw_events order by event_text"),
        "refused": table(
            store,
            "select line_number, byte_offset, reason, raw from quarantined_events order by all",
        ),
    }


@pytest.mark.parametrize("seed", [0, *soaked(range(1, 60))])
def test_a_growing_file_ends_as_if_it_were_read_anew_each_time(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    content, path = rng.choice((b"", b"\xef\xbb\xbf")), tmp_path / "app.jsonl"
    sides = [tmp_path / "tail.duckdb", tmp_path / "anew.duckdb"]
    for _ in range(5):
        content = grow(rng, content)
        config = ingest_config(source="native", is_final=rng.random() < 0.2)
        path.write_bytes(content)
        reports = []
        for db in sides:
            with open_store(db) as store:
                if db.name == "anew.duckdb":
                    store.connection().execute(OTHER_CONFIGURATION)
                [report] = ingest.run(store, config, [str(path)], "run").files
                reports.append([getattr(report, name) for name in (*COUNTS, "left_bytes")])
        assert reports[0] == reports[1]
    with open_store(sides[0]) as tail, open_store(sides[1]) as anew:
        assert state(tail) == state(anew)


def test_lines_that_were_released_count_as_known(store: Store, tmp_path: Path) -> None:
    path, strict = tmp_path / "app.jsonl", ingest_config(plan=EventsConfig(unplanned="quarantine"))
    lines = [
        json.dumps({"event": "a", "timestamp": MOMENT, "user_id": f"u{n}"}).encode() + b"\n"
        for n in range(5)
    ]
    path.write_bytes(b"{bad\n" + b"".join(lines[:4]))
    assert counts(ingest.run(store, strict, [str(path)], "r1")) == (5, 0, 0, 0, 5)
    assert counts(quarantine.replay(store, ingest_config(), Selection(), "r2"))[:2] == (5, 4)
    path.write_bytes(b"{bad\n" + b"".join(lines))
    assert counts(ingest.run(store, ingest_config(), [str(path)], "r3")) == (6, 1, 4, 0, 1)


def test_lines_refused_of_what_stood_there_before_are_not_those_of_a_grown_file(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "app.jsonl"

    def line(number: int, name: str = "a") -> bytes:
        told = {"event_id": f"e{number}", "event": name, "timestamp": MOMENT, "user_id": "u"}
        return json.dumps(told).encode() + b"\n"

    days = [
        ([line(0), line(0, "b"), b"{bad\n"], (3, 1, 0, 1, 1)),
        ([line(1), line(2), line(3)], (3, 3, 0, 0, 0)),  # the log was rotated
        ([line(1), line(2), line(3), line(4)], (4, 1, 3, 0, 0)),
    ]
    for lines, wanted in days:
        path.write_bytes(b"".join(lines))
        assert counts(ingest.run(store, ingest_config(), [str(path)], "run")) == wanted


def test_another_configuration_reads_the_whole_file_again(store: Store, tmp_path: Path) -> None:
    path, strict = tmp_path / "app.jsonl", ingest_config(plan=EventsConfig(unplanned="quarantine"))
    line = json.dumps({"event": "a", "timestamp": MOMENT, "user_id": "u"}).encode() + b"\n"
    path.write_bytes(line)
    note = (
        "insert into runs (run_id, command, started_at, status, definition) values (?, ?, ?, ?, ?)"
    )
    for run, definition in (("r1", "strict"), ("r2", "lenient")):
        given = [run, "ingest", datetime(2026, 5, 1), "done", definition]
        store.connection().execute(note, given).fetchall()
    assert counts(ingest.run(store, strict, [str(path)], "r1")) == (1, 0, 0, 0, 1)
    path.write_bytes(line + b"\n")
    assert counts(ingest.run(store, ingest_config(), [str(path)], "r2")) == (1, 1, 0, 0, 0)


def counts(result: IngestResult) -> tuple[int, ...]:
    """read, inserted, duplicate, conflict, rejected of all files."""
    return tuple(result.total(name) for name in COUNTS)


def test_what_was_read_before_is_not_read_again(
    store: Store, tmp_path: Path, monkeypatch: Any
) -> None:
    starts = []
    opened = judged_lines.open_lines

    def noted(path: Path, **options: Any) -> Any:
        starts.append(options["start"])
        return opened(path, **options)

    monkeypatch.setattr(judged_lines, "open_lines", noted)
    rng = random.Random(3)
    path = tmp_path / "app.jsonl"
    first = b"".join(some_line(rng) + b"\n" for _ in range(20))
    more = b"".join(some_line(rng) + b"\n" for _ in range(5))
    for content, config in (
        (first, {}),
        (first + b'{"half', {}),
        (first + b'{"half', {}),
        (first + more, {}),
        (first + more, {"source": "segment"}),  # by another mapping it was not read
        (first + more + more, {"is_forced": True}),
        (b" " + first + more + more + more, {}),
    ):
        path.write_bytes(content)
        ingest.run(store, ingest_config(**config), [str(path)], "run")
    assert starts == [0, *3 * [len(first)], 0, 0, 0]
    assert not Path(f"{store.path}.spool").exists()
