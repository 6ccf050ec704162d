"""`tsa retention`."""

from typing import Annotated

import typer

from tsa_cli.cli.building import build_missing
from tsa_cli.cli.jobs.retention import COHORTS, LIFECYCLE, STICKINESS, work
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


def retention(
    ctx: typer.Context,
    names: NamesArgument = None,
    lifecycle: Annotated[
        bool, typer.Option("--lifecycle", help="New, returning, resurrecting, dormant users.")
    ] = False,
    stickiness: Annotated[
        bool, typer.Option("--stickiness", help="In how many periods users are active.")
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
    Who comes back: cohorts by period, the lifecycle of users, their stickiness.

    With the calendar clock the period that holds --as-of is taken whole, with what is known of the
    rest of it; its cells are marked as not over.
    """
    if lifecycle and stickiness:
        raise UsageError("--lifecycle and --stickiness are two reports", "ask for one at a time")
    session = session_of(ctx)
    if build:
        build_missing(session, "sessionize")
    view = LIFECYCLE if lifecycle else STICKINESS if stickiness else COHORTS
    session.emit(
        work(session, names or [], Asked(as_of, since, until, tuple(where or ())), view), fmt, out
    )
