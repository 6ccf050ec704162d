"""Files that are no store of ours: refused by name, and left as they are."""

import errno
import fcntl
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from tests.conftest import Tsa

from tsa_cli.errors import DataError, LockedError, MissingTable
from tsa_cli.store import EngineSettings, open_store, schema
from tsa_cli.store.guard import CheckedQuery, run_query
from tsa_cli.store.guarded import open_guarded
from tsa_cli.store.lock import lock_path, store_lock


@pytest.mark.parametrize(
    "made_by",
    [
        "create table events (a integer)",
        "create table tsa_meta as select 'schema_version' as key, 'abc' as value",
    ],
)
@pytest.mark.parametrize("mode", ["read", "write"])
def test_a_database_of_something_else_gets_no_tables_of_ours(
    tmp_path: Path, made_by: str, mode: str
) -> None:
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(made_by)
    with pytest.raises(DataError, match="not a tsa store"), open_store(path, mode):
        pass
    with duckdb.connect(str(path)) as con:
        assert len(con.execute("show tables").fetchall()) == 1


@pytest.mark.parametrize("mode", ["read", "write"])
@pytest.mark.parametrize("kind", ["folder", "pipe", "text"])
def test_what_is_no_store_gets_no_lock_beside_it(tmp_path: Path, kind: str, mode: str) -> None:
    path = tmp_path / "other"
    make = {
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
        "text": lambda: path.write_text("a,b,c\n" * 9),
    }
    make[kind]()
    with pytest.raises(DataError, match="not a "), open_store(path, mode):
        pass
    with pytest.raises(DataError, match="not a "), open_guarded(path, EngineSettings()):
        pass
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["missing/folder", "file"])
def test_a_temp_directory_that_is_none_is_named_before_it_is_needed(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "file").touch()
    settings = EngineSettings(temp_directory=str(tmp_path / name))
    with (
        pytest.raises(DataError, match=f"temp_directory .*{name}"),
        open_store(tmp_path / "t.duckdb", settings=settings),
    ):
        pass


def test_too_few_open_files_are_told_before_a_module_breaks_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (12, 12))
    with pytest.raises(DataError, match="only 12 files"), open_store(tmp_path / "t.duckdb"):
        pass
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, -1))
    with open_store(tmp_path / "t.duckdb"):
        pass


def assert_held_by_nobody_known(path: Path, text: str, how: int) -> None:
    """Who opens the store is told of another run while its lock, which says `text`, is held."""
    lock_path(path).write_text(text)
    with lock_path(path).open("r+b") as handle:
        fcntl.flock(handle, how)
        with pytest.raises(LockedError, match="in use by another run"), open_store(path):
            pass


@pytest.mark.parametrize("text", ["[]", "{}", "7", "null", "[" * 4000, "\x00"])
def test_a_held_lock_that_names_nobody_is_still_held(tmp_path: Path, text: str) -> None:
    assert_held_by_nobody_known(tmp_path / "t.duckdb", text, fcntl.LOCK_EX)


