"""Killed at any moment and run again, ingest ends where an undisturbed run ends."""

import random
import signal
import time
from pathlib import Path

import pytest

from tests.faults.shop_files import digest, write_files
from tests.forked import Forked, fork
from tests.stored import stored_and_told
from tsa_cli.cli.main import run
from tsa_cli.store import open_store


def ingest(db: Path, folder: Path) -> Forked:
    """A `tsa ingest` under way."""
    return fork(db.parent, "ingest", folder, "--db", db)


@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.soak)])
def test_a_killed_ingest_loses_nothing_and_doubles_nothing(tmp_path: Path, kills: int) -> None:
    folder = tmp_path / "in"
    write_files(folder, files=2, lines=400, seed=1, with_own_ids=3)
    undisturbed = tmp_path / "undisturbed.duckdb"
    fork(tmp_path, "--version").finish()  # from here on a start takes no time
    started = time.monotonic()
    code, _, said = ingest(undisturbed, folder).finish()
    whole_seconds = time.monotonic() - started
    assert code in (0, 1), said
    expected = digest(undisturbed)
    rng = random.Random(kills)
    for number in range(kills):
        db = tmp_path / f"{number}.duckdb"
        process = ingest(db, folder)
        time.sleep(rng.uniform(0.05, 1.0) * whole_seconds)
        process.send_signal(rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
        _, _, said = process.finish()
        assert "Traceback" not in said
        assert_whole_files_only(db)
        assert run(["--db", str(db), "--quiet", "ingest", str(folder)]) in (0, 1)
        assert digest(db) == expected
        assert not Path(f"{db}.spool").exists()
        for leftover in tmp_path.glob(f"{number}.duckdb*"):
            leftover.unlink()


def assert_whole_files_only(db: Path) -> None:
    """What a killed run left holds exactly the files that its ledger names."""
    if not db.exists() or db.stat().st_size == 0:
        return
    with open_store(db) as store:
        stored, told = stored_and_told(store)
        assert stored == told


def test_two_at_once_one_works_and_the_other_says_who(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write_files(folder, files=2, lines=4_000, seed=2)
    db = tmp_path / "t.duckdb"
    processes = [ingest(db, folder) for _ in range(2)]
    ends = sorted(process.finish() for process in processes)
    assert ends[0][0] in (0, 1)
    if ends[1][0] not in (0, 1):  # they may also have come one after the other
        assert ends[1][0] == 5
        assert "is in use by `tsa ingest" in ends[1][2]
        assert "hint:" in ends[1][2]
    with open_store(db, "read") as store:
        stored, told = stored_and_told(store)
        assert stored == told
    assert db.stat().st_mode & 0o077 == 0
