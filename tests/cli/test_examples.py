"""Every command's help ends with a line to try, and that line is one that the program takes."""

import shlex

import pytest
import typer
from tests.conftest import Tsa

from tsa_cli.cli.app import app
from tsa_cli.cli.examples import EXAMPLES


def commands(within: typer.Typer, group: str = "") -> list[str]:
    """The full name of every command."""
    names = [c.name or c.callback.__name__ for c in within.registered_commands if c.callback]
    found = [f"{group} {name}".strip() for name in names]
    for inner in within.registered_groups:
        assert inner.typer_instance is not None
        found += commands(inner.typer_instance, inner.name or "")
    return found


def test_every_command_has_an_example() -> None:
    assert set(commands(app)) == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_shown_and_is_of_its_command(tsa: Tsa, name: str) -> None:
    words = shlex.split(EXAMPLES[name])
    assert words[: 1 + len(name.split())] == ["tsa", *name.split()]
    shown = tsa(*name.split(), "--help")
    assert shown.code == 0
    assert "Example: tsa" in shown.out
    for flag in (word for word in words if word.startswith("--")):
        assert flag in shown.out or flag in tsa("--help").out, flag
