import errno
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tsa_cli.errors import DataError, UsageError
from tsa_cli.steps import generate


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def all_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_arguments_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate.run(80, 30, 5, tmp_path / name, answers=tmp_path / name / "answers.json")
    one = all_bytes(tmp_path / "one")
    assert sorted(one) == ["answers.json", "events.jsonl", "events.parquet", "late.jsonl"]
    assert one == all_bytes(tmp_path / "two")


def test_a_folder_gets_early_days_late_days_and_what_came_late(tmp_path: Path) -> None:
    result = generate.run(500, 30, 5, tmp_path / "log")
    early = [json.loads(line) for line in lines_of(tmp_path / "log/events.jsonl")]
    late = [json.loads(line) for line in lines_of(tmp_path / "log/late.jsonl")]
    rest = pq.read_table(tmp_path / "log/events.parquet")
    assert len(early) + len(late) + rest.num_rows == result.lines
    assert [file.lines for file in result.files] == [len(early), rest.num_rows, len(late)]
    assert max(line["timestamp"] for line in early) < "2025-01-26"
    assert rest["timestamp"].to_pylist()[0].date() >= date(2025, 1, 25)
    assert min(line["timestamp"] for line in late) < "2025-01-26"
    ids = {line["event_id"] for line in early} | set(rest["event_id"].to_pylist())
    assert 0 < sum(line["event_id"] in ids for line in late) < len(late)


def test_a_file_holds_the_whole_log_in_the_format_of_its_ending(tmp_path: Path) -> None:
    both = generate.run(50, 10, 2, tmp_path / "log.jsonl", formats=("jsonl", "parquet"))
    packed = generate.run(50, 10, 2, tmp_path / "log.jsonl.gz")
    assert [file.path.name for file in both.files] == ["log.jsonl", "log.parquet"]
    assert {file.lines for file in both.files + packed.files} == {both.lines}
    assert len(lines_of(tmp_path / "log.jsonl")) == both.lines
    assert pq.read_metadata(tmp_path / "log.parquet").num_rows == both.lines
    assert both.files[0].bytes == (tmp_path / "log.jsonl").stat().st_size


@pytest.mark.parametrize("file_format", ["jsonl", "parquet"])
def test_a_folder_of_one_format_has_that_format_only(tmp_path: Path, file_format: str) -> None:
    generate.run(100, 14, 2, tmp_path, formats=(file_format,))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"events.{file_format}", f"late.{file_format}"]


def test_the_smallest_log_can_be_written(tmp_path: Path) -> None:
    result = generate.run(1, 1, 0, tmp_path / "log", answers=tmp_path / "a.json")
    assert result.lines > 0
    assert all(file.lines > 0 for file in result.files)
    assert json.loads((tmp_path / "a.json").read_text())["lines"] == result.lines


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    planned = generate.run(50, 10, 2, tmp_path / "log", dry_run=True)
    assert list(tmp_path.iterdir()) == []
    done = generate.run(50, 10, 2, tmp_path / "log")
    assert (planned.lines, planned.duplicates) == (done.lines, done.duplicates)


def test_the_start_moves_every_event(tmp_path: Path) -> None:
    generate.run(20, 5, 1, tmp_path / "log.jsonl", start=date(2024, 7, 1))
    days = {json.loads(line)["timestamp"][:10] for line in lines_of(tmp_path / "log.jsonl")}
    assert min(days) >= "2024-07-01"
    assert max(days) <= "2024-07-05"


def test_progress_ends_at_one(tmp_path: Path) -> None:
    shares: list[float] = []
    generate.run(50, 10, 2, tmp_path / "log", on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_failed_run_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    old = tmp_path / "log.jsonl"
    old.write_text("old")
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, no folder")
    with pytest.raises(DataError, match="blocked"):
        generate.run(20, 5, 1, old, answers=blocked / "answers.json")
    assert old.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blocked", "log.jsonl"]


@pytest.mark.parametrize("name", ["log.jsonl", "answers.json"])
def test_a_file_that_cannot_be_written_is_named_as_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As in a folder that is not writable: for root none is."""
    opened = io.open

    def refused(path: str, *args: Any, **kwargs: Any) -> Any:
        if Path(path).name.startswith(f".{name}."):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(io, "open", refused)
    with pytest.raises(DataError) as refusal:
        generate.run(20, 5, 1, tmp_path / "log.jsonl", answers=tmp_path / "answers.json")
    assert refusal.value.message == f"{tmp_path / name}: Permission denied"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("users", "days", "seed", "out", "formats", "named"),
    [
        (0, 5, 1, "log", (), "--users"),
        (5, 0, 1, "log", (), "--days"),
        (5, 5, -1, "log", (), "--seed"),
        (5, 5, 1, "log", ("csv",), "--format"),
        (5, 5, 1, "log.jsonl", ("parquet",), "--out"),
    ],
)
def test_a_wrong_argument_is_named(
    tmp_path: Path,
    users: int,
    days: int,
    seed: int,
    out: str,
    formats: tuple[str, ...],
    named: str,
) -> None:
    with pytest.raises(UsageError, match=named):
        generate.run(users, days, seed, tmp_path / out, formats)
    assert list(tmp_path.iterdir()) == []


def test_the_sample_data_is_what_its_command_writes(tmp_path: Path) -> None:
    sample = Path(__file__).parents[2] / "sample_data"
    generate.run(300, 90, 3, tmp_path, answers=tmp_path / "answers.json")
    for name in ("events.jsonl", "late.jsonl", "answers.json"):
        assert (tmp_path / name).read_bytes() == (sample / name).read_bytes(), name
    # The bytes of Parquet depend on the library's version, its rows do not.
    assert pq.read_table(tmp_path / "events.parquet") == pq.read_table(sample / "events.parquet")
    assert sum(path.stat().st_size for path in sample.iterdir()) <= 3_000_000
