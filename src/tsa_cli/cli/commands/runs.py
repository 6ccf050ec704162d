"""`tsa runs list|show`."""

import json
from collections.abc import Mapping
from typing import Annotated

import typer

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.options import FormatOption, OutOption, session_of

app = typer.Typer(help="What ran, when, on what, how it ended.")


@app.command("list")
def list_runs(
    ctx: typer.Context,
    count: Annotated[int, typer.Option("--last", min=1, help="How many, newest first.")] = 20,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """The newest runs."""
    from tsa_cli.steps import runs as step

    session = session_of(ctx)
    with session.reading() as store:
        found = [_with_counts(run) for run in step.latest(store, count)]
    shown = ["run_id", "command", "duration_seconds", "status"]
    session.emit(Answer("runs list", found, shown=shown), fmt, out)


@app.command("show")
def show_run(
    ctx: typer.Context,
    run_id: Annotated[str, typer.Argument(metavar="RUN_ID", help="As `tsa runs list` has it.")],
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """One run with its counts, and the steps it sequenced."""
    from tsa_cli.steps import runs as step

    session = session_of(ctx)
    with session.reading() as store:
        found = [_with_counts(run) for run in step.one(store, run_id)]
    session.emit(Answer("runs show", found), fmt, out)


def _with_counts(run: Mapping[str, object]) -> dict[str, object]:
    """The run with its counts as an object, not as JSON text."""
    counts = run["counts"]
    return {**run, "counts": json.loads(counts) if isinstance(counts, str) else {}}
