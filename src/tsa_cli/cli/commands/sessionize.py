"""`tsa sessionize`."""

from typing import Annotated

import typer

from tsa_cli.cli.jobs.sessionize import work
from tsa_cli.cli.options import DryRunOption, FormatOption, OutOption, session_of


def sessionize(
    ctx: typer.Context,
    full: Annotated[
        bool, typer.Option("--full", help="Rebuild everything, not only what is new.")
    ] = False,
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Stitch ids into people, cut their events into visits, tell who they are."""
    session = session_of(ctx)
    session.emit(work(session, is_full=full, is_dry_run=dry_run), fmt, out)
