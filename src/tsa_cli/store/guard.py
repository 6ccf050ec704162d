"""
SQL that users write: one read-only SELECT over the published tables, checked before it runs.

DuckDB's own parser makes the syntax tree; each node, table, type and function must be on a list
(a SELECT's CTE may delete). Where users own the connection, `guarded` adds the engine's limits.
source  DuckDB documentation, "Securing DuckDB"; the hostile statements of the tests
"""

import json
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from tsa_cli.config import nearest
from tsa_cli.errors import DataError, UsageError
from tsa_cli.quantities import quantity
from tsa_cli.store.allowed_functions import (
    ALLOWED_FUNCTIONS,
    ALLOWED_OPERATORS,
    BOUNDED_FUNCTIONS,
    TABLE_FUNCTIONS,
)
from tsa_cli.store.allowed_syntax import (
    EXPRESSIONS,
    MODIFIERS,
    QUERY_NODES,
    TABLE_NODES,
    TYPES,
)
from tsa_cli.store.schema import missing
from tsa_cli.store.selected_columns import Node, selected_columns
from tsa_cli.store.translated_errors import damaged_store, is_damage, translated_errors

if TYPE_CHECKING:
    import pyarrow

MAX_SQL_LENGTH = 100_000
MAX_GENERATED_ROWS = 1_000_000
DEFAULT_TIMEOUT_SECONDS = 60.0

PUBLISHED_TABLES = frozenset(
    {
        "fact_events", "dim_sessions", "dim_users", "user_behavior_features", "user_scores",
        "user_segments", "audience_members", "trigger_outbox", "identity_edges",
        "quarantined_events", "ingested_files", "runs", "derived_events", "session_changes",
    }
)  # fmt: skip

_NO_MEMORY = ("SQL: out of memory", "select less, or raise memory_limit")
_HINT = "one SELECT over " + ", ".join(sorted(PUBLISHED_TABLES)[:4]) + ", … (see `tsa tables`)"


@dataclass(frozen=True)
class CheckedQuery:
    """
    A statement that passed `check_query`: what it reads, which `$names` it takes, what it gives.

    `columns` are in lower case; None where the text alone does not say which there are (`*`).
    """

    sql: str
    tables: frozenset[str]
    parameters: frozenset[str]
    columns: frozenset[str] | None

    def assert_bound(self, names: Collection[str]) -> None:
        """Raise UsageError when it takes a parameter that is not among `names`."""
        if unknown := sorted(self.parameters - set(names)):
            hint = "only audiences bind $as_of"
            raise UsageError(f"SQL: nothing is bound to ${unknown[0]}", hint)


def check_query(
    con: duckdb.DuckDBPyConnection,
    sql: str,
    tables: Collection[str] = PUBLISHED_TABLES,
    existing: Collection[str] | None = None,
) -> CheckedQuery:
    """
    The statement with the tables it reads; nothing of it has run.

    Raises UsageError for whatever is not one harmless SELECT over `tables`, MissingTable for a
    published table that no command has made yet (`existing` are, else those of the connection).
    """
    tree = _syntax_tree(con, sql)
    nodes = list(_walk(tree))
    existing = _existing_tables(con) if existing is None else set(existing)
    common = {key.lower() for node in nodes for key in _cte_names(node)}
    if clash := sorted(common.intersection(existing)):
        raise _refused(f"a CTE must not be named like a table: {clash[0]}")
    for node in nodes:
        _check_node(node)
    used = {_table_name(node) for node in nodes if node.get("type") == "BASE_TABLE"} - common
    for name in sorted(used):
        if name not in tables:
            raise _refused(f"table {name} is not one to read{nearest(name, sorted(tables))}")
        if name not in existing:
            raise missing(name)
    parameters = con.extract_statements(sql)[0].named_parameters
    return CheckedQuery(sql, frozenset(used), frozenset(parameters), selected_columns(tree))


def run_query(
    con: duckdb.DuckDBPyConnection,
    query: CheckedQuery,
    params: Mapping[str, object],
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
) -> "pyarrow.Table":
    """
    The whole answer; UsageError when the engine refuses it or it needs another parameter.

    DataError when it runs longer than `timeout_seconds` or needs more memory than allowed.
    """
    query.assert_bound(params)
    values = {name: params[name] for name in query.parameters}
    timer = threading.Timer(min(timeout_seconds, threading.TIMEOUT_MAX), con.interrupt)
    timer.start()
    try:
        return con.sql(query.sql, params=values).to_arrow_table()
    except duckdb.InterruptException:
        raise DataError(
            f"SQL: stopped after {timeout_seconds:g} s", "select less, or filter by time"
        ) from None
    except duckdb.OutOfMemoryException:
        raise DataError(*_NO_MEMORY) from None
    except duckdb.Error as error:
        if is_damage(error):  # it is the store that is read
            raise damaged_store("the store", error) from None
        why = str(error).strip().splitlines()[0].partition("Error: ")[2]
        raise UsageError(f"SQL: {why or error}", "`tsa tables NAME` has the columns") from None
    finally:
        timer.cancel()


