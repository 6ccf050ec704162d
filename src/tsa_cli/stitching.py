"""
Which ids are one person, as of any moment: linked ids form components, the latest known id
names them.

reads   actors, core, identity_links, identity_cuts
writes  the temporary tables actor_stats, edges, persons, actor_users
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
    import numpy as np
    import polars as pl

    store.execute(
        "2_sessions/edges.sql",
        before_ts=before_ts,
        max_users_per_device=config.max_users_per_device,
    )
    store.execute("2_sessions/identity_nodes.sql")
    nodes = store.count("2_sessions/identity_node_count.sql")
    ends = store.arrays("2_sessions/edge_ends.sql")
    labels = component_labels(nodes, np.asarray(ends["left_node"]), np.asarray(ends["right_node"]))
    with store.lent("node_labels", pl.DataFrame({"node": np.arange(nodes), "label": labels})):
        store.execute("2_sessions/persons.sql", stitch=config.stitch)
    store.execute("2_sessions/actor_users.sql")
