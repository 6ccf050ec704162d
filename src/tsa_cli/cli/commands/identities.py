"""`tsa identities show|cut`."""

from typing import Annotated

import typer

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.options import DryRunOption, FormatOption, OutOption, session_of

app = typer.Typer(help="Who is one person and why; undo a link that should not be.")


@app.command()
def show(
    ctx: typer.Context,
    user: Annotated[str, typer.Argument(metavar="USER", help="A user id or a device id.")],
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """The ids that are one person, and every link between them."""
    from tsa_cli.cli.jobs.window import behind
    from tsa_cli.steps import identities as step

    session = session_of(ctx)
    with session.reading() as store:
        report = step.show(store, user)
        warnings = behind(session, store)
    told = f"{report.user_id} goes by {', '.join(report.ids[:20])}"
    if len(report.ids) > 20:
        told += f" and {len(report.ids) - 20:,} more"
    answer = Answer("identities show", report, report.edges, warnings=warnings, summary=told)
    session.emit(answer, fmt, out)


@app.command()
def cut(
    ctx: typer.Context,
    id_a: Annotated[str, typer.Argument(metavar="A", help="An id of the person.")],
    id_b: Annotated[str, typer.Argument(metavar="B", help="The id to part it from.")],
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Cut the link between two ids; the next `tsa sessionize` takes the person apart."""
    from tsa_cli.steps import identities as step

    session = session_of(ctx)
    with session.writing("identities cut", "", is_dry_run=dry_run) as run:
        result = step.cut(run.store, id_a, id_b, dry_run=dry_run)
    done = "would be cut" if dry_run else "cut; run `tsa sessionize` to apply it"
    told = done if result.is_new else "was cut before"
    session.emit(Answer("identities cut", result, summary=f"{id_a} – {id_b}: {told}"), fmt, out)
