"""
Every user described by numbers, as of a moment.
"""

from typing import TYPE_CHECKING

from tsa_cli.cli import moments
from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs.window import behind, nobody_yet
from tsa_cli.cli.plain import iso
from tsa_cli.cli.session import Session
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from tsa_cli.config import Catalog
    from tsa_cli.steps.features import FeaturesInput


def work(session: Session, as_of: str | None = None, *, is_dry_run: bool = False) -> Answer:
    """What `tsa features` answers; the table is built by then."""
    from tsa_cli.config import definition_hash
    from tsa_cli.config.events import EventsConfig
    from tsa_cli.steps import features as step
    from tsa_cli.steps import unknown_events

    config = input_of(session.catalog)
    plan = session.catalog.load(EventsConfig, "events.yaml")
    files = {"features.yaml": config.features}
    definition = definition_hash(config.features, config.sessions, config.identity)
    with session.writing("features", definition, is_dry_run=is_dry_run) as run:
        newest_ts = run.store.newest_event_ts()
        moment = None if as_of is None else moments.as_of(as_of, newest_ts)
        result = step.run(run.store, config, moment)
        warnings = unknown_events.pattern_warnings(run.store, plan, files)
        warnings += behind(session, run.store)
        warnings += nobody_yet(run.store, result.as_of) if not result.users else []
        run.note({"users": result.users, "as_of": iso(result.as_of)})
    summary = f"{quantity(result.users, 'user')} as of {iso(result.as_of)}"
    return Answer(
        "features", result, as_of=result.as_of, definition=definition, warnings=warnings,
        summary=summary,
    )  # fmt: skip


def input_of(catalog: "Catalog") -> "FeaturesInput":
    """The files that features depend on."""
    from tsa_cli.config.features import FeaturesConfig
    from tsa_cli.config.identity import IdentityConfig
    from tsa_cli.config.sessions import SessionsConfig
    from tsa_cli.steps.features import FeaturesInput

    return FeaturesInput(
        catalog.load(FeaturesConfig, "features.yaml"),
        catalog.load(SessionsConfig, "sessions.yaml"),
        catalog.load(IdentityConfig, "identity.yaml"),
    )
