"""
Users' SQL inside a step: the guard's check, then the answer, on the step's own connection.

A step that writes cannot lock its connection down; the check alone lets nothing harmful through.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from tsa_cli.store.connection import EngineSettings, connect_again, reading_engine
from tsa_cli.store.guard import PUBLISHED_TABLES, CheckedQuery, check_query, run_query
from tsa_cli.store.store import Store

if TYPE_CHECKING:
    import pyarrow


def check_user_sql(store: Store, sql: str) -> CheckedQuery:
    """The statement and what it reads; raises as `guard.check_query` does."""
    return check_query(store.connection(), sql)


def check_user_sql_without_data(sql: str, params: Collection[str]) -> CheckedQuery:
    """The statement; UsageError if no store would take it. Nothing is opened but the parser."""
    con = connect_again(reading_engine(EngineSettings()))
    try:
        query = check_query(con, sql, existing=PUBLISHED_TABLES)
    finally:
        con.close()
    query.assert_bound(params)
    return query


def answer_user_sql(
    store: Store, query: CheckedQuery, params: Mapping[str, object]
) -> "pyarrow.Table":
    """The whole answer; raises as `guard.run_query` does."""
    return run_query(store.connection(), query, params)
