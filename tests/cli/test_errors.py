"""Each way to go wrong has its exit code, one line of what and one of how to mend it."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Once, Ran, Tsa
from tests.forked import fork

from tsa_cli.cli import main
from tsa_cli.cli.outcome import Outcome, described
from tsa_cli.errors import (
    BreachError,
    ConfigError,
    DataError,
    LockedError,
    MissingTable,
    TsaError,
    UsageError,
)

EVENT = '{"event_id":"1","event":"page_viewed","timestamp":"2026-01-01T00:00:00Z","user_id":"u"}\n'


def told(ran: Ran) -> tuple[str, str]:
    """(what, how), after making sure that stderr ends with exactly these two lines."""
    lines = ran.err.splitlines()
    assert lines[-2].startswith("error: "), ran.err
    assert lines[-1].startswith("hint: "), ran.err
    assert "Traceback" not in ran.err
    return lines[-2].removeprefix("error: "), lines[-1].removeprefix("hint: ")


def config(folder: Path, name: str, text: str) -> None:
    path = folder / "configs" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_file_that_is_not_there_is_exit_3(tsa: Tsa) -> None:
    ran = tsa("ingest", "nowhere.jsonl")
    what, _ = told(ran)
    assert ran.code == 3
    assert what.startswith("nowhere.jsonl: ")


@pytest.mark.parametrize("command", ["list", "replay", "drop"])
def test_a_reason_code_that_no_line_has_is_exit_2(tsa: Tsa, command: str) -> None:
    ran = tsa("quarantine", command, "--reason", "invalid_timestamps")
    what, how = told(ran)
    assert (ran.code, "did you mean 'invalid_timestamp'?" in what) == (2, True)
    assert "unplanned_event" in how


def test_an_empty_folder_is_exit_3(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = tsa("ingest", "empty")
    what, _ = told(ran)
    assert ran.code == 3
    assert what.startswith("empty: ")


def test_a_file_that_fails_does_not_stop_the_others(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_text(EVENT)
    odd = tmp_path / os.fsdecode(b"\xff.jsonl")
    odd.write_text(EVENT.replace('"1"', '"2"'))
    ran = tsa("ingest", "nowhere.jsonl", "good.jsonl", str(odd))
    assert ran.code == 3
    data = ran.data
    assert isinstance(data, dict)
    assert data["inserted"] == 2
    assert data["files"][-1]["path"].endswith("\\xff.jsonl")


def test_what_to_do_about_a_file_that_failed_is_the_hint(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "odd.jsonl").write_text('{"batch": [{"a": 1}]}\n')
    what, how = told(tsa("ingest", "odd.jsonl"))
    assert what.startswith("odd.jsonl: its lines fit no mapping (tried ")
    assert what.endswith(")")
    assert "name one" not in what
    assert how.startswith("name one with --source")


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("version: 1\ntimout: 30m\n", "configs/sessions.yaml:2:1", "did you mean 'timeout'"),
        ("version: 1\ntimeout: 30\n", "configs/sessions.yaml:2:1", "a duration needs a unit"),
        ("version: 1\ntimeout: 30m\ntimeout: 1h\n", "configs/sessions.yaml:3:1", "duplicate key"),
        ("version: 1\nbounce: maybe\n", "configs/sessions.yaml:2:1", "'prd' or 'ga4'"),
        ("version: 1\ntimeout: [\n", "configs/sessions.yaml:3:1", ""),
        ("- 1\n", "configs/sessions.yaml:1:1", "mapping"),
    ],
)
def test_a_config_error_names_file_line_key_and_the_nearest_right_one(
    tsa: Tsa, tmp_path: Path, text: str, place: str, why: str
) -> None:
    config(tmp_path, "sessions.yaml", text)
    ran = tsa("config", "show", "sessions")
    what, _ = told(ran)
    assert ran.code == 2
    assert what.startswith(place + ": ")
    assert why in what


def test_every_fault_of_a_config_is_told_at_once(tsa: Tsa, tmp_path: Path) -> None:
    config(tmp_path, "sessions.yaml", "version: 1\ntimout: 30m\nmax_duration: 3\n")
    first, second, hint = tsa("config", "show", "sessions").err.splitlines()
    assert first.startswith("error: ")
    assert hint.startswith("hint: ")
    for place in ("configs/sessions.yaml:2:1: timout", "configs/sessions.yaml:3:1: max_duration"):
        assert sum(place in line for line in (first, second)) == 1


def test_a_misspelt_config_file_is_found_by_validate(tsa: Tsa, tmp_path: Path) -> None:
    config(tmp_path, "sesions.yaml", "version: 1\n")
    ran = tsa("config", "validate")
    what, _ = told(ran)
    assert ran.code == 2
    assert what.startswith("configs/sesions.yaml:1:1: ")
    assert "did you mean 'sessions.yaml'" in what


@pytest.mark.parametrize("command", [("sql", "select 1"), ("runs", "list"), ("sessionize",)])
def test_a_database_that_is_a_text_file_is_exit_3(
    tsa: Tsa, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "tsa.duckdb").write_text("this is no database, only a text of some length\n")
    ran = tsa(*command)
    what, _ = told(ran)
    assert ran.code == 3
    assert what.startswith("tsa.duckdb: not a tsa store")
    assert (tmp_path / "tsa.duckdb").read_text().startswith("this is no database")


def test_a_damaged_store_is_named_as_one(tsa: Tsa, empty_store: Path) -> None:
    data = bytearray(empty_store.read_bytes())
    for begin in range(20_000, len(data), 100_000):
        data[begin : begin + 3000] = bytes(byte ^ 0x5A for byte in data[begin : begin + 3000])
    empty_store.write_bytes(data)
    for command in (("sql", "select count(*) from fact_events"), ("runs", "list"), ("sessionize",)):
        ran = tsa(*command)
        assert ran.code == 3, ran.err
        assert "is damaged" in told(ran)[0]


def test_a_store_in_use_is_exit_5_and_names_who_has_it(
    tsa: Tsa, empty_store: Path, tmp_path: Path
) -> None:
    from tsa_cli.store import open_store

    (tmp_path / "e.jsonl").write_text(EVENT)
    with open_store(empty_store, "write", command="tsa train"):
        ran = tsa("ingest", "e.jsonl")
        assert ran.code == 5
        what, how = told(ran)
        assert "`tsa train`" in what
        assert f"pid {os.getpid()}" in what
        assert "--wait" in how
        started = time.monotonic()
        assert tsa("ingest", "e.jsonl", "--wait", "0.3").code == 5
        assert time.monotonic() - started >= 0.3
    assert tsa("ingest", "e.jsonl", "--wait", "0.3").code == 0


@pytest.mark.parametrize(
    ("command", "first"),
    [
        (("sql", "select * from dim_sessions"), "tsa sessionize"),
        (("sql", "select * from user_behavior_features"), "tsa features"),
        (("identities", "show", "u"), "tsa sessionize"),
        (("journey",), "tsa sessionize"),
    ],
)
def test_a_table_asked_before_it_exists_names_the_command_that_makes_it(
    tsa: Tsa, tmp_path: Path, command: tuple[str, ...], first: str
) -> None:
    (tmp_path / "e.jsonl").write_text(EVENT)
    assert tsa("ingest", "e.jsonl").code == 0
    ran = tsa(*command)
    what, how = told(ran)
    assert ran.code == 3
    assert "does not exist yet" in what
    assert first in how


def test_a_store_that_is_not_there_names_ingest(tsa: Tsa) -> None:
    ran = tsa("sql", "select 1")
    assert ran.code == 3
    assert "tsa ingest" in told(ran)[1]


@pytest.mark.parametrize(
    "command",
    [
        ("funel",),
        ("sessionize", "--ful"),
        ("sql",),
        ("runs",),
        ("runs", "list", "--last", "0"),
        ("runs", "list", "--format", "xml"),
        ("runs", "list", "--wait", "soon"),
        ("runs", "list", "--log-format", "xml"),
        ("runs", "list", "--db"),
        ("--configs", "nowhere", "config", "show"),
    ],
)
def test_a_wrong_command_line_is_exit_2_in_the_same_two_lines(
    tsa: Tsa, command: tuple[str, ...]
) -> None:
    ran = tsa(*command)
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 2
    told(ran)


def test_out_is_refused_before_the_work_begins(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.json").symlink_to(tmp_path / "target.json")
    for out, code in (("folder", 3), ("link.json", 3), ("no/where.json", 3), ("x.xlsx", 2)):
        ran = tsa("init", "made", "--out", out)
        assert ran.code == code, out
        told(ran)
    assert not (tmp_path / "made").exists()


def test_the_exit_code_of_each_error_is_the_contract_s() -> None:
    codes: dict[type[TsaError], int] = {
        BreachError: 1,
        UsageError: 2,
        ConfigError: 2,
        DataError: 3,
        MissingTable: 3,
        LockedError: 5,
    }
    for kind, code in codes.items():
        assert described(kind("what", "how")) == (code, "what", "how")


def test_an_internal_error_tells_its_place_and_nothing_of_the_data(
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = "ann@example.com"
    with Outcome(tracebacks=False, as_json=False) as outcome:
        raise KeyError(secret)
    said = capsys.readouterr().err
    assert outcome.code == 4
    assert said.startswith("error: internal error: KeyError at ")
    assert "-vv" in said
    assert secret not in said


def test_what_a_locale_cannot_write_ends_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "latin-1", write_through=True))
    main._speak_unicode()
    sys.stdout.write("─ 20 € \udcff")
    assert written.getvalue() == "─ 20 € \\udcff".encode()


def test_a_traceback_needs_vv(capsys: pytest.CaptureFixture[str]) -> None:
    with Outcome(tracebacks=True, as_json=False):
        raise KeyError("x")
    assert "Traceback" in capsys.readouterr().err


def test_errors_are_json_where_logs_are(capsys: pytest.CaptureFixture[str]) -> None:
    with Outcome(tracebacks=False, as_json=True):
        raise DataError("what", "how")
    said = json.loads(capsys.readouterr().err)
    assert said.pop("ts").endswith("Z")  # as every other line of the log has it
    assert said == {"level": "error", "message": "what", "hint": "how"}


def test_a_full_disk_is_the_environment_s_fault() -> None:
    assert described(OSError(28, "No space left on device"))[:2] == (3, "the disk is full")
    assert described(PermissionError(13, "Permission denied", "x"))[1] == "x: Permission denied"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_quietly_with_its_code(
    empty_store: Path, number: signal.Signals, code: int
) -> None:
    from tsa_cli.store import open_store

    with open_store(empty_store, "write"):
        process = fork(empty_store.parent, "sessionize", "--wait", "60")
        time.sleep(1.5)
        process.send_signal(number)
        assert process.finish() == (code, "", "")


@pytest.fixture
def many_rows(empty_store: Path) -> Callable[[], list[str]]:
    """A command line that prints far more than a pipe holds."""
    return lambda: [
        sys.executable, "-m", "tsa_cli", "sql", "--db", str(empty_store), "--format", "jsonl",
        "select * from range(300000)",
    ]  # fmt: skip


def test_a_reader_that_has_seen_enough_is_no_error(many_rows: Callable[[], list[str]]) -> None:
    process = subprocess.Popen(
        many_rows(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith("{")
    process.stdout.close()
    assert process.wait(timeout=30) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("delete from fact_events", "only a SELECT is allowed"),
        ("with d as (delete from fact_events returning user_id) select user_id from d", "delete"),
        ("select content as user_id from read_text('/etc/hostname')", "table function read_text"),
        ("select user_id from raw_events", "table raw_events is not one to read"),
        ("select user_id from dim_users where x = $now", "nothing is bound to $now"),
        ("select user_id from", "syntax error"),
        ("select session_id from dim_sessions", "selects no column user_id"),
    ],
)
def test_validate_refuses_an_audience_whose_sql_the_guard_would_refuse(
    tsa: Tsa, tmp_path: Path, sql: str, why: str
) -> None:
    config(tmp_path, "audiences/mine.yaml", f"version: 1\nmin_size: 1\nsql: >-\n  {sql}\n")
    ran = tsa("config", "validate")
    assert ran.code == 2
    first = ran.err.splitlines()[-2]
    assert first.startswith("error: configs/audiences/mine.yaml:3:1: sql: ")
    assert why in first


def test_validate_takes_the_sql_of_an_audience_without_any_data(tsa: Tsa, tmp_path: Path) -> None:
    sql = "select user_id from dim_users where first_seen < $as_of"
    config(tmp_path, "audiences/mine.yaml", f"version: 1\nsql: {sql}\n")
    assert tsa("config", "validate").code == 0
    assert not (tmp_path / "tsa.duckdb").exists()


def test_a_model_that_was_never_trained_is_told_with_the_nearest_and_what_to_run(
    tsa: Tsa, tmp_path: Path
) -> None:
    ran = tsa("models", "show", "lead_scor")
    assert ran.code == 3
    assert "`tsa train` trains those of configs/models" in ran.err
    folder = tmp_path / "models" / "lead_score" / "v1"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text('{"config": {"kind": "lead_score"}}')
    assert "did you mean 'lead_score'?" in tsa("models", "show", "lead_scor").err
    shown = tsa("models", "show", "lead_score", "v1")
    assert len(str(shown.envelope["definition"])) == 16


def test_a_channel_comes_with_the_hash_of_its_rules(tsa: Tsa) -> None:
    answer = tsa("channels", "test", "--source", "google").envelope
    assert len(str(answer["definition"])) == 16


def test_a_name_that_no_table_has_is_exit_2(tsa: Tsa) -> None:
    ran = tsa("tables", "fact_event")
    assert (ran.code, "did you mean 'fact_events'?" in ran.err) == (2, True)


def test_a_table_that_no_command_makes_yet_names_none(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text(EVENT)
    assert tsa("ingest", "e.jsonl").code == 0
    ran = tsa("sql", "select * from trigger_outbox")
    assert (ran.code, "tsa triggers" in ran.err) == (3, False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("metrics", "bounce_rat"), "did you mean 'bounce_rate'?"),
        (("ingest", "no.jsonl"), "hint: name files, folders or globs that are there"),
        (("--db", "no/x.duckdb", "ingest", "1.jsonl"), "no/x.duckdb: no such folder no"),
    ],
)
def test_an_error_says_how_to_mend_what_was_typed(
    tsa: Tsa, once: Once, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    def build() -> None:
        line = '{"event": "page_viewed", "timestamp": "2024-01-01T10:00:00Z", "user_id": "u"}'
        (tmp_path / "1.jsonl").write_text(line + "\n")
        assert tsa("ingest", "1.jsonl").code == 0
        assert tsa("sessionize").code == 0

    once("shop", build)
    assert said in tsa(*words).err
