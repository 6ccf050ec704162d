"""`tsa explain USER`."""

from typing import Annotated

import typer

from tsa_cli.cli import completion
from tsa_cli.cli.building import build_missing
from tsa_cli.cli.jobs.explain import MOST_ROWS, Wanted, work
from tsa_cli.cli.jobs.window import Asked
from tsa_cli.cli.options import (
    AsOfOption,
    BuildOption,
    FormatOption,
    OutOption,
    SinceOption,
    UntilOption,
    session_of,
)


def explain(
    ctx: typer.Context,
    user: Annotated[str, typer.Argument(metavar="USER", help="A user id or a device id.")],
    funnels: Annotated[
        list[str] | None,
        typer.Option(
            "--funnel",
            metavar="NAME",
            show_default=False,
            help="Which funnels; all by default.",
            autocompletion=completion.funnels,
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, metavar="ROWS", help="How many events and sessions, latest first.")
    ] = MOST_ROWS,
    show_pii: Annotated[
        bool, typer.Option("--show-pii", help="Traits in clear, as far as TSA_KEY opens them.")
    ] = False,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    build: BuildOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """One person end to end: events, ids, visits, each try at a funnel, scores, and why."""
    session = session_of(ctx)
    if build:
        build_missing(session, "sessionize")
    wanted = Wanted(tuple(funnels or ()), limit, show_pii)
    session.emit(work(session, user, Asked(as_of, since, until), wanted), fmt, out)
