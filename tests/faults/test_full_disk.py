"""A full disk or too little memory is one clear line, exit 3, and the store as it was."""

from pathlib import Path

from tests.faults.shop_files import digest, write_files
from tests.forked import fork
from tests.stored import table
from tsa_cli.store import open_store


def tsa(folder: Path, *words: str, file_limit: int | None = None) -> tuple[int, str]:
    """(exit code, stderr) of a run in which no file may grow over `file_limit` bytes."""
    code, _, said = fork(folder, *words, file_limit=file_limit).finish()
    return code, said


def one_clear_error(said: str) -> None:
    """An error, a hint, no traceback."""
    assert "Traceback" not in said
    assert said.count("error: ") == 1
    assert "hint: " in said


def test_a_disk_that_fills_up_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    first, second = write_files(tmp_path / "in", files=2, lines=20_000, seed=3)
    first.write_text("\n".join(first.read_text().splitlines()[:200]) + "\n")
    assert tsa(tmp_path, "ingest", str(first))[0] in (0, 1)
    db = tmp_path / "tsa.duckdb"
    before = digest(db)
    code, said = tsa(tmp_path, "ingest", str(second), file_limit=db.stat().st_size + 4096)
    assert code == 3
    one_clear_error(said)
    assert digest(db) == before
    assert tsa(tmp_path, "ingest", str(second))[0] in (0, 1)
    assert digest(db)[1] > before[1]


def test_what_is_stored_is_told_so_when_only_its_log_cannot_be_folded_in(tmp_path: Path) -> None:
    first, second = write_files(tmp_path / "in", files=2, lines=3_000, seed=6)
    assert tsa(tmp_path, "ingest", str(first))[0] in (0, 1)
    db = tmp_path / "tsa.duckdb"
    code, said = tsa(tmp_path, "ingest", str(second), file_limit=db.stat().st_size)
    assert code in (0, 1)
    assert "warning: tsa.duckdb.wal stays, a part of the store" in said
    after = digest(db)
    assert tsa(tmp_path, "ingest", str(second))[0] == 0
    assert not Path(f"{db}.wal").exists()
    assert digest(db) == after
    with open_store(db, "read") as store:
        assert table(store, "select status from runs") == 3 * [{"status": "done"}]


def test_too_little_memory_is_named_with_the_knob_that_helps(tmp_path: Path) -> None:
    write_files(tmp_path / "in", files=1, lines=20_000, seed=4)
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "tsa.yaml").write_text("version: 1\nmemory_limit: 3MB\n")
    code, said = tsa(tmp_path, "ingest", "in")
    assert code == 3
    one_clear_error(said)
    assert "memory_limit" in said
    (tmp_path / "configs" / "tsa.yaml").unlink()
    assert tsa(tmp_path, "ingest", "in")[0] in (0, 1)
