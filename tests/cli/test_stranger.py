"""What a stranger's slips come to: a wrong file, a closed pipe, a typo; never lost work."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.conftest import Once, Ran, Tsa

from tsa_cli.store.dictionary import dictionary
from tsa_cli.store.guard import PUBLISHED_TABLES

EVENT = '{"event_id":"1","event":"page_viewed","timestamp":"2026-01-01T00:00:00Z","user_id":"u"}\n'


def error_of(ran: Ran) -> str:
    """The text after `error: `."""
    return next(line for line in ran.err.splitlines() if line.startswith("error: "))[7:]


def hint_of(ran: Ran) -> str:
    """The text after `hint: `."""
    return next(line for line in ran.err.splitlines() if line.startswith("hint: "))[6:]


@pytest.fixture
def events(tsa: Tsa, once: Once, tmp_path: Path) -> Path:
    """A store with one event and no sessions."""

    def build() -> None:
        (tmp_path / "e.jsonl").write_text(EVENT)
        assert tsa("ingest", "e.jsonl").code == 0

    once("events", build)
    return tmp_path / "tsa.duckdb"


@pytest.fixture
def sessionized(tsa: Tsa, events: Path, once: Once) -> None:
    """The same with its session."""
    once("sessionized", lambda: tsa("sessionize"))


@pytest.mark.parametrize(
    "command",
    [
        ("funnel", "booking", "--step", "1", "--users-out", "a.csv", "--out", "./a.csv"),
        ("generate", "--users", "2", "--days", "1", "--out", "a.jsonl", "--answers", "a.jsonl"),
    ],
)
def test_two_answers_never_share_a_file(tsa: Tsa, events: Path, command: tuple[str, ...]) -> None:
    ran = tsa(*command)
    assert ran.code == 2
    assert "name one file" in error_of(ran)


def test_the_file_of_people_says_as_of_when_they_count(tsa: Tsa, sessionized: None) -> None:
    asked = ("funnel", "booking", "--step", "1", "--users-out", "people.json", "--format", "json")
    told = tsa(*asked).envelope
    written = json.loads(Path("people.json").read_text("utf-8"))
    assert told["as_of"]
    assert {key: written[key] for key in ("as_of", "definition", "run_id")} == {
        key: told[key] for key in ("as_of", "definition", "run_id")
    }


@pytest.mark.parametrize(
    "command",
    [
        ("runs", "list", "--format", "json", "--out", "tsa.duckdb"),
        ("runs", "list", "--format", "json", "--out", "tsa.duckdb.lock"),
        ("funnel", "booking", "--step", "1", "--users-out", "tsa.duckdb"),
        ("generate", "--users", "2", "--days", "1", "--out", "g.jsonl", "--answers", "tsa.duckdb"),
    ],
)
def test_no_answer_replaces_the_store(tsa: Tsa, events: Path, command: tuple[str, ...]) -> None:
    before = events.read_bytes()
    ran = tsa(*command)
    assert ran.code == 2
    assert "the store itself" in error_of(ran)
    assert events.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        ("sessionize",),
        ("sessionize", "-n"),
        ("features",),
        ("score",),
        ("quarantine", "drop"),
        ("identities", "cut", "a", "b"),
    ],
)
def test_only_ingest_makes_a_store(tsa: Tsa, tmp_path: Path, command: tuple[str, ...]) -> None:
    ran = tsa("--db", "tyop.duckdb", *command)
    assert ran.code == 3
    assert error_of(ran) == "tyop.duckdb: no store here yet"
    assert hint_of(ran) == "run `tsa ingest PATH` first"
    assert list(tmp_path.glob("tyop*")) == []


@pytest.mark.parametrize("command", [["--help"], ["config", "show", "--format", "table"]])
def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path: Path, command: list[str]) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "tsa_cli", *command],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdout is not None
    program.stdout.close()
    _, err = program.communicate()
    assert (program.returncode, err) == (0, b"")


@pytest.mark.parametrize(
    ("line", "code"),
    [("models list --format csv >&- 2>&-", 0), ("init -n 2>/dev/full", 0), ("x 2>/dev/full", 2)],
)
def test_a_closed_stdout_or_a_log_on_a_full_disk_is_no_fault(
    tmp_path: Path, line: str, code: int
) -> None:
    program = ["sh", "-c", f"{sys.executable} -m tsa_cli {line}"]
    assert (
        subprocess.run(program, cwd=tmp_path, check=False, stdout=subprocess.DEVNULL).returncode
        == code
    )


@pytest.mark.parametrize("line", ["tables", "tables --format csv", "--help", "--version"])
def test_an_answer_that_finds_the_disk_full_is_told_once(tmp_path: Path, line: str) -> None:
    program = ["sh", "-c", f"{sys.executable} -m tsa_cli {line} > /dev/full"]
    ran = subprocess.run(program, cwd=tmp_path, check=False, stderr=subprocess.PIPE, text=True)
    assert ran.returncode == 3
    assert ran.stderr.splitlines()[0] == "error: the disk is full"
    assert "Exception ignored" not in ran.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bounce: prdd", "configs/sessions.yaml:2:1: bounce: Input should be 'prd' or 'ga4',"),
        ("bounce: prdd", "not 'prdd'; did you mean 'prd'?"),
        ("timeout: 99999999999d", "configs/sessions.yaml:2:1: timeout: a duration of at most"),
        ("---", "configs/sessions.yaml:2:1: expected a single document in the stream, but"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_right(
    tsa: Tsa, tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "sessions.yaml").write_text(f"version: 1\n{text}\n")
    ran = tsa("config", "validate")
    assert ran.code == 2
    assert told in error_of(ran)


def test_a_file_that_ends_in_yml_is_told_once_with_its_right_name(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "configs" / "funnels").mkdir(parents=True)
    for name in ("sessions.yml", "funnels/brief.yml"):
        (tmp_path / "configs" / name).write_text("version: 1\n")
    ran = tsa("config", "validate")
    assert ran.code == 2
    assert [line.split(": ", 1)[-1].strip() for line in ran.err.splitlines()[:2]] == [
        "configs/funnels/brief.yml:1:1: no config has this name; call it brief.yaml",
        "no config has this name; call it sessions.yaml",
    ]
    assert ran.err.count("sessions.yml") == 1


def test_a_rule_over_several_keys_names_the_line_of_the_one_it_blames(
    tsa: Tsa, tmp_path: Path
) -> None:
    (tmp_path / "configs" / "funnels").mkdir(parents=True)
    (tmp_path / "configs" / "funnels" / "f.yaml").write_text(
        "version: 1\nsteps: [{name: A, event: a}]\nexclude: [{event: b, after: 1, before: 9}]\n"
    )
    assert "configs/funnels/f.yaml:3:1: exclude: " in error_of(tsa("config", "validate"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--since", "2026-01-02", "--until", "2026-01-01"), "is after --until 2026-01-01"),
        (("--since", "99999999999d"), "--since 99999999999d: not a moment"),
        (("--since", "999999w"), "--since 999999w: before the first year"),
        (("--step", "2"), "--step needs --users-out"),
    ],
)
def test_an_option_that_cannot_mean_anything_is_a_usage_error(
    tsa: Tsa, sessionized: None, options: tuple[str, ...], told: str
) -> None:
    ran = tsa("funnel", "booking", *options)
    assert ran.code == 2
    assert told in error_of(ran)


@pytest.mark.parametrize("command", ["features", "funnel", "journey", "retention", "metrics"])
def test_what_is_missing_has_the_name_that_users_know(tsa: Tsa, events: Path, command: str) -> None:
    ran = tsa(command)
    assert (ran.code, error_of(ran)) == (3, "dim_sessions does not exist yet")
    assert hint_of(ran) == "run `tsa sessionize` first"


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select * from fact_event", "did you mean 'fact_events'?"),
        ("drop table fact_events", "only a SELECT is allowed"),
        ("select x from fact_events", 'SQL: Referenced column "x" not found'),
        ("select $x", "nothing is bound to $x"),
    ],
)
def test_refused_sql_says_why_in_plain_words(tsa: Tsa, events: Path, sql: str, told: str) -> None:
    ran = tsa("sql", sql)
    assert ran.code == 2
    assert told in error_of(ran)
    assert hint_of(ran)


@pytest.mark.parametrize("out", ["-", "events.csv", "events.json.gz"])
def test_a_log_of_no_known_format_is_not_written_as_a_folder(
    tsa: Tsa, tmp_path: Path, out: str
) -> None:
    ran = tsa("generate", "--users", "2", "--days", "1", "--out", out)
    assert ran.code == 2
    assert "no format of events" in error_of(ran)
    assert list(tmp_path.iterdir()) == []


def test_every_column_of_a_published_table_says_what_it_means() -> None:
    bare = {
        f"{name}.{column.name}"
        for name, entry in dictionary().items()
        if name in PUBLISHED_TABLES
        for column in entry.columns
        if not column.meaning
    }
    assert bare == set()


def test_the_tables_have_their_rows_counted_the_public_views_too(
    tsa: Tsa, sessionized: None
) -> None:
    data = tsa("tables").data
    assert isinstance(data, list)
    counts = {table["name"]: table["row_count"] for table in data}
    assert (counts["fact_events"], counts["dim_sessions"], counts["dim_users"]) == (1, 1, 1)


def test_what_a_table_holds_is_told_by_the_file_that_makes_it() -> None:
    assert dictionary()["core"].meaning.startswith("the events that analyses read")


def test_a_dry_run_of_generate_tells_what_would_be_in_the_files(
    tsa: Tsa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tsa_cli.cli.output.is_terminal", lambda _: True)
    ran = tsa("generate", "--users", "2", "--days", "1", "-n")
    assert list(tmp_path.iterdir()) == []
    assert ran.out.split()[:4] == ["lines", "unique_events", "duplicates", "late_events"]


def test_a_state_without_a_file_for_its_people_is_a_usage_error(tsa: Tsa, events: Path) -> None:
    ran = tsa("funnel", "booking", "--state", "dropped")
    assert ran.code == 2
    assert error_of(ran) == "--state needs --users-out"


def test_features_of_a_moment_before_every_event_say_so(tsa: Tsa, sessionized: None) -> None:
    ran = tsa("features", "--as-of", "2020-01-01")
    assert ran.code == 0
    assert ran.envelope["warnings"] == [
        "nobody is described: no event is as old as 2020-01-01T00:00:00Z"
    ]
    assert tsa("features").envelope["warnings"] == []


def test_a_version_of_a_model_that_was_never_trained_is_told_with_the_command(tsa: Tsa) -> None:
    ran = tsa("models", "promote", "lead_score", "v1")
    assert ran.code == 3
    assert hint_of(ran) == "none is trained yet: run `tsa train lead_score`"


def test_a_schema_without_a_name_is_every_schema(tsa: Tsa) -> None:
    ran = tsa("config", "schema")
    assert ran.code == 0
    assert {"funnels", "sessions", "tsa"} <= set(json.loads(ran.out))


def test_a_second_signal_ends_a_run_at_once_whatever_the_engine_does(
    events: Path, tmp_path: Path
) -> None:
    endless = "select count(*) from range(1000000) a, range(1000000) b where a.range < b.range"
    program = subprocess.Popen(
        [sys.executable, "-m", "tsa_cli", "sql", endless],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        time.sleep(3)
        assert program.poll() is None
        program.send_signal(signal.SIGTERM)
        time.sleep(1)
        program.send_signal(signal.SIGTERM)
        program.communicate(timeout=5)
    finally:
        program.kill()
        program.communicate()
    assert program.returncode in (143, -signal.SIGTERM)
