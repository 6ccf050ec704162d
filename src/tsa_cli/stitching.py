"""
Which ids are one person, as of any moment: linked ids form components, the latest known id
names them.

reads   actors, core, identity_links, identity_cuts, identity_edges, identity_persons
writes  the temporary tables actor_stats, evidence, edges, persons, actor_users, affected_ids,
        affected_actors
source  definitions D13 (latest known id, applied backwards) and D14 (shared devices make no edges)
"""

from datetime import datetime
from typing import TYPE_CHECKING

from tsa_cli.config.identity import IdentityConfig
from tsa_cli.kernels.components import component_labels

if TYPE_CHECKING:
    from tsa_cli.store import Store

END_OF_TIME = datetime(9999, 12, 31)


def count_all(store: "Store", before_ts: datetime = END_OF_TIME) -> None:
    """Leave `actor_stats`: how often and when each pair of ids was seen before `before_ts`."""
    store.execute("2_sessions/actor_stats.sql", before_ts=before_ts)


def resolve(store: "Store", config: IdentityConfig, before_ts: datetime = END_OF_TIME) -> None:
    """
    Leave `actor_users`, `persons` and `edges`, from `actor_stats` and the calls before `before_ts`.

    A device with more than `max_users_per_device` known ids links nobody; a link cut by hand
    does not count.
    """
    store.execute("2_sessions/identity_evidence.sql", before_ts=before_ts)
    _name_components(store, config)
    store.execute("2_sessions/actor_users.sql")


def resolve_affected(store: "Store", config: IdentityConfig, after_event_seq: int) -> None:
    """
    Leave what `resolve` leaves, of `affected_ids` only: whom events after a place may concern.

    Needs `new_core` and what the run before left in `identity_edges` and `identity_persons`.
    """
    store.execute("2_sessions/new_links.sql", after_event_seq=after_event_seq)
    store.execute("2_sessions/affected_ids.sql")
    store.execute("2_sessions/affected_actors.sql")
    store.execute("2_sessions/actor_stats_touched.sql")
    store.execute("2_sessions/identity_evidence_touched.sql", before_ts=END_OF_TIME)
    _name_components(store, config)
    store.execute("2_sessions/actor_users_touched.sql")


def _name_components(store: "Store", config: IdentityConfig) -> None:
    import numpy as np
    import polars as pl

    store.execute("2_sessions/edges.sql", max_users_per_device=config.max_users_per_device)
    store.execute("2_sessions/identity_nodes.sql")
    nodes = store.count("2_sessions/identity_node_count.sql")
    ends = store.arrays("2_sessions/edge_ends.sql")
    labels = component_labels(nodes, np.asarray(ends["left_node"]), np.asarray(ends["right_node"]))
    with store.lent("node_labels", pl.DataFrame({"node": np.arange(nodes), "label": labels})):
        store.execute("2_sessions/persons.sql", stitch=config.stitch)
