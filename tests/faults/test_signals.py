"""One signal ends a run at once, also while the engine is busy, and leaves the store as it was."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.forked import fork
from tsa_cli import interrupts
from tsa_cli.store import open_store

MOST_SECONDS = 4  # of a statement that takes many minutes; 0.3 to 0.7 where nothing else runs


PROGRAM = """
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tsa_cli.cli.outcome import Outcome
from tsa_cli.cli.signals import ending_signals
from tsa_cli.store import open_store

ENDLESS = "select count(*) as n from range(2000000000) a(x), range(100) b(y) where hash(x * y) = 3"


def in_transaction(store):
    with store.transaction():
        store.connection().execute("insert into kept values (2)").fetchall()
        store.connection().execute("create table made as " + ENDLESS).fetchall()


def sorting(store):
    store.connection().execute(
        "create table made as select hash(x) as h from range(500000000) a(x) order by h"
    ).fetchall()


def beside(store):
    with store.aside() as other, ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: other.connection().execute(ENDLESS).fetchall()).result()


WORK = {
    "rows": lambda store: store.connection().execute(ENDLESS).fetchall(),
    "arrays": lambda store: store.connection().execute(ENDLESS).fetchnumpy(),
    "arrow": lambda store: store.connection().sql(ENDLESS).to_arrow_table(),
    "transaction": in_transaction,
    "sort": sorting,
    "beside": beside,
}
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # these tests may themselves run under nohup
outcome = Outcome(tracebacks=False, as_json=False)
with outcome, ending_signals(outcome.signals):
    with open_store(Path(sys.argv[1])) as store:
        print("ready", flush=True)
        WORK[sys.argv[2]](store)
sys.exit(outcome.code)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("work", "number"),
    [
        *((work, signal.SIGTERM) for work in ("rows", "arrays", "beside")),
        *(
            pytest.param(work, signal.SIGTERM, marks=pytest.mark.soak)
            for work in ("arrow", "sort", "transaction")
        ),
        ("transaction", signal.SIGINT),
        ("rows", signal.SIGHUP),
    ],
)
def test_a_signal_ends_a_long_statement(tmp_path: Path, work: str, number: signal.Signals) -> None:
    db = tmp_path / "t.duckdb"
    with open_store(db) as store:
        store.connection().execute("create table kept as select 1 as n").fetchall()
    process = fork(tmp_path, db, work, program=PROGRAM)
    assert process.wait_for_output() == "ready\n"
    time.sleep(0.3)
    sent = time.monotonic()
    process.send_signal(number)
    code, _, said = process.finish()
    assert time.monotonic() - sent < MOST_SECONDS
    assert (code, said) == (128 + number, "")
    with open_store(db, "read") as store:
        con = store.connection()
        assert con.execute("select n from kept").fetchall() == [(1,)]
        assert not store.has_table("made")


RECORDED = """
import os
import signal
import sys
import time
from pathlib import Path
from tsa_cli.cli.outcome import Outcome
from tsa_cli.cli.recorded import recorded
from tsa_cli.cli.session import GlobalOptions, Session
from tsa_cli.cli.signals import Ended, ending_signals

outcome = Outcome(tracebacks=False, as_json=False)
with outcome, ending_signals(outcome.signals):
    session = Session(GlobalOptions(db=Path(sys.argv[1])))
    with recorded(session, "ingest", "", is_dry_run=False):
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(60)
        except Ended:
            raise ValueError("reading the stream failed") from None
sys.exit(outcome.code)
"""


def test_what_the_engine_makes_of_a_signal_is_recorded_as_the_signal(tmp_path: Path) -> None:
    db = tmp_path / "t.duckdb"
    assert fork(tmp_path, db, program=RECORDED).finish() == (143, "", "")
    with open_store(db, "read") as store:
        rows = store.connection().execute("select status, exit_code from runs").fetchall()
    assert rows == [("failed", 143)]


PIPELINE = """
import os
import signal
import sys
import time
from pathlib import Path
from tsa_cli.cli import pipeline
from tsa_cli.cli.answer import Answer
from tsa_cli.cli.outcome import Outcome
from tsa_cli.cli.session import GlobalOptions, Session
from tsa_cli.cli.signals import ending_signals
from tsa_cli.config.tsa import PipelineStep


def waits(session, names):
    with session.writing("features", ""):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)


pipeline.STEPS["sessionize"] = lambda session, names: Answer("sessionize", [])
pipeline.STEPS["features"] = waits
outcome = Outcome(tracebacks=False, as_json=False)
with outcome, ending_signals(outcome.signals):
    session = Session(GlobalOptions(db=Path(sys.argv[1])))
    pipeline.run_all(session, [PipelineStep(step=name) for name in ("sessionize", "features")])
sys.exit(outcome.code)
"""


