"""The tour of the README does what it says."""

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import Tsa

README = Path(__file__).parents[1] / "README.md"


def tour() -> list[list[str]]:
    """Every command of the `sh` blocks, in order."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line]


def test_every_command_of_the_tour_ends_well(
    tsa: Tsa, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    start = tmp_path
    for program, *arguments in tour():
        if program == "cd":
            monkeypatch.chdir(start / arguments[0])
            continue
        assert program == "tsa"
        ran = tsa(*arguments)
        assert ran.code == 0, (arguments, ran.err)
    assert (start / "shop" / "transitions.csv").read_text().startswith("name,from,to,count")


def test_the_readme_shows_what_the_demo_prints(tsa: Tsa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert tsa("demo", "shop", "-q").code == 0
    shown = re.search(r"^```\n(booking: .*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    assert shown is not None
    printed = tsa("funnel", "booking", "--db", "tsa.duckdb", "--format", "table")
    for line in shown[1].splitlines():
        assert line.rstrip() in printed.out, line
