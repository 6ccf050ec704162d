"""`tsa quarantine list|replay|drop`."""

from typing import Annotated

import typer

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs.ingest import config_of, rows_of, summary_of
from tsa_cli.cli.options import DryRunOption, FormatOption, OutOption, session_of
from tsa_cli.errors import UsageError
from tsa_cli.quantities import quantity

app = typer.Typer(help="Lines that are no events: see them, read them again, drop them.")

ReasonOption = Annotated[
    str, typer.Option(metavar="CODE", help="Only this reason, e.g. invalid_timestamp.")
]
FileOption = Annotated[str, typer.Option("--file", metavar="PATH", help="Only lines of this file.")]


@app.command("list")
def list_(
    ctx: typer.Context,
    reason: ReasonOption = "",
    file: FileOption = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many lines.")] = 1000,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """The quarantined lines with file, line number and reason; personal values are protected."""
    from tsa_cli.steps.ingest import quarantine as step

    selection = step.Selection(_known(reason), file)
    session = session_of(ctx)
    with session.reading() as store:
        selection, warnings = step.of_file(store, selection)
        rows = step.rows(store, selection, limit)
        held = step.summary(store, selection)
    told = ", ".join(f"{row['line_count']:,} {row['reason']}" for row in held)
    summary = told or "no line is held"
    answer = Answer(
        "quarantine list", rows, columns=step.COLUMNS, warnings=warnings, summary=summary
    )
    session.emit(answer, fmt, out)


@app.command()
def replay(
    ctx: typer.Context,
    reason: ReasonOption = "",
    file: FileOption = "",
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """
    Read the quarantined lines again, after the configuration was mended.

    Each replay is a reading of its lines, with rows of its own in ingested_files, also where all
    of them stay.
    """
    from tsa_cli.steps.ingest import quarantine as step

    selection = step.Selection(_known(reason), file)
    session = session_of(ctx)
    config = config_of(session, is_dry_run=dry_run)
    with session.writing("quarantine replay", "", is_dry_run=dry_run) as run:
        selection, warnings = step.of_file(run.store, selection)
        result = step.replay(run.store, config, selection, run.run_id)
        run.note(result.data())
    rows, told = rows_of(result), summary_of(result)
    answer = Answer(
        "quarantine replay",
        result.data(),
        rows,
        warnings=[*warnings, *result.warnings],
        summary=told,
    )
    session.emit(answer, fmt, out)


@app.command()
def drop(
    ctx: typer.Context,
    reason: ReasonOption = "",
    file: FileOption = "",
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Forget the quarantined lines for good."""
    from tsa_cli.steps.ingest import quarantine as step

    selection = step.Selection(_known(reason), file)
    session = session_of(ctx)
    with session.writing("quarantine drop", "", is_dry_run=dry_run) as run:
        selection, warnings = step.of_file(run.store, selection)
        count = step.drop(run.store, selection, is_dry_run=dry_run)
    told = f"{quantity(count, 'line')} {'would be ' if dry_run else ''}dropped"
    answer = Answer("quarantine drop", {"dropped": count}, warnings=warnings, summary=told)
    session.emit(answer, fmt, out)


def _known(reason: str) -> str:
    """The code as given; UsageError for one that no line ever has, which would select nothing."""
    from tsa_cli.config import nearest
    from tsa_cli.steps.ingest.quarantine_rows import REASONS

    if reason and reason not in REASONS:
        known = list(REASONS)
        raise UsageError(
            f"no reason code {reason!r}{nearest(reason, known)}", f"known: {', '.join(known)}"
        )
    return reason
