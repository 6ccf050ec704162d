"""`tsa init`."""

from pathlib import Path
from typing import Annotated

import typer

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.options import DryRunOption, FormatOption, OutOption, session_of
from tsa_cli.quantities import quantity


def init(
    ctx: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", show_default=False, help="Where; the working folder by default."
        ),
    ] = Path(),
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Write the default configs/ and a .gitignore, never over an existing file."""
    from tsa_cli.config.catalog import defaults_dir
    from tsa_cli.steps import init as step

    session = session_of(ctx)
    session.is_dry_run = dry_run
    result = step.run(folder, defaults_dir(), is_dry_run=dry_run)
    rows = [{"file": name, "status": "written"} for name in result.written]
    rows += [{"file": name, "status": "kept"} for name in result.kept]
    told = f"{quantity(len(result.written), 'file')} written, {len(result.kept)} there already"
    session.emit(Answer("init", result, rows=rows, summary=told), fmt, out)
