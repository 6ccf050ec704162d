"""A line that is refused is held once, also when its file is another one by now."""

import gzip
import random
from pathlib import Path

import pytest

from tests.soak import soaked
from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.test_ledger import event
from tests.stored import table
from tsa_cli.store import Store

HEAD = b"#Fields: event time\n"
HELD = "select source_file, line_number, raw from quarantined_events order by all"


def held(store: Store) -> list[tuple[str, int, str]]:
    """(name of the file, line number, text) of the lines in quarantine."""
    rows = (tuple(row.values()) for row in table(store, HELD))
    return [(Path(name).name, number, raw) for name, number, raw in rows]


def lines(*numbers: int) -> bytes:
    """Lines of these events."""
    return b"".join(event(number) + b"\n" for number in numbers)


def test_a_renamed_file_that_has_grown_holds_its_lines_under_its_new_name(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    old, new = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    old.write_bytes(lines(1) + b"{bad\n" + lines(2) + b'{"half')
    do_ingest(old)
    new.write_bytes(old.read_bytes() + b"\n" + lines(3) + b"{worse\n")
    old.unlink()
    do_ingest(new)
    now = [("b.jsonl", 2, "{bad"), ("b.jsonl", 4, '{"half'), ("b.jsonl", 6, "{worse")]
    assert held(store) == now
    with new.open("ab") as log:
        log.write(lines(4))
    [report] = do_ingest(new).files
    assert (report.read, report.inserted, report.rejected) == (7, 1, 3)
    assert held(store) == now


@pytest.mark.parametrize("names", [("app.log", "app.log.1"), ("z.log", "a.log")])
def test_logs_that_are_rotated_hold_the_lines_of_each(
    store: Store, do_ingest: Ingest, tmp_path: Path, names: tuple[str, str]
) -> None:
    """Each begins with the same line that is none; in whichever order they are read."""
    log, older = (tmp_path / name for name in names)
    log.write_bytes(HEAD + lines(1, 2) + b"{bad\n")
    do_ingest(log)
    older.write_bytes(log.read_bytes() + lines(3))
    log.write_bytes(HEAD + lines(4, 5) + b"{bad\n" + lines(6))
    do_ingest(*sorted((log, older)))
    bad = (1, HEAD.decode().strip()), (4, "{bad")
    assert held(store) == sorted((path.name, *each) for path in (log, older) for each in bad)


def test_a_packed_copy_of_a_log_that_is_gone_takes_its_lines(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    log, packed = tmp_path / "app.log", tmp_path / "app.log.gz"
    log.write_bytes(lines(1) + b"{bad\n")
    do_ingest(log)
    packed.write_bytes(gzip.compress(log.read_bytes()))
    log.unlink()
    do_ingest(packed)
    assert held(store) == [("app.log.gz", 2, "{bad")]


def test_two_files_with_one_bad_line_are_two(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    for name, number in (("a.jsonl", 1), ("b.jsonl", 2)):
        (tmp_path / name).write_bytes(HEAD + lines(number))
        do_ingest(tmp_path / name)
    assert [name for name, _, _ in held(store)] == ["a.jsonl", "b.jsonl"]


def test_a_line_stays_held_when_another_file_has_one_of_its_text_under_its_name(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    log = tmp_path / "today.jsonl"
    log.write_bytes(lines(1, 2) + b"{bad\n")
    do_ingest(log)
    log.write_bytes(b"{bad\n" + lines(3, 4))
    do_ingest(log)
    assert [number for _, number, _ in held(store)] == [1, 3]


@pytest.mark.parametrize("seed", [0, *soaked(range(1, 40))])
def test_a_file_that_was_edited_holds_the_bad_lines_that_it_has(
    store: Store, do_ingest: Ingest, tmp_path: Path, seed: int
) -> None:
    """Lines come at any place, or at the end of one that has another name by then."""
    rng = random.Random(seed)
    path = tmp_path / "0.jsonl"
    content = [event(number) for number in range(30)]
    for step in range(8):
        is_renamed = step > 0 and rng.random() < 0.3
        if is_renamed:
            path = path.rename(tmp_path / f"{step}.jsonl")
        for number in range(rng.randrange(int(is_renamed), 4)):
            more = event(100 + 10 * step + number)
            new = rng.choice((b"{bad", b"[]", b"{bad", b"worse", more))
            content.insert(len(content) if is_renamed else rng.randrange(len(content) + 1), new)
        path.write_bytes(b"".join(line + b"\n" for line in content))
        do_ingest(path)
        bad = [(n, line.decode()) for n, line in enumerate(content, 1) if b"event" not in line]
        assert [tuple(each) for _, *each in held(store)] == bad
