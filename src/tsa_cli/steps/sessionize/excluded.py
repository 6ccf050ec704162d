"""
Whose events no analysis counts: bots, and the shop's own people by their addresses and ids.

The events stay; another configuration counts them again.

reads   user_agents, ips, actors
writes  excluded_agents, excluded_ips, excluded_actors, the view analysed_events
source  definition D6
"""

import numpy as np

from tsa_cli.config.sessions import ExcludeConfig, network
from tsa_cli.enrich.networks import in_networks
from tsa_cli.globs import globs_to_like
from tsa_cli.store import Store


def mark(store: Store, config: ExcludeConfig) -> None:
    """Leave the keys of who is left out, as far as the store knows them, and `analysed_events`."""
    store.execute(
        "2_sessions/excluded_agents.sql", allowed_agents=globs_to_like(config.allowed_agents)
    )
    store.execute("2_sessions/excluded_actors.sql", ids=globs_to_like(config.ids))
    _mark_addresses(store, config)
    store.execute("2_sessions/analysed_events.sql")


def warnings(store: Store, config: ExcludeConfig) -> list[str]:
    """One sentence for each entry that nothing in the store is: a slip, most likely."""
    told = []
    if config.ids:
        written = list(config.ids)
        unknown = store.rows(
            "2_sessions/unmatched_ids.sql", ids=written, patterns=globs_to_like(written)
        )
        told += [f"exclude.ids: nobody has the id {pattern!r}" for (pattern,) in unknown]
    if config.allowed_agents:
        agents = list(config.allowed_agents)
        unknown = store.rows(
            "2_sessions/unmatched_agents.sql", agents=agents, patterns=globs_to_like(agents)
        )
        told += [f"exclude.allowed_agents: no bot is named {pattern!r}" for (pattern,) in unknown]
    known = _addresses(store, config)
    told += [
        f"exclude.ip_addresses: no event has an address of {text}"
        for text in config.ip_addresses
        if not in_networks(known.values(), [network(text)]).any()
    ]
    return [f"sessions.yaml: {sentence}" for sentence in told]


def _mark_addresses(store: Store, config: ExcludeConfig) -> None:
    known = _addresses(store, config)
    is_excluded = in_networks(known.values(), map(network, config.ip_addresses))
    keys = np.fromiter(known, np.int32, len(known))
    with store.lent("excluded_addresses", {"ip_key": keys[is_excluded]}):
        store.execute("2_sessions/excluded_ips.sql")


def _addresses(store: Store, config: ExcludeConfig) -> dict[int, str]:
    """The stored addresses by key; none where nobody asks for them."""
    rows = store.rows("2_sessions/known_addresses.sql") if config.ip_addresses else []
    return {int(str(key)): str(address) for key, address in rows}
