"""
Cut each device's events into sessions, find out which ids are one person, tell who they are.

reads   events, identity_links, identity_cuts, user_traits
writes  core, core_by_type, actors, users_index, identity_edges, identity_persons, session_rows,
        service_events, dim_users, excluded_agents, excluded_ips, excluded_actors, the lookups,
        the views sessions, dim_sessions and fact_events
source  definitions D6 to D14

The way of the events, module by module:

progress                  what is new, and whether what was made before still stands
excluded                  whose events do not count
layout, pieces, laying    the others, sorted by device; cut into sessions on the way, by rules
touches                   what each session came from
identity                  which ids are one person
by_type                   the events once more, sorted by type for funnels
visits, users             sessions as rows, then the people who made them
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tsa_cli import lookups, stitching
from tsa_cli.steps.sessionize import (
    by_type,
    excluded,
    identity,
    layout,
    progress,
    touches,
    users,
    visits,
)
from tsa_cli.steps.sessionize.progress import NO_EVENT, Progress
from tsa_cli.steps.sessionize.settings import SessionizeConfig, SessionizeResult, Stitching
from tsa_cli.store import Store

__all__ = ["SessionizeConfig", "SessionizeResult", "Stitching", "run"]


def run(store: Store, config: SessionizeConfig, *, is_full: bool = False) -> SessionizeResult:
    """
    What is in the tables after they were brought up to date with `events`; all or nothing.

    Only what new events touch is made anew, with the same rows as a full run would give. A run
    is full when it is asked to be, the first time, after a change of configuration, and after
    events were removed. MissingTable when nothing was ingested yet; CheckError, and the old
    tables, when a table breaks its check.
    """
    store.require("events")
    with store.transaction():
        store.execute("2_sessions/tables.sql")
        known = progress.look(store, config.definition())
        is_full = is_full or not known.is_usable
        if not lookups.is_current(store, config.lookups):
            is_full = True
            lookups.look_up_again(store, config.lookups)
        if known.is_rewritten:
            store.execute("2_sessions/forget_people.sql")
        changes = _Changes()
        if is_full or not known.is_current:
            excluded.mark(store, config.sessions.exclude)
        if is_full:
            changes = _rebuild(store, config)
        elif not known.is_current:
            changes = _advance(store, config, known)
        store.execute("2_sessions/drop_working_tables.sql")
        return _result(store, "full" if is_full else "incremental", changes)


@dataclass(frozen=True)
class _Changes:
    """How many older sessions are others now, and how many pairs of ids are another user's."""

    sessions: int = 0
    users: int = 0


def _rebuild(store: Store, config: SessionizeConfig) -> _Changes:
    """What changed of the sessions; everything is made anew."""
    store.execute("2_sessions/derived_state_tables.sql")
    store.execute("2_sessions/forget_derived.sql")  # it was derived from other sessions
    store.execute("2_sessions/forget_lookups.sql")
    layout.encode(store, config)
    with ThreadPoolExecutor(1) as ahead:
        ahead.submit(_import_frames)
        layout.build_core(store, config)
    touches.extend(store, config)
    stitching.count_all(store)
    stitching.resolve(store, config.identity)
    identity.publish(store)
    by_type.build(store)
    store.execute("2_sessions/old_sessions_all.sql")
    visits.build_rows(store, config, "session_rows")
    store.check("session_rows", "2_sessions/session_ids.check.sql")
    changes = visits.publish(store, NO_EVENT)
    users.read_services(store, config, "service_events", NO_EVENT)
    store.execute("2_sessions/user_scope_all.sql")
    users.build(store, config, "dim_users")
    store.check("dim_users", "2_sessions/user_ids.check.sql")
    store.execute("2_sessions/fact_events.sql")
    progress.remember(store, config.definition(), layout.newest_core_seq(store))
    return _Changes(changes)


def _import_frames() -> None:
    """Load what measuring sessions needs, 0.2 s of one core: by a thread, while events sort."""
    import polars  # noqa: F401
    import pyarrow  # noqa: F401


def _advance(store: Store, config: SessionizeConfig, known: Progress) -> _Changes:
    """What changed; what new events touch is renewed."""
    with ThreadPoolExecutor(1) as ahead:
        ahead.submit(_import_frames)
        layout.encode(store, config)
        touched = layout.renew_touched(store, config, known.after_event_seq)
    if touched:
        touches.extend(store, config)
        layout.append_touched(store)
    stitching.resolve_affected(store, config.identity, known.after_event_seq)
    user_changes = identity.renew(store, known.trait_count)
    changes = _renew_sessions(store, config, known) if touched else 0
    _renew_users(store, config)
    sorted_core_seq = layout.sort_again(store, known.sorted_core_seq)
    is_sorted_again = sorted_core_seq != known.sorted_core_seq
    by_type.renew(store, known.after_event_seq, is_sorted_again=is_sorted_again)
    progress.remember(store, config.definition(), sorted_core_seq)
    return _Changes(changes, user_changes)


def _renew_sessions(store: Store, config: SessionizeConfig, known: Progress) -> int:
    store.execute("2_sessions/old_sessions.sql")
    visits.build_rows(store, config, "session_batch")
    store.execute("2_sessions/replace_sessions.sql")
    store.check("session_rows", "2_sessions/session_ids_touched.check.sql")
    changes = visits.publish(store, known.after_event_seq)
    users.read_services(store, config, "service_batch", known.after_event_seq)
    store.execute("2_sessions/append_services.sql")
    return changes


def _renew_users(store: Store, config: SessionizeConfig) -> None:
    if users.has_moving_segments(config.users):
        store.execute("2_sessions/user_scope_all.sql")
        users.build(store, config, "dim_users")
        store.check("dim_users", "2_sessions/user_ids.check.sql")
    else:
        store.execute("2_sessions/user_scope_touched.sql")
        users.build(store, config, "user_batch")
        store.execute("2_sessions/replace_users.sql")
        store.check("dim_users", "2_sessions/user_ids_touched.check.sql")


def _result(store: Store, mode: str, changes: _Changes) -> SessionizeResult:
    [counts] = store.records("2_sessions/result.sql")
    whole = {name: value for name, value in counts.items() if isinstance(value, int)}
    stitched_events, stitched_sessions = whole["stitched_events"], whole["stitched_sessions"]
    return SessionizeResult(
        mode=mode,
        events=whole["events"],
        sessions=whole["sessions"],
        users=whole["users"],
        excluded_events=whole["excluded_events"],
        session_changes=changes.sessions,
        user_changes=changes.users,
        stitching=Stitching(
            stitched_event_count=stitched_events,
            event_share=stitched_events / whole["events"] if whole["events"] else None,
            stitched_session_count=stitched_sessions,
            session_share=stitched_sessions / whole["sessions"] if whole["sessions"] else None,
        ),
    )
