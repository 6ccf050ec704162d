"""
The program's table of contents: every command, in the order of the pipeline.

Importing it loads no heavy library; each command imports its step when it runs.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer.main import get_command

from tsa_cli import __version__
from tsa_cli.cli import logs
from tsa_cli.cli.commands import (
    audiences,
    channels,
    check,
    config,
    demo,
    explain,
    features,
    funnel,
    generate,
    identities,
    ingest,
    init,
    journey,
    metrics,
    models,
    quarantine,
    retention,
    run,
    runs,
    sessionize,
    sql,
    tables,
)
from tsa_cli.cli.help_pages import WIDEST, Contents, set_up
from tsa_cli.cli.session import GlobalOptions, Session

START, DATA, REPORTS, MODELS, OPERATION = (
    "Start",
    "From event files to tables",
    "Reports",
    "Models and audiences",
    "Operation",
)

app = typer.Typer(
    name="tsa",
    cls=Contents,
    rich_markup_mode=None,  # what draws help pages with it takes as long to import as all the rest
    help="Analytics for a shop's event files: from the log to the audience file.",
    epilog="Exit codes: 0 done, 1 a threshold is breached, 2 usage or config, 3 data or"
    " environment, 4 internal error, 5 the store is in use.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDEST},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"tsa {__version__}")
        raise typer.Exit


@app.callback()
def program(
    ctx: typer.Context,
    db: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            readable=False,
            show_default=False,
            help="The store (env TSA_DB); ./tsa.duckdb.",
        ),
    ] = None,
    configs: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            readable=False,
            show_default=False,
            help="The configs (env TSA_CONFIGS); ./configs.",
        ),
    ] = None,
    wait: Annotated[
        float,
        typer.Option(min=0, metavar="SECONDS", help="How long to wait for a store that is in use."),
    ] = 0.0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False,
    verbose: Annotated[
        int, typer.Option("--verbose", "-v", count=True, help="Say more; -vv with tracebacks.")
    ] = 0,
    log_format: Annotated[
        Literal["text", "json"], typer.Option(help="How stderr speaks.")
    ] = "text",
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which tsa.")
    ] = False,
) -> None:
    """Set up what every command shares."""
    logs.set_up(verbosity=verbose, is_quiet=quiet, as_json=log_format == "json")
    command = ctx.invoked_subcommand or ""
    ctx.obj = Session(GlobalOptions(db, configs, quiet, verbose, wait, log_format, command))


app.command(rich_help_panel=START)(init.init)
app.command(rich_help_panel=START)(demo.demo)
app.command(rich_help_panel=START)(generate.generate)
app.command(rich_help_panel=DATA)(ingest.ingest)
app.command(rich_help_panel=DATA)(sessionize.sessionize)
app.command(rich_help_panel=DATA)(features.features)
app.command(rich_help_panel=REPORTS)(funnel.funnel)
app.command(rich_help_panel=REPORTS)(journey.journey)
app.command(rich_help_panel=REPORTS)(retention.retention)
app.command(rich_help_panel=REPORTS)(metrics.metrics)
app.command(rich_help_panel=REPORTS)(explain.explain)
app.command(rich_help_panel=MODELS)(models.train)
app.command(rich_help_panel=MODELS)(models.score)
app.add_typer(models.app, name="models", rich_help_panel=MODELS)
app.add_typer(audiences.app, name="audiences", rich_help_panel=MODELS)
app.add_typer(quarantine.app, name="quarantine", rich_help_panel=DATA)
app.add_typer(identities.app, name="identities", rich_help_panel=OPERATION)
app.command(rich_help_panel=OPERATION)(run.run)
app.command(rich_help_panel=OPERATION)(check.check)
app.command(rich_help_panel=OPERATION)(sql.sql)
app.command(rich_help_panel=OPERATION)(tables.tables)
app.add_typer(runs.app, name="runs", rich_help_panel=OPERATION)
app.add_typer(channels.app, name="channels", rich_help_panel=OPERATION)
app.add_typer(config.app, name="config", rich_help_panel=OPERATION)

set_up(app)


@cache
def program_of() -> Callable[..., object]:
    """What runs a command line, `(words, prog_name=…, standalone_mode=…)`; built once a process."""
    return get_command(app).main
