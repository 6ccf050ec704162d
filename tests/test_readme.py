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


def shown_funnel() -> list[str]:
    """The lines of the funnel that the README shows."""
    shown = re.search(r"^```\n(booking: .*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    assert shown is not None
    return [line.rstrip() for line in shown[1].splitlines()]


def test_the_tour_ends_well_and_the_demo_s_funnel_is_the_one_shown(
    tsa: Tsa, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    start = tmp_path
    for program, *arguments in tour():
        if program == "cd":
            monkeypatch.chdir(start / arguments[0])
            printed = tsa("funnel", "booking", "--format", "table")
            assert [line for line in shown_funnel() if line not in printed.out] == []
            continue
        assert program == "tsa"
        ran = tsa(*arguments)
        assert ran.code == 0, (arguments, ran.err)
    assert (start / "shop" / "transitions.csv").read_text().startswith("name,from,to,count")
