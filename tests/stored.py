"""What lies in a store, in words: the queries that tests ask for."""

from typing import Any

from tsa_cli.store import Store

# Every stored row, calls about people included, with the texts that its keys stand for.
WORDED = """
select
    coalesce(e.event_text, cast(e.event_uuid as varchar)) as event_id, t.event_type, e.event_ts,
    a.known_id as user_id, a.anonymous_id, e.client_session_id, p.page_url, p.told_campaign,
    r.referrer_url, u.user_agent, i.ip_address, e.properties, e.load_id
from raw_events as e
join event_types as t using (event_code)
join actors as a using (actor_key)
left join pages as p using (page_key)
left join referrers as r on e.referrer_key = r.referrer_key
left join user_agents as u on e.agent_key = u.agent_key
left join ips as i on e.ip_key = i.ip_key
"""


PROMOTED = """
update raw_events set
    price = properties ->> '$.price',
    service_category = properties ->> '$.service_category',
    booking_id = properties ->> '$.booking_id'
"""


def promote(store: Store) -> None:
    """Fill the columns of promoted properties, as ingest does, of rows that a test inserted."""
    store.connection().execute(PROMOTED).fetchall()


def table(store: Store, sql: str) -> list[dict[str, Any]]:
    """The rows of a query, as dicts."""
    result = store.connection().execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def worded(store: Store, order: str) -> list[dict[str, Any]]:
    """Every stored row in words, in an order."""
    return table(store, f"from ({WORDED}) order by {order}")


def stored_and_told(store: Store) -> tuple[int, int]:
    """(rows in the log, rows that the ledger of files says were inserted)."""
    [row] = table(
        store,
        """select (select count(*) from raw_events) as stored,
        coalesce(sum(inserted_count), 0)::bigint as told from ingested_files""",
    )
    return row["stored"], row["told"]
