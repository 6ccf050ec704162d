"""Every line read ends in exactly one place, whatever it is."""

import gzip
import json
import random
from contextlib import suppress
from pathlib import Path

import pytest

from tests.soak import soaked
from tests.steps.ingest.conftest import Ingest
from tests.stored import table, worded
from tsa_cli.config.tsa import TsaConfig
from tsa_cli.steps.ingest.lines_file import BLOCK_BYTES
from tsa_cli.steps.ingest.report import FileReport
from tsa_cli.steps.ingest.verdict import judge
from tsa_cli.store import Store


def event(number: int, **fields: object) -> bytes:
    """A good native line."""
    line = {
        "event_id": f"e{number}", "event": "page_viewed", "user_id": "ann",
        "timestamp": f"2026-05-01T10:00:{number % 60:02d}Z", "properties": {"n": number},
    }  # fmt: skip
    return json.dumps({**line, **fields}).encode()


def counts(report: FileReport) -> tuple[int, int, int, int, int]:
    """(read, inserted, duplicate, conflict, rejected)."""
    return report.read, report.inserted, report.duplicate, report.conflict, report.rejected


def stored_ids(store: Store) -> list[str]:
    """The ids of all stored events, sorted."""
    return sorted(str(row["event_id"]) for row in worded(store, "event_id"))


def quarantined(store: Store) -> list[tuple[object, ...]]:
    """(line number, byte offset, reason) of each quarantined line."""
    rows = store.records(
        "1_events/quarantine_list.sql", reason="", source_file="", row_limit=10_000
    )
    return [(row["line_number"], row["byte_offset"], row["reason"]) for row in rows]


BAD_LINES = {
    b"{": "invalid_json",
    b"[1, 2]": "not_an_object",
    b"5": "not_an_object",
    b'"text"': "not_an_object",
    b"null": "not_an_object",
    b"{}": "missing_event",
    b'{"event": "a", "timestamp": 1, "user_id": "u",}': "invalid_json",
    b'{"event": "a", "timestamp": 1, "user_id": "u", "properties": {"x": NaN}}': "invalid_json",
    b'{"event":"a","timestamp":1,"user_id":"u","properties":{"x":-Infinity}}': "invalid_json",
    b'{"event":"a","timestamp":1,"user_id":"u"} trailing': "invalid_json",
    b'{"event":"a","timestamp":1,"user_id":"\xff"}': "invalid_encoding",
    b'{"event":"a","timestamp":1767225600}': "missing_identity",
    b'{"event":"a","timestamp":1767225600,"user_id":" ","anonymous_id":"\\t"}': "missing_identity",
    b'{"event":" ","timestamp":1767225600,"user_id":"u"}': "missing_event",
    b'{"event":"a","user_id":"u"}': "missing_timestamp",
    b'{"timestamp":1767225600,"user_id":"u"}': "missing_event",
    b'{"event":"a","timestamp":"yesterday","user_id":"u"}': "invalid_timestamp",
    b'{"event":"a","timestamp":"2026-13-45","user_id":"u"}': "invalid_timestamp",
    b'{"event":"a","timestamp":1,"user_id":"u"}': "timestamp_out_of_range",
    b'{"event":"a","timestamp":"2031-01-01T00:00:00Z","user_id":"u"}': "timestamp_out_of_range",
    b'{"event":"a","timestamp":"99999-01-01","user_id":"u"}': "timestamp_out_of_range",
    b'{"event":"a","timestamp":"infinity","user_id":"u"}': "invalid_timestamp",
    b'{"event":{"x":1},"timestamp":1767225600,"user_id":"u"}': "missing_event",
    b'{"event":"a","timestamp":1767225600,"user_id":"u","p":'
    + b"[" * 300 + b"]" * 300 + b"}": "invalid_json",
}  # fmt: skip


