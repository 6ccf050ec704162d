"""
Turn measured sessions into rows: lasting ids, sources, flags.

reads   session_spans, session_cuts, core_scope, the lookups, actors
writes  session_rows, session_changes, the views sessions and dim_sessions
source  definitions D8 to D12
"""

from tsa_cli.steps.sessionize.settings import SessionizeConfig, microseconds
from tsa_cli.store import Store


def build_rows(store: Store, config: SessionizeConfig, table: str) -> int:
    """The number of sessions written to `table` from the spans; old ids are kept (D8)."""
    store.execute("2_sessions/anchor_places.sql")
    store.execute("2_sessions/session_ids.sql")
    return store.build(
        table,
        "2_sessions/session_rows.sql",
        bounce=config.sessions.bounce,
        engaged_after_us=microseconds(config.sessions.engaged_after),
        max_events=config.sessions.max_events,
    )


def publish(store: Store, after_event_seq: int) -> int:
    """How many older sessions events after a place changed, each logged; makes the public views."""
    changes = store.execute("2_sessions/session_changes.sql", after_event_seq=after_event_seq)
    store.execute("2_sessions/sessions.sql")
    store.execute("2_sessions/dim_sessions.sql")
    return changes
