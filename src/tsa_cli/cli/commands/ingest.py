"""`tsa ingest`."""

from typing import Annotated

import typer

from tsa_cli.cli import completion
from tsa_cli.cli.jobs.ingest import AUTO, config_of, work
from tsa_cli.cli.options import DryRunOption, FormatOption, OutOption, session_of


def ingest(
    ctx: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            show_default=False,
            help="Files, folders, globs; - for standard input; `inbox:` of tsa.yaml by default.",
        ),
    ] = None,
    source: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The mapping; `auto` looks at the first lines.",
            autocompletion=completion.sources,
        ),
    ] = AUTO,
    final: Annotated[
        bool, typer.Option("--final", help="Read an unfinished last line too.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Read every file whole, also what was read before.")
    ] = False,
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Event files into the store: each file whole or not at all, each line accounted for."""
    session = session_of(ctx)
    config = config_of(session, source=source, is_final=final, is_forced=force, is_dry_run=dry_run)
    session.emit(work(session, paths or session.config.inbox, config), fmt, out)