def _syntax_tree(con: duckdb.DuckDBPyConnection, sql: str) -> Node:
    if len(sql) > MAX_SQL_LENGTH:
        raise _refused(f"longer than {MAX_SQL_LENGTH} characters")
    try:
        [(text,)] = con.execute(
            "select json_serialize_sql($q::varchar, skip_null := true, skip_empty := true)",
            {"q": sql},
        ).fetchall()
        tree = json.loads(text)
        if tree.get("error"):
            raise _refused(str(tree.get("error_message")).splitlines()[0])
    except duckdb.OutOfMemoryException:
        raise DataError(*_NO_MEMORY) from None
    except (duckdb.Error, RecursionError, ValueError) as error:
        raise _refused(str(error).splitlines()[0]) from None
    statements = tree["statements"]
    if len(statements) != 1:
        raise _refused(quantity(len(statements), "statement"))
    node: Node = statements[0]["node"]
    return node


def _walk(root: object) -> Iterator[Node]:
    """Every mapping below `root`, in no recursion: a tree may be deeper than Python's stack."""
    pending = [root]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            yield value
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)


def _existing_tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    with translated_errors():  # nothing of it is the query's fault
        rows = con.execute(
            "select lower(table_name) from duckdb_tables() "
            "union select lower(view_name) from duckdb_views()"
        ).fetchall()
    return {name for (name,) in rows}


def _cte_names(node: Node) -> list[str]:
    table = node.get("cte_map")
    entries = table.get("map", []) if isinstance(table, dict) else []
    return [str(entry["key"]) for entry in entries]


def _table_name(node: Node) -> str:
    qualified = node.get("qualified_name")
    path = qualified.get("path") if isinstance(qualified, dict) else None
    return ".".join(str(part) for part in path or [node.get("table_name")]).lower()


def _check_node(node: Node) -> None:
    kind, expression = node.get("type"), node.get("class")
    if expression is not None:
        if expression not in EXPRESSIONS:
            raise _refused(f"{str(expression).lower()} is not allowed")
        if expression == "TYPE" and str(node.get("type_name")).lower() not in TYPES:
            raise _refused(f"type {node.get('type_name')} is not allowed")
        if expression in ("FUNCTION", "WINDOW"):
            _check_function(node)
    elif isinstance(kind, str) and kind not in QUERY_NODES | TABLE_NODES | MODIFIERS:
        raise _refused(f"{kind.removesuffix('_NODE').replace('_', ' ').lower()} is not allowed")
    if kind == "TABLE_FUNCTION":
        function = node.get("function")
        name = function.get("function_name") if isinstance(function, dict) else None
        if name not in TABLE_FUNCTIONS:
            raise _refused(f"table function {name} is not allowed")


def _check_function(node: Node) -> None:
    name = str(node.get("function_name", "row_number")).lower()
    qualified = node.get("qualified_name")
    path = qualified.get("path", []) if isinstance(qualified, dict) else []
    if name not in ALLOWED_FUNCTIONS | ALLOWED_OPERATORS | TABLE_FUNCTIONS or len(path) > 1:
        raise _refused(f"function {name} is not allowed")
    if name in BOUNDED_FUNCTIONS and not all(_is_small(a) for a in _arguments(node)):
        raise _refused(f"{name} takes whole numbers up to {MAX_GENERATED_ROWS} only")


def _arguments(node: Node) -> list[object]:
    found = node.get("arguments")
    arguments = found if isinstance(found, list) else []
    return [a.get("expression", a) if isinstance(a, dict) else a for a in arguments]


def _is_small(argument: object) -> bool:
    literal = argument.get("literal") if isinstance(argument, dict) else None
    text = str(literal.get("text")) if isinstance(literal, dict) else ""
    return text.isascii() and text.isdigit() and int(text) <= MAX_GENERATED_ROWS


def _refused(why: str) -> UsageError:
    why = "only a SELECT is allowed" if why.startswith("Only SELECT") else why
    return UsageError(f"SQL refused: {why}", _HINT)
