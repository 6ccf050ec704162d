"""`tsa demo`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tsa_cli.cli.formats import Format
from tsa_cli.cli.options import DryRunOption, FormatOption, session_of

ANSWERED = ("funnel", "journey", "train", "audiences")


def demo(
    ctx: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new folder, or that of a demo.")
    ] = Path("tsa-demo"),
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
) -> None:
    """Sample data through the whole pipeline, in a folder of its own, and the answers."""
    from tsa_cli.cli import pipeline
    from tsa_cli.cli.jobs import demo as job

    session = job.session_of_its_own(session_of(ctx), folder)
    steps = job.steps(session.config.pipeline)
    job.enter(folder, is_dry_run=dry_run)
    if dry_run:
        session.emit(pipeline.plan_of("demo", steps), fmt)
        return
    ends = pipeline.run_all(session, steps)
    if fmt in (None, Format.table):
        for answer in (end.answer for end in ends if end.step in ANSWERED and end.answer):
            session.emit(replace(answer, summary="", verdict=None, warnings=()), Format.table)
    session.emit(pipeline.answer_of("demo", ends), fmt or Format.table)
