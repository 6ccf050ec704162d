"""
Answer one read-only SELECT that a user wrote.

reads   whatever published table the statement names
source  docs of DuckDB, "Securing DuckDB"; the guard's own layers are in store/guard.py
"""

from dataclasses import dataclass
from pathlib import Path

from tsa_cli.store import EngineSettings
from tsa_cli.store.guarded import open_guarded


@dataclass(frozen=True)
class QueryResult:
    """The answer: column names, and rows as dicts by them."""

    columns: list[str]
    rows: list[dict[str, object]]


def run(
    db: Path,
    settings: EngineSettings,
    statement: str,
    *,
    limit_seconds: float,
    wait_seconds: float = 0,
) -> QueryResult:
    """
    The statement's rows, read through a connection that can do nothing else.

    Raises UsageError when the statement is refused or wrong, DataError when it takes longer than
    `limit_seconds`.
    """
    with open_guarded(db, settings, wait_seconds=wait_seconds) as guarded:
        table = guarded.answer(statement, limit_seconds=limit_seconds)
    names = _unique(table.column_names)
    return QueryResult(names, table.rename_columns(names).to_pylist())


def _unique(columns: list[str]) -> list[str]:
    """The names with a number behind repeated ones: `n`, `n_2`, so that no column is lost."""
    taken: set[str] = set()
    names = []
    for column in columns:
        name, number = column, 1
        while name in taken:
            number += 1
            name = f"{column}_{number}"
        taken.add(name)
        names.append(name)
    return names
