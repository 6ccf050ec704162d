"""
The help pages: plain text under headings, with a line to try at the end of each.

Typer's own are drawn by rich, and to import what draws them takes longer than all the rest of a
start: `tsa --help` has to answer in under 0.3 s.
"""

import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

import typer
from typer.core import TyperCommand, TyperGroup

from tsa_cli.cli.examples import EXAMPLES

WIDEST = 100  # columns; longer lines are hard to read
_FIRST_COLUMN = 28

Row = tuple[str, str]
_TYPE = re.compile(r" <(?:list\[str\]|str|path)>$")


class Formatter(Protocol):
    """What writes a page: headings, and rows of two columns."""

    def section(self, name: str) -> AbstractContextManager[None]: ...  # noqa: D102
    def write_dl(self, rows: list[Row], col_max: int = 30) -> None: ...  # noqa: D102


class Page(TyperCommand):
    """A command whose help is plain."""

    def format_options(self, ctx: typer.Context, formatter: Formatter) -> None:  # type: ignore[override]
        """Write its arguments and options, each panel under its heading."""
        _write(formatter, _parameters(self, ctx))


class Contents(TyperGroup):
    """A group of commands whose help is plain."""

    def format_options(self, ctx: typer.Context, formatter: Formatter) -> None:  # type: ignore[override]
        """Write its commands, each panel under its heading, then its options."""
        commands = [self.commands[name] for name in self.list_commands(ctx)]
        told = (
            (
                getattr(each, "rich_help_panel", None) or "Commands",
                (str(each.name), _first(each.help)),
            )
            for each in commands
            if not each.hidden
        )
        _write(formatter, told)
        _write(formatter, _parameters(self, ctx))


def set_up(app: typer.Typer, group: str = "") -> None:
    """Give every command of `app`, and of its groups, a plain page with its example at the end."""
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        command.cls = Page
        example = EXAMPLES.get(f"{group} {name}".strip())
        if example is not None:
            command.epilog = f"Example: {example}"
    for inner in app.registered_groups:
        if inner.typer_instance is not None:
            inner.cls = Contents
            set_up(inner.typer_instance, inner.name or "")


def _parameters(command: Page | Contents, ctx: typer.Context) -> Iterable[tuple[str, Row]]:
    """(panel, row) of each parameter; arguments first."""
    shown = [
        (getattr(each, "rich_help_panel", None), each.param_type_name, _readable(record))
        for each in command.get_params(ctx)
        if (record := each.get_help_record(ctx)) is not None
    ]
    for kind, heading in (("argument", "Arguments"), ("option", "Options")):
        yield from ((panel or heading, record) for panel, its, record in shown if its == kind)


def _readable(row: Row) -> Row:
    """`row` without Python's names of types: `PATH <list[str]>` is PATH, `<int range>` is N."""
    name, meaning = row
    return _TYPE.sub("", name.replace("<int range>", "N")), meaning


def _write(formatter: Formatter, told: Iterable[tuple[str, Row]]) -> None:
    panels: dict[str, list[Row]] = {}
    for panel, row in told:
        panels.setdefault(panel, []).append(row)
    for panel, rows in panels.items():
        with formatter.section(panel):
            formatter.write_dl(rows, col_max=_FIRST_COLUMN)


def _first(text: str | None) -> str:
    """The first paragraph, on one line."""
    return " ".join((text or "").strip().split("\n\n")[0].split())
