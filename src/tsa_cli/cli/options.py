"""
The options that several commands share, each spelt and explained once.
"""

from pathlib import Path
from typing import Annotated

import typer

from tsa_cli.atomic_file import check_target
from tsa_cli.cli import completion
from tsa_cli.cli.formats import Format, of_file
from tsa_cli.cli.session import Session

OUTPUT = "Output"


def session_of(context: typer.Context) -> Session:
    """The session that the program's callback made."""
    session = context.obj
    if not isinstance(session, Session):
        raise TypeError(f"the program's callback did not run: {session!r}")
    return session


def _checked_out(context: typer.Context, value: Path | None) -> Path | None:
    """Refuse a file that cannot be written, or that names no format, before any work is done."""
    if value is not None:
        check_target(value)
        session_of(context).spare_store("--out", value)
        if context.params.get("fmt") is None:
            of_file(value)
    return value


FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        is_eager=True,
        rich_help_panel=OUTPUT,
        help="How to print; a table on a terminal, JSON otherwise.",
        show_default=False,
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        callback=_checked_out,
        rich_help_panel=OUTPUT,
        help="Write to FILE, whole or not at all; its ending names the format.",
        show_default=False,
    ),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", "-n", help="Say what would happen and change nothing.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TS",
        help="The moment to look from; the newest event's by default.",
        show_default=False,
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="WHEN",
        help="From this date, timestamp or age (30d) on.",
        show_default=False,
    ),
]
UntilOption = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="WHEN",
        help="Up to this date (the whole day), timestamp or age.",
        show_default=False,
    ),
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="KEY=VALUE",
        help="Only events with it, e.g. device_type=mobile,tablet or properties.price>=50.",
        show_default=False,
    ),
]
BuildOption = Annotated[
    bool, typer.Option("--build", help="Run the steps that the report misses first.")
]
NamesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME",
        show_default=False,
        help="Which; all of them by default.",
        autocompletion=completion.entries,
    ),
]
