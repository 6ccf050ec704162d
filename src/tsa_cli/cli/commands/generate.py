"""`tsa generate`."""

from pathlib import Path
from typing import Annotated

import typer

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.options import DryRunOption, session_of
from tsa_cli.quantities import quantity


def generate(
    ctx: typer.Context,
    users: Annotated[int, typer.Option(min=1, help="How many people visit.")] = 1000,
    days: Annotated[int, typer.Option(min=1, help="For how many days.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same log.")] = 1,
    out: Annotated[
        Path, typer.Option(metavar="FILE|DIR", help="A file by its ending, else a folder.")
    ] = Path("events"),
    formats: Annotated[
        str | None,
        typer.Option("--format", metavar="jsonl,parquet", help="Which files.", show_default=False),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The true counts about the log.", show_default=False),
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """A seeded synthetic log of a repair shop, and the true answers about it."""
    from tsa_cli.steps import generate as step

    session = session_of(ctx)
    session.is_dry_run = dry_run
    session.keep_apart({"--out": out, "--answers": answers})
    wanted = tuple(part.strip() for part in formats.split(",")) if formats else ()
    with session.progress() as bar:
        result = step.run(
            users, days, seed, out, wanted, answers, dry_run=dry_run,
            on_progress=lambda share: bar(round(share * 100), 100, "writing events"),
        )  # fmt: skip
    summary = (
        f"{quantity(result.lines, 'line')}, {quantity(result.unique_events, 'event')},"
        f" {result.duplicates:,} twice"
    )
    counts = {key: value for key, value in vars(result).items() if key not in ("files", "answers")}
    rows = list(map(vars, result.files)) or [counts]
    session.emit(Answer("generate", result, rows, summary=summary))
