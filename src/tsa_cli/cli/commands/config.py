"""`tsa config validate|show|schema`."""

import json
from typing import Annotated

import typer

from tsa_cli.cli import logs
from tsa_cli.cli.answer import Answer
from tsa_cli.cli.options import FormatOption, OutOption, session_of
from tsa_cli.errors import ConfigError
from tsa_cli.quantities import quantity

app = typer.Typer(help="Check the configuration, show what is in force, describe what may be said.")


@app.command()
def validate(ctx: typer.Context, fmt: FormatOption = None, out: OutOption = None) -> None:
    """Check every file; exit 2, with FILE:LINE:COL of each fault, when one is wrong."""
    from tsa_cli.steps import configs as step

    session = session_of(ctx)
    checks = step.validate(session.catalog)
    session.emit(Answer("config validate", checks), fmt, out)
    faults = [check.fault for check in checks if not check.is_valid]
    if faults:
        raise ConfigError("\n".join(faults), "`tsa config schema NAME` has every key of a file")
    logs.summary(f"{quantity(len(checks), 'file')}, all right")


@app.command()
def show(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", show_default=False, help="A file or KIND/NAME; all by default."
        ),
    ] = None,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Every value in force and where it is set, e.g. of `sessions` or `funnels/booking`."""
    from tsa_cli.steps import configs as step

    session = session_of(ctx)
    over = {("tsa", "db"): (str(session.db), session.db_origin)} if session.db_origin else {}
    session.emit(Answer("config show", step.show(session.catalog, name, over)), fmt, out)


@app.command()
def schema(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", show_default=False, help="A kind of file; all by default."),
    ] = None,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """The JSON Schema of a kind of file (of all, by kind), bare unless --format is given."""
    from tsa_cli.atomic_file import write_text
    from tsa_cli.steps import configs as step

    found = step.schema(name) if name else step.schemas()
    bare = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    if fmt is not None:
        session_of(ctx).emit(Answer("config schema", found), fmt, out)
    elif out is not None:
        write_text(out, bare)
    else:
        typer.echo(bare, nl=False)
