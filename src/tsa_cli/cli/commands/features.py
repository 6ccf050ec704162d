"""`tsa features`."""

import typer

from tsa_cli.cli.building import build_missing
from tsa_cli.cli.jobs.features import work
from tsa_cli.cli.options import (
    AsOfOption,
    BuildOption,
    DryRunOption,
    FormatOption,
    OutOption,
    session_of,
)


def features(
    ctx: typer.Context,
    as_of: AsOfOption = None,
    build: BuildOption = False,
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Describe every user by numbers, as of a moment: nothing later is looked at."""
    session = session_of(ctx)
    if build:
        build_missing(session, "sessionize")
    session.emit(work(session, as_of, is_dry_run=dry_run), fmt, out)
