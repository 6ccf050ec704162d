"""
Identities, sessions and users from the events.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.session import Session
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from tsa_cli.steps.sessionize import SessionizeConfig

FILES = (
    "sessions.yaml", "identity.yaml", "users.yaml", "features.yaml", "channels.yaml",
    "referrers.yaml",
)  # fmt: skip


def work(session: Session, *, is_full: bool = False, is_dry_run: bool = False) -> Answer:
    """What `tsa sessionize` answers; the tables are built by then."""
    from tsa_cli import lookups
    from tsa_cli.config.events import EventsConfig
    from tsa_cli.steps import derive_events, unknown_events
    from tsa_cli.steps import sessionize as step
    from tsa_cli.steps.sessionize import excluded, progress, users

    config = config_of(session)
    files: dict[str, unknown_events.HasPatterns] = {
        "sessions.yaml": config.sessions,
        "users.yaml": config.users,
    }
    plan = session.catalog.load(EventsConfig, "events.yaml")
    with session.writing("sessionize", config.definition(), is_dry_run=is_dry_run) as run:
        lookups.rename_events(run.store, plan.canonical_names())
        result = step.run(run.store, config, is_full=is_full)
        progress.remember_files(run.store, fingerprint(session))
        as_of = run.store.newest_event_ts()
        derived = derive_events.run(run.store, plan, as_of) if as_of else None
        unknown_in_rules = unknown_events.warnings_of(run.store, plan, plan.derived)
        warnings = [
            *unknown_events.pattern_warnings(run.store, plan, files),
            *(f"events.yaml: derived: {said}" for said in unknown_in_rules),
            *excluded.warnings(run.store, config.sessions.exclude),
            *users.warnings(run.store),
        ]
        counts = asdict(result)
        run.note(counts)
    summary = (
        f"{result.mode}: {quantity(result.events, 'event')},"
        f" {quantity(result.sessions, 'session')}, {quantity(result.users, 'user')},"
        f" {quantity(result.excluded_events, 'event')} left out (bots and the shop's own)"
    )
    if result.stitching.stitched_event_count:
        summary += (
            f"; stitching names the user of {result.stitching.event_share:.1%} of the events and"
            f" {result.stitching.session_share or 0:.1%} of the sessions"
        )
    if result.session_changes:
        older = quantity(result.session_changes, "older session")
        summary += f"; {older} changed (table session_changes)"
    rows = [{k: v for k, v in counts.items() if k != "stitching"}]
    data = {**counts, "derived": derived.counts if derived else {}}
    return Answer(
        "sessionize", data, rows, definition=run.definition, warnings=warnings, summary=summary
    )


def fingerprint(session: Session) -> str:
    """Another text when the files are others; of the big city database its age tells."""
    files, mmdb = session.catalog.fingerprint(FILES), session.config.mmdb
    if mmdb is None or not mmdb.is_file():
        return files
    found = mmdb.stat()
    return f"{files}:{mmdb}:{found.st_size}:{found.st_mtime_ns}"


def config_of(session: Session) -> "SessionizeConfig":
    """The files that decide sessions, people and channels."""
    from tsa_cli.config.channels import ChannelsFile
    from tsa_cli.config.features import FeaturesConfig
    from tsa_cli.config.identity import IdentityConfig
    from tsa_cli.config.referrers import ReferrersFile
    from tsa_cli.config.sessions import SessionsConfig
    from tsa_cli.config.users import UsersConfig
    from tsa_cli.steps.sessionize import SessionizeConfig

    catalog = session.catalog
    return SessionizeConfig(
        sessions=catalog.load(SessionsConfig, "sessions.yaml"),
        identity=catalog.load(IdentityConfig, "identity.yaml"),
        users=catalog.load(UsersConfig, "users.yaml"),
        features=catalog.load(FeaturesConfig, "features.yaml"),
        channels=catalog.load(ChannelsFile, "channels.yaml"),
        referrers=catalog.load(ReferrersFile, "referrers.yaml"),
        mmdb=session.config.mmdb,
    )
