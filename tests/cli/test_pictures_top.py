"""What a picture leaves out is a row of its own."""

import io

import pytest
from rich.console import Console

from tsa_cli.cli.pictures.journey import picture
from tsa_cli.cli.pictures.top import top_rows
from tsa_cli.cli.plain import Plain


def path(name: str, sessions: int, rate: float | None) -> dict[str, Plain]:
    return {"path": [name], "sessions": sessions, "share": sessions / 10, "conversion_rate": rate}


def test_the_rest_is_summed_and_its_rate_is_weighed() -> None:
    rows = [path("a", 4, 0.5), path("b", 3, 0.0), path("c", 2, 0.5), path("(other)", 1, 1.0)]
    assert top_rows(rows, 4) == rows
    *shown, rest = top_rows(rows, 2)
    assert shown == rows[:2]
    assert (rest["path"], rest["sessions"]) == (["(other)"], 3)
    assert rest["share"] == pytest.approx(0.3)
    assert rest["conversion_rate"] == pytest.approx(2 / 3)


def test_a_rate_of_other_pages_is_not_made_up() -> None:
    rows: list[dict[str, Plain]] = [
        {"page": page, "exits": 1, "sessions": 2, "exit_rate": 0.5} for page in "abc"
    ]
    [_, rest] = top_rows(rows, 1)
    assert (rest["page"], rest["exits"], rest.get("exit_rate")) == ("(other)", 2, None)


def test_a_share_that_is_unknown_throughout_stays_unknown() -> None:
    rows: list[dict[str, Plain]] = [
        {"name": [page], "first": 0.25, "second": None, "change": None} for page in "abc"
    ]
    [_, rest] = top_rows(rows, 1)
    assert rest == {"name": ["(other)"], "first": 0.5, "second": None, "change": None}


def test_every_table_of_a_journey_says_what_it_leaves_out() -> None:
    names = [f"/{n}" for n in range(12)]
    report: Plain = {
        "name": "pages",
        "unit": "page",
        "paths": [path(name, 1, 0.0) for name in names],
        "entries": [{"page": name, "entries": 1, "share": 0.1} for name in names],
        "exits": [{"page": name, "exits": 1, "exit_rate": 0.1} for name in names],
        "conversion_paths": [path(name, 1, 0.0) for name in names],
    }
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(picture(report, 80))
    others = [line.split() for line in console.export_text().splitlines() if "(other)" in line]
    assert others == [
        ["(other)", "2", "20.0%", "0.0%"],
        ["(other)", "2", "20.0%"],
        ["(other)", "2", "–"],
        ["(other)", "7", "70.0%"],
    ]
