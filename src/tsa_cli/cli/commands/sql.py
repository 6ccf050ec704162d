"""`tsa sql`."""

from typing import Annotated

import typer

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.options import FormatOption, OutOption, session_of

LIMIT_SECONDS = 60.0


def sql(
    ctx: typer.Context,
    statement: Annotated[
        str,
        typer.Argument(metavar='"SELECT …"', help="One SELECT over the tables of `tsa tables`."),
    ],
    limit: Annotated[
        float, typer.Option("--limit", min=0.1, metavar="SECONDS", help="Stop a query after this.")
    ] = LIMIT_SECONDS,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Read-only SQL on the store, in every format."""
    from tsa_cli.steps import query as step

    session = session_of(ctx)
    wait = session.options.wait_seconds
    result = step.run(
        session.db, session.settings, statement, limit_seconds=limit, wait_seconds=wait
    )
    session.emit(Answer("sql", result.rows, columns=result.columns), fmt, out)
