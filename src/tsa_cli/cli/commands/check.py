"""`tsa check`."""

import typer

from tsa_cli.cli.jobs.check import work
from tsa_cli.cli.options import FormatOption, OutOption, session_of


def check(ctx: typer.Context, fmt: FormatOption = None, out: OutOption = None) -> None:
    """Do the counts add up, and do the metrics keep their targets? Exit 1 when one does not."""
    session = session_of(ctx)
    session.emit(work(session), fmt, out)
