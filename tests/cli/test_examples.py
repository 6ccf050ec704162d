"""Every command's help ends with a line to try, and that line is one that the program takes."""

import re
import shlex

import pytest
import typer
from tests.conftest import Tsa
from typer.main import get_command

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


@pytest.mark.parametrize("width", ["80", "120"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_page_is_no_wider_than_the_terminal(
    tsa: Tsa, monkeypatch: pytest.MonkeyPatch, name: str, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    page = tsa(*name.split(), "--help").out
    assert max(map(len, page.splitlines())) <= int(width)
    assert not re.search(r"<(str|path|list\[str\]|int range)>", page)
    assert f"Example: {EXAMPLES[name]}\n" in page  # a second line would be a command of its own


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_argument_and_option_is_explained(name: str) -> None:
    command = get_command(app)
    for word in name.split():
        command = command.commands[word]  # type: ignore[attr-defined]
    assert [each.name for each in command.params if not getattr(each, "help", None)] == []
