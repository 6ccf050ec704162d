"""A login inside of a visit of the tracker's: one visit, in whatever order and files it comes."""

import json
import random
from pathlib import Path

import pytest

from tests.soak import soaked
from tests.steps.histories import default_config
from tests.steps.ingest.conftest import ingest_config
from tsa_cli.steps import ingest, sessionize
from tsa_cli.store import Store, open_store

EVENTS = (
    "select cast(event_id as varchar), user_id, anonymous_id, device_id from fact_events order by 1"
)
SESSIONS = (
    "select user_id, start_time, end_time, events_count, page_views from dim_sessions order by all"
)
BEGIN_MS = 1_760_000_000_000
MINUTE_MS = 60_000


def line(minute: int, session: str | None, user: str | None, event: str = "page_viewed") -> bytes:
    said = {"event": event, "properties": {}, "timestamp": BEGIN_MS + minute * MINUTE_MS}
    return json.dumps({**said, "session_id": session, "user_id": user}).encode()


def read(store: Store, path: Path, lines: list[bytes]) -> dict[str, int]:
    path.write_bytes(b"".join(each + b"\n" for each in lines))
    [found] = ingest.run(store, ingest_config(), [str(path)], run_id="r").files
    return {"inserted": found.inserted, "conflict": found.conflict, "duplicate": found.duplicate}


def answers(store: Store) -> tuple[object, object]:
    con = store.connection()
    return con.execute(EVENTS).fetchall(), con.execute(SESSIONS).fetchall()


def random_lines(rng: random.Random) -> list[bytes]:
    """Visits of a few people, most of whom log in at some moment, on few sessions' ids."""
    lines = []
    for number in range(rng.randrange(1, 12)):
        session, user = f"s{rng.randrange(8)}", f"u{rng.randrange(4)}"
        minute, login = number * 500, rng.randrange(-1, 6)
        for place in range(rng.randrange(1, 6)):
            minute += rng.randrange(1, 40)
            known = user if login >= 0 and place >= login else None
            has_session = known is None or rng.random() < 0.95
            lines.append(line(minute, session if has_session else None, known))
    return lines


def test_a_login_does_not_split_a_visit(tmp_path: Path) -> None:
    lines = [line(0, "s1", None), line(1, "s1", "u1", "login"), line(2, "s1", "u1")]
    with open_store(tmp_path / "tsa.duckdb") as store:
        read(store, tmp_path / "a.jsonl", [*lines, line(900, "s2", "u1")])
        sessionize.run(store, default_config())
        events, sessions = answers(store)
    assert [(row[0], row[3]) for row in sessions] == [("u1", 3), ("u1", 1)]
    assert sorted((row[2] or "", row[3]) for row in events) == [("", "u1"), *3 * [("s1", "s1")]]


def test_what_is_told_of_an_older_visit_makes_it_whole(tmp_path: Path) -> None:
    with open_store(tmp_path / "tsa.duckdb") as store:
        read(store, tmp_path / "late.jsonl", [line(1, "s1", "u1"), line(2, "s1", "u1")])
        assert sessionize.run(store, default_config()).sessions == 1
        read(store, tmp_path / "first.jsonl", [line(0, "s1", None)])
        found = sessionize.run(store, default_config())
        assert (found.mode, found.sessions) == ("full", 1)
        assert [row[3] for row in answers(store)[1]] == [3]
        again = read(store, tmp_path / "again.jsonl", [line(2, "s1", "u1"), line(0, "s1", None)])
        assert again == {"inserted": 0, "conflict": 0, "duplicate": 2}


def test_a_later_file_finds_the_pairs_that_were_added(tmp_path: Path) -> None:
    files = [[line(0, "s1", None), line(1, "s1", "u1")], [line(5, "s9", "u1"), line(2, "s1", "u1")]]
    paths = [tmp_path / f"{number}.jsonl" for number in range(2)]
    for path, lines in zip(paths, files, strict=True):
        path.write_bytes(b"".join(each + b"\n" for each in lines))
    with open_store(tmp_path / "tsa.duckdb") as store:
        ingest.run(store, ingest_config(), [*map(str, paths)], run_id="r")
        con = store.connection()
        pairs = con.execute("select anonymous_id, known_id from actors order by all").fetchall()
        assert pairs == [("s1", "u1"), ("s1", None), (None, "u1")]
        assert con.execute("select count(distinct actor_key) from actors").fetchall() == [(3,)]


@pytest.mark.parametrize("seed", [*range(8), *soaked(range(8, 40))])
def test_any_order_in_any_files_comes_to_the_same(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    lines = random_lines(rng)
    with open_store(tmp_path / "whole.duckdb") as store:
        read(store, tmp_path / "whole.jsonl", lines)
        sessionize.run(store, default_config())
        expected = answers(store)
    shuffled = rng.sample(lines, len(lines))
    with open_store(tmp_path / "parts.duckdb") as store:
        while shuffled:
            count = rng.randrange(1, len(shuffled) + 1)
            part, shuffled = shuffled[:count], shuffled[count:]
            part += rng.choices(lines, k=rng.randrange(3))
            found = read(store, tmp_path / f"{len(shuffled)}.jsonl", part)
            assert found["conflict"] == 0
            if rng.random() < 0.5:
                sessionize.run(store, default_config())
        sessionize.run(store, default_config())
        assert answers(store) == expected
        sessionize.run(store, default_config(), is_full=True)
        assert answers(store) == expected
