"""
Look up what new addresses, agents, pages and referrers mean: once per distinct value, ever.

reads   events
writes  event_types, user_agents, ips, sites, campaigns, pages, referrers, traffic_sources, touches,
        actors (new pairs of ids)
"""

from typing import TYPE_CHECKING

from tsa_cli.errors import DataError
from tsa_cli.steps.sessionize.settings import SessionizeConfig
from tsa_cli.store import Store

if TYPE_CHECKING:
    import polars as pl

MOST_EVENT_TYPES = 65_535


def extend(store: Store, config: SessionizeConfig, after_event_seq: int) -> None:
    """
    Add the values of events after `after_event_seq` to the lookups.

    DataError when the log has more event names than a code can tell apart.
    """
    from tsa_cli.enrich.ip import ip_table
    from tsa_cli.enrich.user_agents import user_agent_table

    _extend_event_types(store, after_event_seq)
    agents = _new_values(store, "user_agents", "user_agent", after_event_seq)
    if len(agents):
        _add(store, "add_user_agents", user_agent_table(agents))
    addresses = _new_values(store, "ips", "ip_address", after_event_seq)
    if len(addresses):
        # The address as stored is the key, whatever form of it the lookup prefers.
        _add(store, "add_ips", ip_table(addresses, config.mmdb).with_columns(addresses))
    _extend_pages(store, config, after_event_seq)
    _extend_referrers(store, config, after_event_seq)
    store.execute("2_sessions/add_actors.sql", after_event_seq=after_event_seq)


def extend_touches(store: Store, config: SessionizeConfig) -> None:
    """Give every pair of campaign and referrer in `span_touches` its traffic source and channel."""
    from tsa_cli.enrich.channels import channel_table, traffic_table
    from tsa_cli.enrich.hosts import SiteIndex

    pairs = store.frame("2_sessions/new_touches.sql")
    if not len(pairs):
        return
    touches = traffic_table(pairs)
    sources = touches.select("source", "medium", "campaign").unique(maintain_order=True)
    channels = channel_table(sources, config.channels, SiteIndex(config.referrers))
    _add(store, "add_traffic_sources", channels)
    _add(store, "add_touches", touches)


def _extend_event_types(store: Store, after_event_seq: int) -> None:
    names = store.count("2_sessions/new_event_type_count.sql", after_event_seq=after_event_seq)
    if names > MOST_EVENT_TYPES:
        raise DataError(
            f"{names} different event names; at most {MOST_EVENT_TYPES} can be told apart",
            "an id is probably part of the name: map it in configs/sources/",
        )
    store.execute("2_sessions/add_event_types.sql", after_event_seq=after_event_seq)


def _extend_pages(store: Store, config: SessionizeConfig, after_event_seq: int) -> None:
    from tsa_cli.enrich.urls import page_table

    urls = _new_values(store, "pages", "page_url", after_event_seq)
    if not len(urls):
        return
    pages = page_table(urls, config.channels.click_ids)
    _add(store, "add_sites", pages.select(domain="page_domain"))
    _add(store, "add_campaigns", pages)
    _add(store, "add_pages", pages)


def _extend_referrers(store: Store, config: SessionizeConfig, after_event_seq: int) -> None:
    from tsa_cli.enrich.hosts import SiteIndex
    from tsa_cli.enrich.referrers import referrer_table

    urls = _new_values(store, "referrers", "referrer_url", after_event_seq)
    if not len(urls):
        return
    referrers = referrer_table(urls, SiteIndex(config.referrers))
    _add(store, "add_sites", referrers.select(domain="referrer_domain"))
    _add(store, "add_referrers", referrers)


def _new_values(store: Store, table: str, column: str, after_event_seq: int) -> "pl.Series":
    frame = store.frame(f"2_sessions/new_{table}.sql", after_event_seq=after_event_seq)
    return frame.get_column(column)


def _add(store: Store, statement: str, looked_up: "pl.DataFrame") -> None:
    with store.lent("looked_up", looked_up):
        store.execute(f"2_sessions/{statement}.sql")
