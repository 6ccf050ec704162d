"""A file whose bytes were read before is passed over, whatever its name and packing."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.steps.ingest.conftest import Ingest, ingest_config
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest import spool as spooling
from tsa_cli.store import Store


def content(number: int, *, is_longer: bool) -> bytes:
    """One event; those that are not longer are all of one size."""
    event = {"event": "page_viewed", "user_id": f"u{number}", "timestamp": 1_767_225_600}
    return json.dumps(event).encode() + (b"  \n" if is_longer else b"\n")


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], int]:
    """How often a file of SQL was asked since."""
    asked: list[str] = []
    rows = Store.rows

    def counted(self: Store, sql: str, *args: object, **params: object) -> object:
        asked.append(sql)
        return rows(self, sql, *args, **params)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "rows", counted)
    return asked.count


@pytest.mark.parametrize("seed", range(2))
def test_each_content_is_read_once(store: Store, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    known: set[bytes] = set()
    for call in range(3):
        expected = []
        folder = tmp_path / str(call)
        folder.mkdir()
        for number in range(6):
            data = content(rng.randrange(4), is_longer=rng.random() < 0.5)
            packed = rng.random() < 0.3
            data = gzip.compress(data, mtime=0) if packed else data
            (folder / f"{number}.jsonl{'.gz' if packed else ''}").write_bytes(data)
            expected.append("unchanged" if data in known else "ingested")
            known.add(data)
        reports = ingest.run(store, ingest_config(), [str(folder)], f"run{call}").files
        assert [report.status for report in reports] == expected


def test_a_packed_file_is_not_unpacked_to_be_passed_over(
    do_ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(content(1, is_longer=False)))
    do_ingest(path)
    monkeypatch.setattr(spooling, "_opened", None)
    [report] = do_ingest(path).files
    assert report.status == "unchanged"


def test_all_that_is_known_is_asked_for_once(
    do_ingest: Ingest, tmp_path: Path, statements: Callable[[str], int]
) -> None:
    for number in range(5):
        data = content(number, is_longer=number % 2 == 0)
        (tmp_path / f"{number}.jsonl").write_bytes(data)
    do_ingest(tmp_path)
    before = statements("1_events/known_files.sql")
    reports = do_ingest(tmp_path).files
    assert {report.status for report in reports} == {"unchanged"}
    assert statements("1_events/known_files.sql") == before + 1
