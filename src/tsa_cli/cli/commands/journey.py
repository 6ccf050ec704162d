"""`tsa journey`."""

from typing import Annotated

import typer

from tsa_cli.cli.building import build_missing
from tsa_cli.cli.jobs.journey import Part, work
from tsa_cli.cli.jobs.window import Asked
from tsa_cli.cli.options import (
    AsOfOption,
    BuildOption,
    FormatOption,
    NamesArgument,
    OutOption,
    SinceOption,
    UntilOption,
    WhereOption,
    session_of,
)


def journey(
    ctx: typer.Context,
    names: NamesArgument = None,
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="KEY=FIRST,SECOND",
            help="Two groups of visits side by side, e.g. device_type=mobile,desktop.",
            show_default=False,
        ),
    ] = None,
    part: Annotated[
        Part | None,
        typer.Option(
            metavar="TABLE",  # the names in one word are wider than a page
            help="The table that csv, jsonl and md take: paths, or with --compare compare. One of "
            + ", ".join(Part)
            + ".",
            show_default=False,
        ),
    ] = None,
    where: WhereOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    build: BuildOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """
    The ways of visits through pages or events: paths, transitions, entries, exits.

    Entries and exits are of whole visits, also where start: or end: cuts the paths.
    """
    session = session_of(ctx)
    if build:
        build_missing(session, "sessionize")
    asked = Asked(as_of, since, until, tuple(where or ()))
    session.emit(work(session, names or [], asked, compare=compare, part=part), fmt, out)
