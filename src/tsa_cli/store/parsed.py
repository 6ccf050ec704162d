"""
Statements, parsed once a process: the files of a run and the parts of a table ask the same ones.

Parsing depends on the text alone; to bind and to run them is each connection's own.
"""

import atexit

import duckdb

MOST_KEPT = 500
_KEPT: dict[str, tuple[duckdb.Statement, ...]] = {}
atexit.register(_KEPT.clear)  # DuckDB complains of what is alive after the end


def parsed(con: duckdb.DuckDBPyConnection, text: str) -> tuple[duckdb.Statement, ...]:
    """The statements of the text, in order; `con` parses what was not asked before."""
    statements = _KEPT.get(text)
    if statements is None:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        statements = _KEPT[text] = tuple(con.extract_statements(text))
    return statements
