"""`tsa run`."""

from typing import Annotated

import typer

from tsa_cli.cli import completion
from tsa_cli.cli.options import DryRunOption, FormatOption, OutOption, session_of


def run(
    ctx: typer.Context,
    first: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="STEP",
            show_default=False,
            help="The first step to do.",
            autocompletion=completion.steps,
        ),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="STEP",
            show_default=False,
            help="The last step to do.",
            autocompletion=completion.steps,
        ),
    ] = None,
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """The pipeline of tsa.yaml in order, one summary: for cron."""
    from tsa_cli.cli import pipeline

    session = session_of(ctx)
    steps = pipeline.chosen(session.config.pipeline, first, last)
    if dry_run:
        session.emit(pipeline.plan_of("run", steps), fmt, out)
        return
    ends = pipeline.run_all(session, steps)
    session.emit(pipeline.answer_of("run", ends), fmt, out)
