"""`tsa metrics`."""

from typing import Annotated, Literal

import typer

from tsa_cli.cli.building import build_missing
from tsa_cli.cli.jobs.metrics import Cut, work
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


def metrics(
    ctx: typer.Context,
    names: NamesArgument = None,
    grain: Annotated[
        Literal["day", "week", "month"] | None,
        typer.Option(help="One value a period.", show_default=False),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="PROPERTY", help="Split by this property.", show_default=False),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Against the span before (needs --since or --grain).")
    ] = False,
    weekdays: Annotated[
        bool, typer.Option("--same-weekdays", help="Compare whole weeks back, like for like.")
    ] = False,
    where: WhereOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    build: BuildOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """
    Rates and averages with their n, interval, target and change.

    --where narrows the events that bring something in, not those that it must be without: a booking
    begun on a phone and completed on another device is not abandoned there.
    """
    session = session_of(ctx)
    if build:
        build_missing(session, "sessionize")
    cut = Cut(grain, by, "weekdays" if weekdays else "previous" if compare else None)
    session.emit(
        work(session, names or [], Asked(as_of, since, until, tuple(where or ())), cut), fmt, out
    )
