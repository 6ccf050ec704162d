"""
Make the stitched users the store's own.

reads   actor_users, actor_stats, edges, of tsa_cli.stitching
writes  identity_edges, users_index, actors
"""

from tsa_cli.store import Store


def add_users(store: Store) -> None:
    """Give new users a key, which they keep."""
    store.execute("2_sessions/add_users.sql")


def publish(store: Store) -> None:
    """Publish what `stitching.resolve` found, in place of all that was."""
    store.build("identity_edges", "2_sessions/identity_edges.sql")
    store.build("actors", "2_sessions/actors.sql")


def renew(store: Store) -> None:
    """Publish what `stitching.resolve` found where it differs; sessions follow their people."""
    store.build("identity_edges", "2_sessions/identity_edges.sql")
    store.execute("2_sessions/renew_actors.sql")
    store.execute("2_sessions/restitch_sessions.sql")