def test_a_pipeline_that_a_signal_ends_has_its_row_and_so_has_the_step(tmp_path: Path) -> None:
    db = tmp_path / "t.duckdb"
    with open_store(db):
        pass
    assert fork(tmp_path, db, program=PIPELINE).finish() == (143, "", "")
    with open_store(db, "read") as store:
        rows = store.connection().execute(
            "select command, status, exit_code, counts from runs order by started_at"
        ).fetchall()  # fmt: skip
    whole, step = rows
    assert whole == ("run", "failed", 143, '{"sessionize": "done"}')
    assert step[:3] == ("features", "failed", 143)


def test_what_is_written_at_the_end_is_not_stopped_by_the_signal_that_ends() -> None:
    stopped = []
    with interrupts.left_alone(), interrupts.interruptible(lambda: stopped.append(1)):
        interrupts.stop_what_is_under_way()
    assert not stopped
    with interrupts.interruptible(lambda: stopped.append(2)):
        interrupts.stop_what_is_under_way()
    assert stopped == [2]


HUNG_UP = """
import signal
import sys
import time
from pathlib import Path
from tsa_cli.cli.outcome import Outcome
from tsa_cli.cli.signals import ending_signals

outcome = Outcome(tracebacks=False, as_json=False)
with outcome, ending_signals(outcome.signals):
    try:
        signal.raise_signal(signal.SIGHUP)
        Path("unheard").touch()
    finally:
        signal.raise_signal(signal.SIGHUP)  # the kernel's, after the shell's
        Path("cleaned").touch()
sys.exit(outcome.code)
"""


@pytest.mark.parametrize(
    ("at_start", "code", "made"),
    [(signal.SIG_DFL, 129, ["cleaned"]), (signal.SIG_IGN, 0, ["cleaned", "unheard"])],
)
def test_a_closed_terminal_lets_clean_up_and_nohup_goes_on(
    tmp_path: Path, at_start: signal.Handlers, code: int, made: list[str]
) -> None:
    program = f"import signal; signal.signal(1, signal.Handlers({at_start.value})){HUNG_UP}"
    assert fork(tmp_path, program=program).finish() == (code, "", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == made


@pytest.mark.slow
def test_a_signal_during_start_up_ends_with_its_code_too(tmp_path: Path) -> None:
    db = tmp_path / "t.duckdb"
    command = [sys.executable, "-m", "tsa_cli", "sessionize", "--wait", "60", "--db", str(db)]
    with open_store(db):
        for pause in [0.05 + 0.2 * step for step in range(5)]:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            time.sleep(pause)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
            # Before Python runs our first line the signal itself ends the process.
            assert process.returncode in (143, -signal.SIGTERM)


LOSING = """
import os
import signal
import sys
import time
import weakref
from tsa_cli.cli.outcome import Outcome
from tsa_cli.cli.signals import ending_signals

class Thing: ...


def callback(reference):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.01)  # what the handler raises ends in here


outcome = Outcome(tracebacks=False, as_json=False)
with outcome, ending_signals(outcome.signals):
    thing = Thing()
    reference = weakref.ref(thing, callback)
    del thing
    time.sleep(60)
sys.exit(outcome.code)
"""


def test_a_signal_that_a_callback_loses_ends_the_run_all_the_same(tmp_path: Path) -> None:
    process = fork(tmp_path, program=LOSING)
    sent = time.monotonic()
    code, _, said = process.finish()
    assert time.monotonic() - sent < MOST_SECONDS
    assert code == 128 + signal.SIGTERM
    assert "Traceback" not in said


IMPORTED = """
import os
import signal

os.kill(os.getpid(), signal.SIGTERM)
for each in range(1000):  # the handler runs in here
    pass
print("whole", flush=True)
"""
IMPORTING = """
import sys
import time
from tsa_cli.cli.outcome import Outcome
from tsa_cli.cli.signals import ending_signals

outcome = Outcome(tracebacks=False, as_json=False)
with outcome, ending_signals(outcome.signals):
    import imported
    time.sleep(60)
sys.exit(outcome.code)
"""


def test_a_signal_within_an_import_waits_for_its_end(tmp_path: Path) -> None:
    """Of an exception while DuckDB's module makes its enums, the process died by SIGABRT."""
    (tmp_path / "imported.py").write_text(IMPORTED)
    sent = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", IMPORTING],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert time.monotonic() - sent < MOST_SECONDS
    assert (ended.returncode, ended.stdout) == (128 + signal.SIGTERM, "whole\n")
    assert "Traceback" not in ended.stderr
