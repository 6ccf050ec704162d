"""
Make the stitched users the store's own.

reads   actor_users, actor_stats, edges, persons, affected_ids, of tsa_cli.stitching
writes  identity_edges, identity_persons, users_index, actors, session_rows.user_key
"""

from tsa_cli.store import Store


def publish(store: Store) -> None:
    """Publish what `stitching.resolve` found, in place of all that was; users keep their keys."""
    store.execute("2_sessions/add_users.sql")
    store.build("identity_edges", "2_sessions/identity_edges.sql")
    store.build("identity_persons", "2_sessions/identity_persons.sql")
    store.build("actors", "2_sessions/actors.sql")


def renew(store: Store, trait_count: int) -> int:
    """
    How many pairs of ids with events have another user now; sessions follow their people.

    Publishes what `stitching.resolve_affected` found.

    Leaves `touched_users` and `trait_users`; traits up to `trait_count` are known.
    """
    store.execute("2_sessions/add_users.sql")
    store.execute("2_sessions/moved_ids.sql")
    store.execute("2_sessions/renew_identities.sql")
    store.execute("2_sessions/changed_actors.sql")
    store.execute("2_sessions/told_users.sql", trait_count=trait_count)
    store.execute("2_sessions/touched_users.sql")
    store.execute("2_sessions/trait_users.sql")
    store.execute("2_sessions/renew_actors.sql")
    store.execute("2_sessions/restitch_sessions.sql")
    return store.count("2_sessions/restitched_count.sql")