def test_bad_lines_among_good_ones_are_quarantined_each_with_its_own_reason(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    data, held = b"", []
    for number, (bad, reason) in enumerate(BAD_LINES.items()):
        data += event(number) + b"\n"
        held.append((2 * number + 2, len(data), reason))
        data += bad + b"\n"
    (tmp_path / "a.jsonl").write_bytes(data + event(99))
    [report] = do_ingest(tmp_path / "a.jsonl").files
    count = len(BAD_LINES)
    assert counts(report) == (2 * count + 1, count + 1, 0, 0, count)
    assert quarantined(store) == held


@pytest.mark.soak
@pytest.mark.parametrize(("bad", "reason"), BAD_LINES.items(), ids=lambda v: repr(v)[:40])
def test_a_bad_line_is_quarantined_with_its_place_and_its_neighbours_are_kept(
    store: Store, do_ingest: Ingest, tmp_path: Path, bad: bytes, reason: str
) -> None:
    before = event(1) + b"\n\n" + event(2) + b"\r\n   \n"
    (tmp_path / "a.jsonl").write_bytes(before + bad + b"\n" + event(3) + b"\n" + event(4))
    [report] = do_ingest(tmp_path / "a.jsonl").files
    assert counts(report) == (5, 4, 0, 0, 1)
    assert quarantined(store) == [(5, len(before), reason)]


def test_a_blank_id_is_none(store: Store, do_ingest: Ingest, tmp_path: Path) -> None:
    blank = [event(n, event_id=" ", user_id="  ", anonymous_id=f"d{n}") for n in (1, 2)]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(blank))
    assert counts(do_ingest(tmp_path / "a.jsonl").files[0]) == (2, 2, 0, 0, 0)
    assert {row["user_id"] for row in worded(store, "user_id")} == {None}


