"""
Look up what sessions came from: each pair of campaign and referrer once, ever.

reads   session_spans, campaigns, referrers
writes  traffic_sources, touches
"""

from tsa_cli.steps.sessionize.settings import SessionizeConfig
from tsa_cli.store import Store


def extend(store: Store, config: SessionizeConfig) -> None:
    """Give each pair of campaign and referrer in `session_spans` its traffic source and channel."""
    from tsa_cli.enrich.channels import channel_table, traffic_table
    from tsa_cli.enrich.hosts import SiteIndex

    pairs = store.frame("2_sessions/new_touches.sql")
    if not len(pairs):
        return
    touches = traffic_table(pairs)
    sources = touches.select("source", "medium", "campaign").unique(maintain_order=True)
    channels = channel_table(sources, config.channels, SiteIndex(config.referrers))
    for statement, found in (("add_traffic_sources", channels), ("add_touches", touches)):
        with store.lent("looked_up", found):
            store.execute(f"2_sessions/{statement}.sql")
