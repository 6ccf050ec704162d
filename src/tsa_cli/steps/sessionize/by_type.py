"""
Lay the events out once more for funnels: by type, user and time, in one integer each.

reads   core, actors, changed_actors, users_index
writes  core_by_type, user_time_scale
source  docs/adr/0007-core-layout.md
"""

from tsa_cli.store import Store


def build(store: Store) -> None:
    """Make `core_by_type` anew, on a scale of its own."""
    store.execute("2_sessions/user_time_scale.sql")
    store.build("core_by_type", "2_sessions/core_by_type.sql")


def renew(store: Store, after_event_seq: int, *, is_sorted_again: bool) -> None:
    """Bring `core_by_type` up to events after a place and to users that are others now."""
    if is_sorted_again or not store.value(
        "2_sessions/user_time_fits.sql", after_event_seq=after_event_seq
    ):
        build(store)
        return
    store.execute("2_sessions/append_core_by_type.sql", after_event_seq=after_event_seq)
    store.check("core_by_type", "2_sessions/core_by_type.check.sql")
