"""Every format's bytes, and what they keep away from terminals, spreadsheets and Markdown."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest
from tests.conftest import Tsa

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.formats import WRITERS, Format, of_file
from tsa_cli.cli.pictures import drawing
from tsa_cli.errors import UsageError

GOLDEN = Path(__file__).parent / "golden"
ANSWER = Answer(
    "demo",
    data=[
        {"name": "Price check", "count": 1200, "rate": 0.25, "at": datetime(2026, 1, 2, 3, 4, 5)},
        {"name": "a|b\n<i>`c`</i> \x1b[31m", "count": -5, "rate": float("nan"), "at": None},
        {"name": '=HYPERLINK("x")', "count": 0, "rate": 1.0, "at": None, "more": {"k": [1, 2]}},
        {"name": "naïve 日本 \u202egnp.exe", "count": 7, "rate": 1 / 3, "at": None, "more": True},
    ],
    as_of=datetime(2026, 1, 3),
    definition="0123456789abcdef",
    warnings=["one"],
)


def written(answer: Answer, form: Format) -> str:
    stream = io.StringIO(newline="")
    WRITERS[form](answer, "RUN", stream)
    return stream.getvalue()


@pytest.mark.parametrize("form", list(Format))
def test_the_bytes_of_each_format_stay_as_they_are(form: Format) -> None:
    golden = GOLDEN / f"answer.{form}.txt"
    assert written(ANSWER, form).encode() == golden.read_bytes()


def test_every_format_has_a_writer_and_an_ending() -> None:
    assert set(WRITERS) == set(Format)
    endings = (".txt", ".json", ".jsonl", ".csv", ".md")
    assert {of_file(Path(f"x{ending}")) for ending in endings} == set(Format)
    with pytest.raises(UsageError, match="no format has this ending"):
        of_file(Path("x.xlsx"))


def test_the_json_envelope_has_exactly_the_keys_of_the_contract() -> None:
    keys = ["command", "schema_version", "run_id", "as_of", "definition", "warnings", "data"]
    assert list(json.loads(written(ANSWER, Format.json))) == keys


HOSTILE = [
    "=1+1", "+1", "-1+cmd", "@SUM(A1)", "|calc", "%0A", "\t=1", "\r=1", "\n=1", "  =1", "\u200b=1",
    "\ufeff=1", "\u00a0@x", "\u202e=1", "＝1", "＋1", "－1", "＠x", "｜x", "％x",
]  # fmt: skip


@pytest.mark.parametrize("cell", HOSTILE)
def test_no_text_cell_can_start_a_formula(cell: str) -> None:
    text = written(Answer("x", [{"c": cell, cell: 1}]), Format.csv)
    [header, row] = csv.reader(io.StringIO(text, newline=""))
    shown = "'" + cell.replace("\u202e", "\\u202e")
    assert row[0] == shown
    assert header[1] == shown


@pytest.mark.parametrize("cell", [-5, -0.5, "a=b", "x@y", "", "1-2", "日本"])
def test_numbers_and_harmless_text_stay_as_they_are(cell: object) -> None:
    text = written(Answer("x", [{"c": cell, "d": 1}]), Format.csv)
    [_, row] = csv.reader(io.StringIO(text, newline=""))
    assert row[0] == str(cell)


def test_a_cell_cannot_leave_its_row_in_markdown() -> None:
    lines = written(Answer("x", [{"a": "1|2\n3|4", "b": "\\|"}]), Format.md).splitlines()
    assert len(lines) == 3
    assert lines[2] == "| 1\\|2 3\\|4 | \\\\\\| |"


@pytest.mark.parametrize("form", [Format.table, Format.md])
def test_no_control_or_direction_character_reaches_a_person(form: Format) -> None:
    hidden = [*range(32), 127, *range(128, 160), 0x200B, 0x202E, 0x2066, 0xE0041, 0xE0100]
    hostile = "".join(map(chr, hidden))
    shown = written(Answer("x", [{"a": f"[bold]{hostile}[/bold]"}]), form)
    assert not set(shown) & (set(hostile) - {"\n"})
    assert "[bold]" in shown.replace("\\[", "[")


def test_a_hidden_character_of_a_higher_plane_is_read_back_from_json() -> None:
    text = written(Answer("x", [{"a": "b\U000e0041c"}]), Format.json)
    assert json.loads(text)["data"] == [{"a": "b\U000e0041c"}]


def test_a_csv_cell_holds_no_control_and_keeps_its_line_ends() -> None:
    hostile = "".join(map(chr, [*range(32), 127, *range(128, 160), 0x202E, 0x2066, 0x200F]))
    text = written(Answer("x", [{f"k{hostile}": f"a{hostile}z", "n": {"k": hostile}}]), Format.csv)
    assert set(text) & set(hostile) == {"\n", "\r", "\t"}
    [_, [cell, nested]] = csv.reader(io.StringIO(text, newline=""))
    assert cell.startswith("a\\u0000\\u0001")
    assert cell.endswith("\\u202e\\u2066\\u200fz")
    assert "\t\n" in cell
    assert json.loads(nested)["k"].startswith("\x00\x01")


def test_a_csv_cell_keeps_what_joins_letters() -> None:
    family = "\U0001f468\u200d\U0001f469"  # drawn as one picture
    assert family in written(Answer("x", [{"a": family}]), Format.csv)


def test_no_control_character_is_in_the_head_of_a_picture(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from rich.console import Console

    Console(width=80).print(drawing.table(["\x1b[31m\x9b"], ["\u202en"], [["\x1b", "1"]]))
    assert not set(capsys.readouterr().out) & set("\x1b\x9b\u202e")


@pytest.mark.parametrize("form", list(Format))
def test_an_answer_without_rows_still_names_its_columns(form: Format) -> None:
    shown = written(Answer("x", [], columns=["user_id", "n"]), form)
    assert "user_id" in shown or form in (Format.json, Format.jsonl)


def test_a_table_too_wide_for_the_terminal_becomes_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    wide = Answer("x", [{f"column_number_{i}": "some text" for i in range(12)}] * 2)
    lines = written(wide, Format.table).splitlines()
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("column_number_11") for line in lines) == 2


def test_a_moment_is_never_broken_in_two(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = "2025-02-10T16:05:47.983000Z"
    rows = [{"begin": moment, "end": moment, "a": "x" * 14, "b": "y" * 14}]
    for width in (80, 85, 88, 92, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        assert written(Answer("x", rows), Format.table).count(moment) == 2


def test_a_long_table_says_how_many_rows_it_leaves_out() -> None:
    shown = written(Answer("x", [{"n": i} for i in range(1234)]), Format.table)
    assert "734 more rows" in shown


def test_json_of_many_rows_is_the_same_object() -> None:
    rows = [{"n": i, "s": "\u202e\x85]}"} for i in range(1500)]
    found = json.loads(written(Answer("x", rows), Format.json))
    assert found["data"] == rows
    assert json.loads(written(Answer("x", rows[:3]), Format.json))["data"] == rows[:3]


@pytest.mark.parametrize("form", [Format.json, Format.jsonl])
def test_json_has_no_character_that_a_terminal_obeys(form: Format) -> None:
    assert "\x9b" not in written(Answer("x", [{"a": "\x9b31m\u202e"}]), form)


def test_a_list_without_a_row_has_its_header(tsa: Tsa, tmp_path: Path) -> None:
    event = {"event": "x", "user_id": "u", "timestamp": "2026-01-01T00:00:00Z"}
    (tmp_path / "e.jsonl").write_text(json.dumps(event) + "\n")
    assert tsa("ingest", "e.jsonl").code == 0
    held = "source_file,line_number,byte_offset,reason,detail,raw,ingested_at\n"
    assert tsa("quarantine", "list", "--format", "csv").out == held
    models = "model,version,is_current,as_of,roc_auc,pr_auc\n"
    assert tsa("models", "list", "--format", "csv").out == models
    assert json.loads(tsa("quarantine", "list", "--format", "json").out)["data"] == []