def test_a_dead_run_is_not_named_as_who_holds_the_lock(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    signed = {"pid": dead.pid, "command": "tsa ingest", "started": "2026-01-01T00:00:00Z"}
    assert_held_by_nobody_known(tmp_path / "t.duckdb", json.dumps(signed), fcntl.LOCK_SH)


def test_a_reader_is_named_to_the_writer_that_it_keeps_out(tmp_path: Path) -> None:
    path = tmp_path / "t.duckdb"
    with open_store(path, command="tsa ingest"):
        pass
    with (
        open_store(path, "read", command="tsa funnel"),
        pytest.raises(LockedError, match=f"in use by `tsa funnel` .pid {os.getpid()}, since"),
        open_store(path),
    ):
        pass


def test_another_program_that_holds_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.duckdb"
    with open_store(path):
        pass
    program = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    other.stdout.readline()
    try:
        with pytest.raises(LockedError, match=f"another program .*pid {other.pid}"):
            open_store(path).__enter__()
    finally:
        other.communicate(b"\n")


def test_what_stands_in_the_lock_s_place_is_neither_followed_nor_written(tmp_path: Path) -> None:
    path, precious = tmp_path / "t.duckdb", tmp_path / "precious"
    precious.write_text("mine")
    for make in (
        lambda lock: lock.symlink_to(precious),
        os.mkfifo,
        lambda lock: lock.mkdir(),
    ):
        make(lock_path(path))
        with pytest.raises(DataError, match="no lock file of tsa"), open_store(path):
            pass
        lock_path(path).rmdir() if lock_path(path).is_dir() else lock_path(path).unlink()
    assert precious.read_text() == "mine"


@pytest.mark.parametrize("mode", ["read", "write"])
def test_a_store_of_a_newer_program_is_left_alone(tmp_path: Path, mode: str) -> None:
    path, newest = tmp_path / "t.duckdb", schema.migrations()[-1][0]
    with open_store(path) as store:
        store.execute("0_store/set_schema_version.sql", version=str(newest + 1))
    told = f"newer tsa .schema {newest + 1}, this one knows {newest}"
    with pytest.raises(DataError, match=told), open_store(path, mode):
        pass


def test_an_older_store_is_read_after_it_was_written_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, known = tmp_path / "t.duckdb", schema.migrations()
    with monkeypatch.context() as then:
        then.setattr(schema, "migrations", lambda: known[:-1])
        with open_store(path):
            pass
    with pytest.raises(DataError, match=f"is older than {known[-1][0]}"), open_store(path, "read"):
        pass
    with open_store(path):
        pass
    with open_store(path, "read") as store:
        assert store.value("0_store/schema_version.sql") == str(known[-1][0])


def test_a_reader_leaves_what_others_spill(tmp_path: Path) -> None:
    path = tmp_path / "t.duckdb"
    with open_store(path):
        pass
    leftovers = [Path(f"{path}.tmp"), Path(f"{path}.spool")]
    for folder in leftovers:
        folder.mkdir()
    with open_store(path, "read"):
        assert all(folder.exists() for folder in leftovers)
    with open_store(path):
        assert not any(folder.exists() for folder in leftovers)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_read_only_folder_can_be_read_without_a_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """As if it were one: for root none is."""
    path = tmp_path / "t.duckdb"
    with open_store(path):
        pass

    def refused(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refused)
    with store_lock(path, exclusive=False, command="tsa", wait_seconds=0):
        pass
    with (
        pytest.raises(DataError, match="the folder is not writable"),
        store_lock(path, exclusive=True, command="tsa", wait_seconds=0),
    ):
        pass


def test_a_folder_that_became_read_only_is_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock file is there still, and opens; the engine's .wal beside it does not."""
    path = tmp_path / "t.duckdb"
    with open_store(path):
        pass
    monkeypatch.setattr(os, "access", lambda place, mode: Path(place) != tmp_path)
    with pytest.raises(DataError, match=r"t\.duckdb: the folder is not writable"), open_store(path):
        pass
    with open_store(path, "read"):
        pass


def test_an_empty_file_is_no_store_yet(tmp_path: Path) -> None:
    path = tmp_path / "t.duckdb"
    path.touch()
    with pytest.raises(MissingTable, match="no store here yet"), open_store(path, "read"):
        pass
    with pytest.raises(MissingTable), open_guarded(path, EngineSettings()):
        pass
    with open_store(path):
        assert path.stat().st_size > 0


def test_an_empty_file_is_made_a_store_by_ingest_alone(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "t.duckdb").touch()
    done = tsa("sessionize", "--db", "t.duckdb")
    assert done.code == 3
    assert "no store here yet" in done.err
    assert (tmp_path / "t.duckdb").stat().st_size == 0


@pytest.mark.parametrize("size", [5_000, 300_000])
def test_a_store_that_was_cut_off_is_damaged_for_every_command(
    tsa: Tsa, tmp_path: Path, size: int
) -> None:
    path = tmp_path / "t.duckdb"
    with open_store(path) as store:
        store.connection().execute("create table x as select hash(i) as h from range(300000) t(i)")
    os.truncate(path, size)
    done = tsa("runs", "list", "--db", "t.duckdb")
    assert done.code == 3
    assert "damaged" in done.err
    assert "move it away" in done.err


def test_too_little_memory_to_look_at_the_tables_is_the_environment_s_fault(
    tsa: Tsa, tmp_path: Path
) -> None:
    with open_store(tmp_path / "t.duckdb"):
        pass
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "tsa.yaml").write_text("version: 1\nmemory_limit: 1MB\n")
    assert tsa("sql", "select 1", "--db", "t.duckdb").code == 3


class CutShort:
    """A connection to a store whose file has lost its end."""

    def sql(self, *_: object, **__: object) -> None:
        """What the engine says when a query comes to the missing blocks."""
        raise duckdb.IOException('IO Error: Could not read enough bytes from file "t.duckdb"')

    def interrupt(self) -> None:
        """Nothing runs."""


def test_a_store_that_lost_its_end_is_damaged_and_the_query_is_not_to_blame() -> None:
    query = CheckedQuery("select 1", frozenset(), frozenset(), None)
    with pytest.raises(DataError, match="is damaged"):
        run_query(CutShort(), query, {})  # type: ignore[arg-type]


def test_a_store_that_may_not_be_read_is_the_environment_s_fault(
    tsa: Tsa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    (tmp_path / "t.duckdb").touch()
    assert tsa("sql", "select 1", "--db", "t.duckdb").code == 3
