"""`tsa funnel`."""

from pathlib import Path
from typing import Annotated

import typer

from tsa_cli.cli.building import build_missing
from tsa_cli.cli.jobs.funnel import Bucket, Drill, State, check, check_one_table, work
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
from tsa_cli.errors import UsageError


def funnel(
    ctx: typer.Context,
    names: NamesArgument = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="PROPERTY", help="Split by this property.", show_default=False),
    ] = None,
    trend: Annotated[
        Bucket | None, typer.Option(help="Entrants by period.", show_default=False)
    ] = None,
    after_drop: Annotated[
        bool, typer.Option("--after-drop", help="Where those who dropped went next.")
    ] = False,
    drivers: Annotated[
        bool, typer.Option("--drivers", help="Which events and properties go with converting.")
    ] = False,
    users_out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The people behind one bar.", show_default=False),
    ] = None,
    step: Annotated[
        int | None, typer.Option(min=1, help="Which bar, from 1.", show_default=False)
    ] = None,
    state: Annotated[
        State | None,
        typer.Option(help="Which part of the bar; converted by default.", show_default=False),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Against the span before (needs --since).")
    ] = False,
    where: WhereOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    build: BuildOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """How far people get through a funnel, how long it takes, where they stop."""
    session = session_of(ctx)
    drill = Drill(by, trend, after_drop, drivers, users_out, step, state, compare)
    check(session, drill, names or [], out)
    if compare and since is None:
        raise UsageError("--compare needs --since: the span before is as long", "--since 30d")
    check_one_table(drill, fmt, out)
    if build:
        build_missing(session, "sessionize")
    session.emit(
        work(session, names or [], Asked(as_of, since, until, tuple(where or ())), drill), fmt, out
    )