def test_a_line_over_the_limit_is_refused_and_its_neighbours_are_not(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    long = event(2, properties={"text": "x" * 1_100_000})
    (tmp_path / "a.jsonl").write_bytes(event(1) + b"\n" + long + b"\n" + event(3) + b"\n")
    [report] = do_ingest(tmp_path / "a.jsonl").files
    assert counts(report) == (3, 2, 0, 0, 1)
    assert quarantined(store) == [(2, len(event(1)) + 1, "line_too_long")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_of_exactly_the_limit_is_read_whatever_ends_it(
    store: Store, do_ingest: Ingest, tmp_path: Path, end: bytes
) -> None:
    empty = len(event(2, properties={"text": ""}))
    sized = [event(2, properties={"text": "x" * (size - empty)}) for size in (1000, 1001)]
    (tmp_path / "a.jsonl").write_bytes(b"".join(line + end for line in (event(1), *sized)))
    [report] = do_ingest(tmp_path / "a.jsonl", tsa=TsaConfig(max_line_bytes=1000)).files
    assert counts(report) == (3, 2, 0, 0, 1)
    assert [(line, reason) for line, _, reason in quarantined(store)] == [(3, "line_too_long")]


@pytest.mark.usefixtures("both_ways")
def test_random_mixtures_agree_with_the_line_by_line_oracle(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    rng = random.Random(7)
    seen: dict[str, bytes] = {}
    for number in range(8):
        lines = []
        expected = [0, 0, 0, 0, 0]
        for _ in range(rng.randrange(1, 60)):
            kind = rng.random()
            if kind < 0.2:
                lines.append(rng.choice(list(BAD_LINES)))
                expected[0] += 1
                expected[4] += 1
                continue
            if kind < 0.25:
                lines.append(rng.choice([b"", b"  ", b"\t\r"]))
                continue
            line = event(rng.randrange(200), properties={"n": rng.randrange(2)})
            key = json.loads(line)["event_id"]
            place = 1 if key not in seen else 2 if seen[key] == line else 3
            seen.setdefault(key, line)
            expected[0] += 1
            expected[place] += 1
            lines.append(line)
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(b"\n".join(lines) + b"\n")
        [report] = do_ingest(path).files
        if report.status == "unchanged":
            continue
        assert counts(report) == tuple(expected), path.read_bytes()
    assert stored_ids(store) == sorted(seen)


@pytest.mark.usefixtures("both_ways")
def test_the_first_of_an_id_holds_and_other_content_is_a_conflict(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    reordered = (
        b'{"properties": {"n": 1}, "user_id": "ann", "event": "page_viewed", "event_id": "e1",'
        b' "timestamp": "2026-05-01T12:00:01+02:00"}'
    )
    others = [event(1, event="other"), event(1, properties={})]
    path.write_bytes(b"\n".join([event(1), event(1), reordered, *others, b""]))
    result = do_ingest(path)
    [report] = result.files
    assert counts(report) == (5, 1, 2, 2, 0)
    assert result.rejected_share == 0
    assert [(n, r) for n, _, r in quarantined(store)] == [(4, "id_conflict"), (5, "id_conflict")]


def test_an_id_that_the_store_has_with_other_content_is_a_conflict(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    changes: list[dict[str, object]] = [
        {"timestamp": "2026-05-01T11:00:00Z"}, {"event": "b"}, {"session_id": "s"},
        {"properties": {}},
    ]  # fmt: skip
    firsts = [event(n) for n in range(4)]
    others = [event(n, **change) for n, change in enumerate(changes)]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join([*firsts, b""]))
    (tmp_path / "b.jsonl").write_bytes(
        b"\n".join([*others, *others, *firsts, event(9), event(9), b""])
    )
    do_ingest(tmp_path / "a.jsonl")
    [report] = do_ingest(tmp_path / "b.jsonl").files
    assert counts(report) == (14, 1, 5, 8, 0)


def test_an_event_without_an_id_is_known_by_its_content(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    first = {"event": "a", "timestamp": 1767225600, "user_id": "u", "properties": {"x": 1, "y": 2}}
    same: list[dict[str, object]] = [
        {"timestamp": 1767225600000, "properties": {"y": 2, "x": 1}},
        {"properties": {"x": 1, "y": 2, "z": None}},
        {"anonymous_id": None},
    ]
    others: list[dict[str, object]] = [
        {"event": "b"}, {"timestamp": 1767225601}, {"user_id": "v"}, {"anonymous_id": "u"},
        {"user_id": None, "anonymous_id": "u"}, {"session_id": "s"},
        {"page_url": "https://x.example/"}, {"properties": {"x": 2, "y": 2}},
    ]  # fmt: skip
    lines = [json.dumps({**first, **change}) for change in [{}, *same, *others]]
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n")
    [report] = do_ingest(tmp_path / "a.jsonl").files
    assert counts(report) == (12, 9, 3, 0, 0)


def test_a_file_is_read_once_however_it_is_named(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(event(1) + b"\n")
    (tmp_path / "copy.jsonl").write_bytes(path.read_bytes())
    (tmp_path / "link.jsonl").symlink_to(path)
    first = do_ingest(path, path, tmp_path / "link.jsonl", tmp_path / "copy.jsonl")
    assert [f.status for f in first.files] == ["ingested", "unchanged"]
    assert [f.status for f in do_ingest(tmp_path).files] == ["unchanged", "unchanged"]


def test_a_grown_file_gives_only_its_new_lines_and_quarantines_nothing_twice(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(event(1) + b"\n{bad\n" + event(2) + b"\n" + event(3)[:20])
    [first] = do_ingest(path).files
    assert counts(first) == (3, 2, 0, 0, 1)
    assert first.left_bytes == 20
    path.write_bytes(event(1) + b"\n{bad\n" + event(2) + b"\n" + event(3) + b"\n")
    [second] = do_ingest(path).files
    assert counts(second) == (4, 1, 2, 0, 1)
    assert len(quarantined(store)) == 1
    assert stored_ids(store) == ["e1", "e2", "e3"]


def test_a_byte_order_mark_is_no_part_of_the_first_line(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + event(1) + b"\n" + event(2) + b"\n")
    [report] = do_ingest(path).files
    assert counts(report) == (2, 2, 0, 0, 0)
    assert stored_ids(store) == ["e1", "e2"]


def test_an_unfinished_last_line_waits_unless_final(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(event(1) + b"\n" + event(2)[:-3])
    assert counts(do_ingest(path).files[0]) == (1, 1, 0, 0, 0)
    assert counts(do_ingest(path, is_final=True).files[0]) == (2, 0, 1, 0, 1)


def test_packed_files_are_known_by_their_first_bytes_not_their_name(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(gzip.compress(event(1) + b"\n" + event(2) + b"\n"))
    assert counts(do_ingest(tmp_path / "a.jsonl").files[0]) == (2, 2, 0, 0, 0)


def test_a_broken_gzip_fails_by_itself(store: Store, do_ingest: Ingest, tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(event(n) + b"\n" for n in range(2000)))
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b.jsonl").write_bytes(event(1) + b"\n")
    result = do_ingest(tmp_path)
    assert [f.status for f in result.files] == ["failed", "ingested"]
    assert stored_ids(store) == ["e1"]


def test_a_file_that_is_mostly_refused_stores_nothing(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    bad = b'{"event":"a","timestamp":"never","user_id":"u"}'
    lines = [bad if n % 5 else event(n) for n in range(200)]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    [report] = do_ingest(tmp_path / "a.jsonl").files
    assert report.status == "failed"
    assert stored_ids(store) == []
    assert quarantined(store) == []


def test_a_file_is_doubted_from_a_hundred_lines_on_when_more_than_half_are_refused(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    bad = b'{"event":"a","timestamp":"never","user_id":"u"}'
    lines_and_bad = [(100, 50), (100, 51), (99, 60)]
    for name, (line_count, bad_count) in enumerate(lines_and_bad):
        good = [event(1000 * name + n) for n in range(line_count - bad_count)]
        (tmp_path / f"{name}.jsonl").write_bytes(b"\n".join([*good, *[bad] * bad_count]) + b"\n")
    reports = do_ingest(tmp_path).files
    assert [report.status for report in reports] == ["ingested", "failed", "ingested"]
    assert len(stored_ids(store)) == 50 + 39


@pytest.mark.usefixtures("both_ways")
def test_a_dry_run_counts_what_a_run_would_and_changes_nothing(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    files = {  # in a dry run all of them are one transaction
        "repeats.jsonl": [event(n) for n in (1, 2, 3, 2)] + [b"{", event(1, user_id="bob")],
        "refused.jsonl": [event(9), *[b"{"] * 200],
        "cut.parquet": [b"PAR1 and no more PAR1"],
        "later.jsonl": [event(n, page_url=f"https://x.example/{n}") for n in (7, 8)],
        "known.jsonl": [event(3), event(7, page_url="https://x.example/7"), event(9)],
        "other.jsonl": [event(8, page_url="https://x.example/7"), event(2, user_id="bob")],
    }
    for name, lines in files.items():
        (tmp_path / name).write_bytes(b"\n".join([*lines, b""]))
    paths = [tmp_path / name for name in files]
    with suppress(InterruptedError), store.transaction():
        told = do_ingest(*paths, is_dry_run=True).files
        raise InterruptedError
    assert stored_ids(store) == []
    assert quarantined(store) == []
    done = do_ingest(*paths).files
    assert [counts(report) for report in told] == [counts(report) for report in done]
    assert counts(done[0]) == (6, 3, 1, 1, 1)
    assert counts(done[4]) == (3, 1, 2, 0, 0)
    assert counts(done[5]) == (2, 0, 0, 2, 0)


def test_the_strict_judge_refuses_what_is_no_json() -> None:
    for bad, reason in BAD_LINES.items():
        if reason in ("invalid_json", "not_an_object", "invalid_encoding"):
            assert judge(bad, 1_000_000, 200).reason == reason, bad


def test_a_large_file_is_judged_line_by_line_like_a_small_one(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    filler = json.dumps({"text": "x" * 400})[1:-1]
    lines = [event(n)[:-1] + b", " + filler.encode() + b"}" for n in range(20_000)]
    places = {3: b"{", 7_000: b'{"a": [1,]}', 7_001: b"", 15_555: b'{"x":NaN}', 19_999: b"[]"}
    for place, bad in places.items():
        lines[place] = bad
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    assert (tmp_path / "a.jsonl").stat().st_size > 2 * BLOCK_BYTES
    [report] = do_ingest(tmp_path / "a.jsonl").files
    assert counts(report) == (19_999, 19_995, 0, 0, 4)
    assert [number for number, _, _ in quarantined(store)] == [4, 7_001, 15_556, 20_000]


@pytest.mark.parametrize("is_repeated", [False, *soaked([True])])
def test_lines_keep_their_places_where_ids_are_known(
    store: Store, do_ingest: Ingest, tmp_path: Path, is_repeated: bool
) -> None:
    known = [event(n) for n in (5, 77)]
    if not is_repeated:
        (tmp_path / "few.jsonl").write_bytes(b"\n".join(known) + b"\n")
        do_ingest(tmp_path / "few.jsonl")
    template = event(0).decode().replace('"e0"', '"e%d"')
    lines = [(template % n).encode() for n in range(300_000)]
    for n, line in zip((5, 77), known, strict=True):
        lines[n] = line
    bad = {n: (template % n).replace('"event":', '"even":').encode() for n in (7, 150_007, 250_007)}
    for n, line in bad.items():
        lines[n] = line
    lines += [known[0], known[0].replace(b'"event":', b'"even":')]  # the last one is no event
    (tmp_path / "big.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    [report] = do_ingest(tmp_path / "big.jsonl").files
    repeats = 1 if is_repeated else 3
    assert counts(report) == (300_002, 300_002 - 4 - repeats, repeats, 0, 4)
    kept = {
        row["line_number"]: row["raw"].encode() for row in table(store, "from quarantined_events")
    }
    assert kept == {n + 1: line for n, line in {**bad, 300_001: lines[-1]}.items()}
