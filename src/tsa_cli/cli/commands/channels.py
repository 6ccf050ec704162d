"""`tsa channels test`."""

from typing import Annotated

import typer

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.options import FormatOption, OutOption, session_of

app = typer.Typer(help="Why a visit got its channel.")


@app.callback()
def channels() -> None:
    """Why a visit got its channel."""


@app.command("test")
def explain(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Option(help="utm_source.", show_default=False)] = None,
    medium: Annotated[str | None, typer.Option(help="utm_medium.", show_default=False)] = None,
    campaign: Annotated[str | None, typer.Option(help="utm_campaign.", show_default=False)] = None,
    referrer: Annotated[
        str | None, typer.Option(help="The URL a visitor came from.", show_default=False)
    ] = None,
    fmt: FormatOption = None,
    out: OutOption = None,
) -> None:
    """The channel of a visit that came this way, and the rule of channels.yaml that gives it."""
    from tsa_cli.config import definition_hash
    from tsa_cli.config.channels import ChannelsFile
    from tsa_cli.config.referrers import ReferrersFile
    from tsa_cli.steps import explain_channel as step

    session = session_of(ctx)
    config = step.ExplainChannelConfig(
        session.catalog.load(ChannelsFile, "channels.yaml"),
        session.catalog.load(ReferrersFile, "referrers.yaml"),
    )
    result = step.run(config, source, medium, campaign, referrer)
    definition = definition_hash(config.channels, config.referrers)
    session.emit(Answer("channels test", result, definition=definition), fmt, out)
