"""How the program starts: fast, and with options on either side of the command."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Tsa

HEAVY = (
    "duckdb", "polars", "pyarrow", "sklearn", "scipy", "numpy", "pydantic", "yaml", "jinja2",
    "rich",
)  # fmt: skip


def test_help_loads_no_heavy_library(record_property: Callable[[str, object], None]) -> None:
    script = (
        "import sys; from tsa_cli.cli.main import run; run(['--help']);"
        "print(sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    before = os.times()
    started = time.monotonic()
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    took = f"tsa --help: {cpu:.2f} s of CPU, {time.monotonic() - started:.2f} s in all"
    record_property("took", took)
    assert "Usage: tsa" in ran.stdout
    assert [name for name in HEAVY if f"'{name}'" in ran.stderr] == [], took


def test_the_contents_are_under_headings_and_none_is_cut_short(tsa: Tsa) -> None:
    told = tsa("--help").out
    places = [told.index(heading) for heading in ("Start:", "Reports:", "Operation:", "Options:")]
    assert places == sorted(places)
    assert "..." not in told.replace("[ARGS]...", "")
    page = tsa("funnel", "--help").out
    assert page.index("Options:") < page.index("--by") < page.index("Output:") < page.index("--out")


def test_without_arguments_it_shows_its_help(tsa: Tsa) -> None:
    assert tsa().out == tsa("--help").out
    assert tsa().code == 0


def test_the_store_and_the_configs_may_be_named_on_either_side(tsa: Tsa, tmp_path: Path) -> None:
    from tsa_cli.store import open_store

    with open_store(tmp_path / "other.duckdb", "write"):
        pass
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "sessions.yaml").write_text("version: 1\ntimeout: 7m\n")
    for line in (
        ("--db", "other.duckdb", "runs", "list"),
        ("runs", "--db", "other.duckdb", "list"),
        ("runs", "list", "--db=other.duckdb"),
    ):
        assert tsa(*line).code == 0
    for line in (
        ("--configs", "mine", "config", "show", "sessions"),
        ("config", "show", "sessions", "--configs", "mine"),
    ):
        assert '"7m"' in tsa(*line).out


def test_a_flag_is_over_the_environment_is_over_the_config_is_over_the_default(
    tsa: Tsa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said() -> str:
        return tsa("sql", "select 1").err.splitlines()[0]

    assert "tsa.duckdb:" in said()
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "tsa.yaml").write_text("version: 1\ndb: configured.duckdb\n")
    assert "configured.duckdb:" in said()
    monkeypatch.setenv("TSA_DB", "environment.duckdb")
    assert "environment.duckdb:" in said()
    assert "flag.duckdb:" in tsa("sql", "select 1", "--db", "flag.duckdb").err


def test_data_goes_to_stdout_and_talk_to_stderr(tsa: Tsa) -> None:
    ran = tsa("init", "x")
    assert json.loads(ran.out)["command"] == "init"
    assert "files written" in ran.err
    assert tsa("init", "x", "-q").err == ""
    logged = json.loads(tsa("init", "x", "--log-format", "json").err)
    assert logged["level"] == "info"


def test_init_never_writes_over_a_file(tsa: Tsa, tmp_path: Path) -> None:
    path = tmp_path / "configs" / "privacy.yaml"
    path.parent.mkdir()
    path.write_text("version: 1\n# mine\n")
    assert tsa("init", "-n").code == 0
    assert not (tmp_path / ".gitignore").exists()
    assert tsa("init").code == 0
    assert path.read_text() == "version: 1\n# mine\n"
    assert tsa("init").data["written"] == []  # type: ignore[index]


def test_out_writes_a_whole_file_for_its_owner_alone(tsa: Tsa, tmp_path: Path) -> None:
    out = tmp_path / "answer.csv"
    out.write_text("old")
    ran = tsa("config", "show", "sessions", "--out", "answer.csv")
    assert (ran.code, ran.out) == (0, "")
    assert out.read_text().startswith("config,key,value,origin\n")
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["answer.csv"]


def test_the_format_that_is_asked_beats_the_ending(tsa: Tsa, tmp_path: Path) -> None:
    assert tsa("config", "show", "sessions", "--format", "jsonl", "--out", "x.csv").code == 0
    assert (tmp_path / "x.csv").read_text().startswith('{"config"')
