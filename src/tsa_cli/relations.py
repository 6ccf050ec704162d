"""
The relations that matchers read: which keys exist, where they live, which joins they need.

A key is a column of `fact_events` or `dim_sessions`, `properties.PATH`, or `user.KEY` (a column
of `dim_users`, else a trait). Every key belongs to one source, so that a query joins only those.
source  the contract's sections 4 and 5
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tsa_cli.config.keys import (
    EVENT_COLUMNS,
    PROMOTED_PROPERTIES,
    SESSION_COLUMNS,
    USER_COLUMNS,
)


@dataclass(frozen=True)
class Column:
    """Where a key is read: the SQL expression, its type, and the source that must be joined."""

    sql: str
    kind: str  # varchar, double, boolean, timestamp, json, varchar[]
    source: str


@dataclass(frozen=True)
class Relation:
    """
    What one query can match on.

    `columns` are the plain keys and `user.KEY` those of `dim_users`; `event_sql` is the event's
    name, `properties_sql` the JSON of `properties.PATH` and `traits_sql` that of a user's traits
    (None: there is none). `joins` has the join of each source that the statement lacks.
    """

    columns: Mapping[str, Column]
    event_sql: str | None = None
    properties_sql: str | None = None
    properties_source: str = "properties"
    traits_sql: str | None = None
    joins: Mapping[str, str] = field(default_factory=dict)


def _columns(names: Mapping[str, str], alias: str, source: str) -> dict[str, Column]:
    return {name: Column(f"{alias}.{name}", kind, source) for name, kind in names.items()}


def promoted_columns(alias: str) -> dict[str, Column]:
    """The columns of promoted properties, by key, of the relation `events` under an alias."""
    return {
        f"properties.{name}": Column(f"{alias}.{name}", "varchar", "events")
        for name in PROMOTED_PROPERTIES
    }


def _user_columns(alias: str) -> dict[str, Column]:
    return {f"user.{n}": Column(f"{alias}.{n}", k, "users") for n, k in USER_COLUMNS.items()}


# Over `core c join actors a join event_types w`: other tables are joined only when asked for.
CORE_RELATION = Relation(
    columns={
        **_columns(SESSION_COLUMNS, "s", "sessions"),
        **_columns(EVENT_COLUMNS, "f", "facts"),
        "session_id": Column("s.session_id", "varchar", "sessions"),
        "user_id": Column("a.user_id", "varchar", "core"),
        "device_id": Column("a.device_id", "varchar", "core"),
        "event_timestamp": Column("c.event_ts", "timestamp", "core"),
        "anonymous_id": Column("a.anonymous_id", "varchar", "core"),
        "page_url": Column("p.page_url", "varchar", "pages"),
        "referrer_url": Column("r.referrer_url", "varchar", "referrers"),
        "ip_address": Column("i.ip_address", "varchar", "ips"),
        "event_id": Column("e.event_id", "varchar", "events"),
        "properties": Column("e.properties", "json", "properties"),
        "event_type": Column("w.event_type", "varchar", "core"),
        **promoted_columns("e"),
        **_user_columns("u"),
    },
    event_sql="w.event_type",
    properties_sql="e.properties",
    traits_sql="u.traits",
    joins={
        "events": "join events e on e.event_seq = c.event_seq",
        "facts": "join fact_events f on f.event_seq = c.event_seq",
        "pages": "left join pages p on p.page_key = c.page_key",
        "referrers": "left join referrers r on r.referrer_key = c.referrer_key",
        "ips": "left join ips i on i.ip_key = c.ip_key",
        "sessions": "left join sessions s on s.session_key = c.session_key",
        "users": "left join dim_users u on u.user_key = a.user_key",
    },
)
