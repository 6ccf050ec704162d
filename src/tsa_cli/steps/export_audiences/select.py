"""
Who fits an audience's definition: `where` over user columns, or the user's own `sql`.

reads   user_behavior_features, dim_users, user_scores, user_traits; whatever published table the
        user's SQL names
"""

from collections.abc import Mapping
from datetime import datetime

from tsa_cli.config.audiences import AudienceConfig
from tsa_cli.config.matchers import Matcher, Where
from tsa_cli.errors import ConfigError, DataError
from tsa_cli.matcher import MatcherCompiler
from tsa_cli.relations import USER_COLUMNS, Column, Relation
from tsa_cli.store import Store
from tsa_cli.store.user_sql import answer_user_sql, check_user_sql

_NUMBERS = (
    "avg_session_duration", "total_page_views", "pages_per_session", "booking_conversion_rate",
    "price_sensitivity_score", "engagement_score", "recency_days", "frequency_visits",
    "monetary_value", "device_switching_rate", "cart_abandonment_rate", "total_sessions",
    "price_check_events", "service_view_events", "booking_attempts", "price_comparison_events",
    "total_bookings", "mobile_usage_rate", "device_switches", "days_since_first_visit",
    "days_since_last_visit", "avg_price_checks", "support_tickets", "negative_feedback_count",
    "avg_booking_value", "session_frequency_trend", "engagement_score_trend",
)  # fmt: skip

FEATURE_COLUMNS: Mapping[str, str] = {
    "user_id": "varchar",
    "preferred_time_of_day": "varchar",
    "preferred_day_of_week": "varchar",
    "as_of": "timestamp",
    "last_updated": "timestamp",
    **dict.fromkeys(_NUMBERS, "double"),
}

_SCORE_COLUMNS: Mapping[str, Column] = {
    "lead_score": Column("r.score", "double", "scores"),
    "lead_score_probability": Column("r.probability", "double", "scores"),
    "lead_score_band": Column("r.band", "varchar", "scores"),
}


def user_columns() -> Relation:
    """The relation of audiences: features first, then `dim_users`, scores and traits."""
    people = {name: Column(f"d.{name}", kind, "users") for name, kind in USER_COLUMNS.items()}
    features = {n: Column(f"f.{n}", kind, "features") for n, kind in FEATURE_COLUMNS.items()}
    columns = {**people, **features, **_SCORE_COLUMNS}
    return Relation(
        columns={**columns, **{f"user.{name}": column for name, column in columns.items()}},
        traits_sql="d.traits",
        joins={
            "users": "left join dim_users as d on d.user_id = f.user_id",
            "scores": "left join user_scores as r"
            " on r.user_id = f.user_id and r.model = 'lead_score'",
        },
    )


def select(store: Store, name: str, audience: AudienceConfig, as_of: datetime) -> list[str]:
    """
    The user ids of the definition at `as_of`, each once, sorted.

    Raises UsageError for a faulty definition, MissingTable for a table it needs, DataError when
    the features or scores it reads are of another moment than `as_of`.
    """
    if audience.where is not None:
        return _matching(store, audience.where, as_of)
    query = check_user_sql(store, audience.sql or "")
    _refuse_other_moments(store, query.tables, as_of)
    table = answer_user_sql(store, query, {"as_of": as_of})
    if "user_id" not in table.column_names:
        raise ConfigError(f"audiences/{name}.yaml: sql: selects no column user_id")
    found = table.column("user_id").to_pylist()
    return sorted({str(user_id) for user_id in found if user_id is not None})


def _matching(store: Store, where: Where, as_of: datetime) -> list[str]:
    compiler = MatcherCompiler(user_columns())
    condition = compiler.predicate(Matcher(where=where))
    tables = {"user_behavior_features"}
    tables |= {"dim_users"} if "users" in compiler.needs else set()
    tables |= {"user_scores"} if "scores" in compiler.needs else set()
    store.require(*sorted(tables))
    _refuse_other_moments(store, tables, as_of)
    slots = {
        "columns": compiler.columns(),
        "joins": compiler.joins(),
        "condition": condition,
    }
    return [str(user_id) for (user_id,) in store.rows("6_audiences/matching_users.sql", slots)]


def _refuse_other_moments(store: Store, tables: set[str] | frozenset[str], as_of: datetime) -> None:
    for table, sql, command in (
        ("user_behavior_features", "6_audiences/features_as_of.sql", "features"),
        ("user_scores", "6_audiences/scores_as_of.sql", "score"),
    ):
        if table not in tables:
            continue
        found = store.value(sql)
        if found is not None and found != as_of:
            is_newest = as_of == store.newest_event_ts()  # which counts only where nothing is asked
            asked = "" if is_newest else f" --as-of {as_of.isoformat()}Z"
            raise DataError(
                f"{table} is as of {found}, this export as of {as_of}",
                f"run `tsa {command}{asked}` first",
            )
