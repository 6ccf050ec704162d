"""`tsa audiences list|plan|export`."""

from pathlib import Path
from typing import Annotated

import typer

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs.audiences import FOLDER, definitions, planned, work
from tsa_cli.cli.jobs.window import Asked
from tsa_cli.cli.options import (
    AsOfOption,
    DryRunOption,
    FormatOption,
    NamesArgument,
    OutOption,
    session_of,
)

app = typer.Typer(help="Who to talk to: lists for ad platforms and mail, and what may leave.")

FolderOption = Annotated[
    Path, typer.Option("--dir", metavar="DIR", help="Where the audiences' folders are.")
]


@app.command("list")
def list_audiences(ctx: typer.Context, fmt: FormatOption = None, out: OutOption = None) -> None:
    """Every audience, what it needs and when it was last exported."""
    from tsa_cli.config import definition_hash
    from tsa_cli.steps import export_audiences as step

    session = session_of(ctx)
    with session.reading() as store:
        audiences = definitions(session)
        found = step.listing(store, audiences)
    shown = ["name", "description", "requires_consent", "exported_as_of", "exported_members"]
    definition = definition_hash(*audiences.values())
    session.emit(Answer("audiences list", found, shown=shown, definition=definition), fmt, out)


@app.command()
def plan(
    ctx: typer.Context,
    names: NamesArgument = None,
    as_of: AsOfOption = None,
    folder: FolderOption = FOLDER,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """What `export` would write, without writing it."""
    session = session_of(ctx)
    session.emit(planned(session, names or [], Asked(as_of), folder), fmt, out)


@app.command()
def export(
    ctx: typer.Context,
    names: NamesArgument = None,
    as_of: AsOfOption = None,
    folder: FolderOption = FOLDER,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Write an audience that shrank past its limit.")
    ] = False,
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Write the files of each audience; one that fails keeps its old files."""
    session = session_of(ctx)
    asked = Asked(as_of)
    if dry_run:
        answer = planned(session, names or [], asked, folder)
    else:
        answer = work(session, names or [], asked, folder, allow_shrink=allow_shrink)
    session.emit(answer, fmt, out)
