"""
What the shell offers after TAB where a name is asked for: those that the configs in force have.

A configuration that cannot be read offers nothing: a shell has no place for its fault.
"""

from collections.abc import Callable
from contextlib import suppress

import typer

from tsa_cli.cli.session import GlobalOptions, Session
from tsa_cli.errors import TsaError

# Commands that are no step of the pipeline, but a part of one.
_STEP_OF = {"plan": "audiences", "export": "audiences"}


def _session(ctx: typer.Context) -> Session:
    given = ctx.find_root().params
    return Session(GlobalOptions(given.get("db"), given.get("configs")))


def _offered(find: Callable[[], list[str]], begun: str) -> list[str]:
    with suppress(TsaError, OSError):
        return [name for name in find() if name.startswith(begun)]
    return []


def entries(ctx: typer.Context, incomplete: str) -> list[str]:
    """The reports, models or audiences that the command may be asked for."""

    def find() -> list[str]:
        session, command = _session(ctx), ctx.info_name or ""
        if command == "metrics":
            from tsa_cli.config.metrics import MetricsConfig

            config = session.catalog.load(MetricsConfig, "metrics.yaml")
            return [each.name for each in config.metrics]
        from tsa_cli.config.tsa import FOLDER_OF_STEP

        return session.catalog.names(FOLDER_OF_STEP[_STEP_OF.get(command, command)])

    return _offered(find, incomplete)


def funnels(ctx: typer.Context, incomplete: str) -> list[str]:
    """The funnels."""
    return _offered(lambda: _session(ctx).catalog.names("funnels"), incomplete)


def sources(ctx: typer.Context, incomplete: str) -> list[str]:
    """The mappings that `--source` takes."""
    return _offered(lambda: ["auto", *_session(ctx).catalog.names("sources")], incomplete)


def steps(ctx: typer.Context, incomplete: str) -> list[str]:
    """The steps of the pipeline."""
    return _offered(lambda: [each.step for each in _session(ctx).config.pipeline], incomplete)


def tables(incomplete: str) -> list[str]:
    """The published tables."""
    from tsa_cli.store.guard import PUBLISHED_TABLES

    return _offered(lambda: sorted(PUBLISHED_TABLES), incomplete)
