"""A file that another program writes to, or cuts short, while it is read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.test_ledger import counts, event, stored_ids
from tsa_cli.errors import DataError
from tsa_cli.steps.ingest import read_files
from tsa_cli.steps.ingest.file_bytes import FileBytes
from tsa_cli.store import Store

Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let something happen once, when the lines of a file are counted and not yet read."""
    pending: list[Callable[[], object]] = []
    prepared = read_files.file_to_load

    def then(*args: Any, **options: Any) -> Any:
        file = prepared(*args, **options)
        if pending:
            pending.pop()()
        return file

    monkeypatch.setattr(read_files, "file_to_load", then)
    return pending.append


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("is_dry_run", [True, False])
def test_a_log_that_grows_is_read_as_far_as_it_went_when_it_was_counted(
    store: Store,
    do_ingest: Ingest,
    meanwhile: Meanwhile,
    tmp_path: Path,
    *,
    is_first: bool,
    is_dry_run: bool,
) -> None:
    if not is_first:
        (tmp_path / "before.jsonl").write_bytes(event(1) + b"\n")
        do_ingest(tmp_path / "before.jsonl")
    log = tmp_path / "app.jsonl"
    log.write_bytes(event(1) + b"\n" + event(2) + b"\n")
    longer = log.read_bytes() + event(3) + b"\n" + event(4)[:9]
    meanwhile(lambda: log.write_bytes(longer))
    [report] = do_ingest(log, is_dry_run=is_dry_run).files
    assert counts(report) == (2, 2, 0, 0, 0) if is_first else (2, 1, 1, 0, 0)
    [report] = do_ingest(log).files
    assert report.left_bytes == 9
    assert stored_ids(store) == ["e1", "e2", "e3"]


@pytest.mark.usefixtures("each_by_itself")
@pytest.mark.parametrize("left", [0, 40])
def test_a_log_that_is_cut_short_fails_by_itself(
    store: Store, do_ingest: Ingest, meanwhile: Meanwhile, tmp_path: Path, left: int
) -> None:
    log, good = tmp_path / "app.jsonl", tmp_path / "good.jsonl"
    log.write_bytes(event(1) + b"\n" + event(2) + b"\n")
    good.write_bytes(event(3) + b"\n")
    meanwhile(lambda: log.write_bytes(log.read_bytes()[:left]))
    cut, whole = do_ingest(log, good).files
    assert (cut.status, whole.status) == ("failed", "ingested")
    assert "cut short while it was read" in cut.detail
    assert stored_ids(store) == ["e3"]


def test_a_log_that_is_written_over_fails_by_itself(
    store: Store, do_ingest: Ingest, meanwhile: Meanwhile, tmp_path: Path
) -> None:
    """Without a line end it is longer than any line that the engine takes."""
    log, good = tmp_path / "app.jsonl", tmp_path / "good.jsonl"
    log.write_bytes((event(1) + b"\n") * 400_000)
    good.write_bytes(event(3) + b"\n")
    size = log.stat().st_size
    meanwhile(lambda: log.write_bytes(b"X" * size))
    over, whole = do_ingest(log, good).files
    assert (over.status, whole.status) == ("failed", "ingested")
    assert "written over while it was read" in over.detail
    assert stored_ids(store) == ["e3"]


def test_bytes_that_are_gone_are_an_error_and_no_signal(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100_000)
    data = FileBytes(path, 90_000)
    assert (data.rfind(b"x"), data.find(b"x", 7), data.find(b"y", 0)) == (89_999, 7, -1)
    path.write_bytes(b"x")
    with pytest.raises(DataError, match="cut short while it was read"):
        data[50_000:]
