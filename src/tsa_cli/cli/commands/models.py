"""`tsa train`, `tsa score`, `tsa models list|show|promote`."""

from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.building import build_missing
from tsa_cli.cli.jobs import models as jobs
from tsa_cli.cli.jobs.window import Asked
from tsa_cli.cli.options import (
    AsOfOption,
    BuildOption,
    DryRunOption,
    FormatOption,
    NamesArgument,
    OutOption,
    session_of,
)

app = typer.Typer(help="The registry of trained models.")

FolderOption = Annotated[
    Path, typer.Option("--dir", metavar="DIR", help="Where the models' folders are.")
]


def train(
    ctx: typer.Context,
    names: NamesArgument = None,
    as_of: AsOfOption = None,
    folder: FolderOption = jobs.FOLDER,
    build: BuildOption = False,
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Train models, judge them on later people, promote those that are no worse."""
    session = session_of(ctx)
    if build:
        build_missing(session, "sessionize")
    answer = jobs.train(session, names or [], Asked(as_of), folder, is_dry_run=dry_run)
    session.emit(answer, fmt, out)


def score(
    ctx: typer.Context,
    names: NamesArgument = None,
    as_of: AsOfOption = None,
    folder: FolderOption = jobs.FOLDER,
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Score everyone by the current version of each model."""
    session = session_of(ctx)
    answer = jobs.score(session, names or [], Asked(as_of), folder, is_dry_run=dry_run)
    session.emit(answer, fmt, out)


@app.command("list")
def list_models(
    ctx: typer.Context,
    folder: FolderOption = jobs.FOLDER,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Every trained version, and which one is in use."""
    from tsa_cli.steps import models as step

    columns = [field.name for field in fields(step.ModelRow)]
    rows, warnings = step.listing(folder)
    answer = Answer("models list", rows, columns=columns, warnings=warnings)
    session_of(ctx).emit(answer, fmt, out)


@app.command()
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A trained model.")],
    version: Annotated[
        str | None,
        typer.Argument(metavar="VERSION", show_default=False, help="As `tsa models list` has it."),
    ] = None,
    folder: FolderOption = jobs.FOLDER,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """The card of a version, by default of the one in use."""
    from rich.markdown import Markdown

    from tsa_cli.config.catalog import hash_of_values
    from tsa_cli.steps import models as step

    found = step.one(folder, name, version)
    answer = Answer(
        "models show",
        found,
        picture=lambda _: Markdown(found.card),
        definition=hash_of_values(found.manifest.get("config")),
    )
    session_of(ctx).emit(answer, fmt, out)


@app.command()
def promote(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A trained model.")],
    version: Annotated[str, typer.Argument(metavar="VERSION", help="As `tsa models list` has it.")],
    folder: FolderOption = jobs.FOLDER,
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Put a version into use."""
    from tsa_cli.steps import models as step

    result = step.promote(folder, name, version, is_dry_run=dry_run)
    session_of(ctx).emit(Answer("models promote", result), fmt, out)
