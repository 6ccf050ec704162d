"""`tsa init`."""

from pathlib import Path
from typing import Annotated

import typer

from tsa_cli.cli import logs
from tsa_cli.cli.answer import Answer
from tsa_cli.cli.options import DryRunOption, FormatOption, OutOption, session_of


def init(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)] = Path(),
    dry_run: DryRunOption = False,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Write the default configs/ and a .gitignore, never over an existing file."""
    from tsa_cli.config.catalog import defaults_dir
    from tsa_cli.steps import init as step

    result = step.run(folder, defaults_dir(), is_dry_run=dry_run)
    logs.summary(f"{len(result.written)} files written, {len(result.kept)} were there already")
    rows = [{"file": name, "status": "written"} for name in result.written]
    rows += [{"file": name, "status": "kept"} for name in result.kept]
    session_of(ctx).emit(Answer("init", result, rows=rows), fmt, out)
