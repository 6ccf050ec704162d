"""Every report in every format, on a small shop; tables fit the terminal."""

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Tsa
from tests.soak import soaked

from tsa_cli.cli.formats import Format
from tsa_cli.cli.main import run
from tsa_cli.cli.pictures import drawing

COMMANDS = [
    ("funnel",),
    ("funnel", "booking", "--by", "device_type"),
    ("funnel", "booking", "--trend", "week"),
    ("funnel", "booking", "--drivers"),
    ("funnel", "booking", "--after-drop"),
    ("journey",),
    ("journey", "pages", "--part", "transitions"),
    ("journey", "pages", "--compare", "device_type=mobile,desktop"),
    ("retention",),
    ("retention", "weekly", "--lifecycle"),
    ("retention", "weekly", "--stickiness"),
    ("metrics",),
    ("metrics", "--grain", "week"),
    ("metrics", "bounce_rate", "--by", "device_type"),
    ("explain", "u0000004"),
    ("audiences", "list"),
    ("runs", "list"),
    ("tables",),
    ("tables", "dim_sessions"),
    ("config", "show"),
    ("channels", "test", "--source", "google", "--medium", "cpc"),
    ("sql", "select * from dim_sessions limit 3"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store with a hundred people, made once."""
    folder = tmp_path_factory.mktemp("shop")
    before = Path.cwd()
    os.chdir(folder)
    generate = ["generate", "--users", "100", "--days", "40", "--seed", "5", "--out", "e.jsonl"]
    try:
        for line in (generate, ["ingest", "e.jsonl"], ["sessionize"], ["features"]):
            assert run([*line, "-q"]) == 0
        yield folder / "tsa.duckdb"
    finally:
        os.chdir(before)


@pytest.mark.parametrize("command", [*COMMANDS[::2], *soaked(COMMANDS[1::2])], ids=" ".join)
def test_a_report_answers_in_every_format(tsa: Tsa, shop: Path, command: tuple[str, ...]) -> None:
    forms = (Format.json, Format.csv, Format.jsonl, Format.md)  # tables have a test of their own
    said = {form: tsa(*command, "--db", shop, "--format", form) for form in forms}
    assert {ran.code for ran in said.values()} == {0}
    assert json.loads(said[Format.json].out)["data"]
    rows = list(csv.DictReader(io.StringIO(said[Format.csv].out, newline="")))
    lines = said[Format.jsonl].out.splitlines()
    assert len(rows) == len(lines)
    assert len(rows) == len(said[Format.md].out.splitlines()) - 2
    assert all(isinstance(json.loads(line), dict) for line in lines)


@pytest.mark.parametrize("width", [80, *soaked([120])])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_table_fits_the_terminal(
    tsa: Tsa,
    shop: Path,
    command: tuple[str, ...],
    width: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    ran = tsa(*command, "--db", shop, "--format", "table")
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= width
    assert "\x1b" not in ran.out


def test_a_narrow_terminal_loses_no_name_and_no_number(
    tsa: Tsa, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    funnel = tsa("funnel", "booking", "--db", shop, "--format", "json").data
    assert isinstance(funnel, list)
    words = tsa("funnel", "booking", "--db", shop, "--format", "table").out.split()
    for step in funnel[0]["steps"]:
        assert {*step["name"].split(), str(step["count"])} <= {*words}
    metrics = tsa("metrics", "--db", shop, "--format", "json").data
    assert isinstance(metrics, list)
    shown = tsa("metrics", "--db", shop, "--format", "table").out
    assert all(row["metric"] in shown for row in metrics)


def test_the_people_of_a_bar_are_as_many_as_the_bar_says(
    tsa: Tsa, shop: Path, tmp_path: Path
) -> None:
    drill = ("--users-out", "people.csv", "--step", "2", "--state", "dropped")
    ran = tsa("funnel", "booking", "--db", shop, *drill)
    assert ran.code == 0
    [report] = json.loads(ran.out)["data"]
    people = list(csv.DictReader(io.StringIO((tmp_path / "people.csv").read_text(), newline="")))
    assert len(people) == report["steps"][1]["dropped"] > 0
    assert len({row["id"] for row in people}) == len(people)


@pytest.mark.parametrize(
    "line",
    [
        ("funnel", "--users-out", "x.csv", "--step", "1"),
        ("funnel", "booking", "--users-out", "x.csv"),
        ("funnel", "boking"),
        ("journey", "pages", "--compare", "device_type"),
        ("retention", "--lifecycle", "--stickiness"),
        ("metrics", "bounce"),
        ("funnel", "--since", "tomorrow"),
    ],
    ids=" ".join,
)
def test_a_report_that_cannot_be_meant_is_a_usage_error(
    tsa: Tsa, shop: Path, line: tuple[str, ...]
) -> None:
    ran = tsa(*line, "--db", shop)
    assert ran.code == 2
    assert ran.out == ""


def test_one_named_report_is_an_object_and_all_of_them_a_list(tsa: Tsa, shop: Path) -> None:
    for command in ("journey", "retention"):
        everything = tsa(command, "--db", shop).data
        assert isinstance(everything, list)
        name = everything[0]["name"]
        assert tsa(command, name, "--db", shop).data == everything[0]


def test_numbers_read_as_people_write_them() -> None:
    assert drawing.percent(0.1234) == "12.3%"
    assert drawing.percent(None) == "–"
    assert drawing.count(12345) == "12,345"
    assert [drawing.duration(s) for s in (4, 310, 3600, 100000, 0.2, None)] == [
        "4s", "5m 10s", "1h", "1d 3h", "0s", "–",
    ]  # fmt: skip
    assert drawing.bar(0.5, 4) == "██  "
    assert drawing.bar(0.0001, 4) == "▏   "
    assert drawing.bar(0, 2) == "  "
    assert drawing.sparkline([1, None, 3]) == "▁ █"
    assert drawing.sparkline([2, 2]) == "▄▄"


@pytest.mark.parametrize("form", ["csv", "jsonl", "md"])
def test_a_model_is_shown_in_every_format(tsa: Tsa, tmp_path: Path, form: str) -> None:
    folder = tmp_path / "models" / "lead_score" / "v1"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text('{"kind": "lead_score"}')
    ran = tsa("models", "show", "lead_score", "v1", "--format", form)
    assert ran.code == 0
    assert "lead_score" in ran.out
