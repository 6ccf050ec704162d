"""`tsa tables`."""

from typing import Annotated

import typer

from tsa_cli.cli import completion
from tsa_cli.cli.answer import Answer
from tsa_cli.cli.options import FormatOption, OutOption, session_of


def tables(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            show_default=False,
            help="A table; the list of them by default.",
            autocompletion=completion.tables,
        ),
    ] = None,
    internal: Annotated[
        bool, typer.Option("--all", help="The tables behind them as well.")
    ] = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """The data dictionary: every table, or each column of one with its unit."""
    from tsa_cli.steps import tables as step

    session = session_of(ctx)
    found = session.if_there(lambda store: step.run(store, name, has_internal=internal))
    columns = [{"column": c.name, "type": c.type, "meaning": c.meaning} for c in found[0].columns]
    overview = [
        {"table": t.name, "rows": t.row_count, "made_by": t.made_by, "meaning": t.meaning}
        for t in found
    ]
    session.emit(Answer("tables", found, rows=columns if name else overview), fmt, out)
