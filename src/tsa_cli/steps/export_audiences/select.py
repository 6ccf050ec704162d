"""
Who fits an audience's definition: `where` over user columns, or the user's own `sql`.

reads   user_behavior_features, dim_users, user_scores, user_traits; whatever published table the
        user's SQL names
"""

from datetime import datetime

from tsa_cli.config.audiences import AudienceConfig
from tsa_cli.config.keys import FEATURE_COLUMNS, SCORE_COLUMNS, USER_COLUMNS
from tsa_cli.config.matchers import Matcher, Where
from tsa_cli.errors import ConfigError, DataError
from tsa_cli.matcher import MatcherCompiler
from tsa_cli.relations import Column, Relation
from tsa_cli.store import Store
from tsa_cli.store.user_sql import answer_user_sql, check_user_sql

_SCORES = {
    "lead_score": "score",
    "lead_score_probability": "probability",
    "lead_score_band": "band",
}


def user_columns() -> Relation:
    """The relation of audiences: features first, then `dim_users`, scores and traits."""
    people = {name: Column(f"d.{name}", kind, "users") for name, kind in USER_COLUMNS.items()}
    features = {n: Column(f"f.{n}", kind, "features") for n, kind in FEATURE_COLUMNS.items()}
    scores = {n: Column(f"r.{_SCORES[n]}", kind, "scores") for n, kind in SCORE_COLUMNS.items()}
    columns = {**people, **features, **scores}
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
    column = next((own for own in table.column_names if own.lower() == "user_id"), None)
    if column is None:
        raise ConfigError(f"audiences/{name}.yaml: sql: selects no column user_id")
    found = table.column(column).to_pylist()
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
            made = f"{found.isoformat()}Z" if isinstance(found, datetime) else str(found)
            raise DataError(
                f"{table} is as of {made}, this export as of {as_of.isoformat()}Z",
                f"run `tsa {command}{asked}` first",
            )
