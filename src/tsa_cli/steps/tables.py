"""
The data dictionary: which tables there are, which command makes them, what each column means.

reads   the comments of sql/**.sql; of a store, types and row counts
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tsa_cli.config import nearest
from tsa_cli.errors import UsageError
from tsa_cli.store import Store
from tsa_cli.store.dictionary import ColumnEntry, TableEntry, dictionary
from tsa_cli.store.guard import PUBLISHED_TABLES
from tsa_cli.store.schema import MAKERS


@dataclass(frozen=True)
class Table:
    """One table; `row_count` is None for a view of ours, or where no store holds the table yet."""

    name: str
    meaning: str
    made_by: str
    is_there: bool
    row_count: int | None
    columns: Sequence[ColumnEntry]


def run(store: Store | None, name: str | None = None, *, has_internal: bool = False) -> list[Table]:
    """
    The published tables, or the one asked; `has_internal` adds those behind them.

    Raises UsageError when no table has the asked name.
    """
    stored = _stored(store)
    entries = dictionary()
    known = sorted((set(entries) | set(stored)) - {"tsa_meta"})
    if name is not None and name not in known:
        raise UsageError(f"no table {name!r}{nearest(name, known)}", "`tsa tables` lists them")
    chosen = [name] if name else [n for n in known if has_internal or n in PUBLISHED_TABLES]
    return [_table(entries.get(n, TableEntry(n, "")), stored.get(n)) for n in chosen]


@dataclass(frozen=True)
class _Stored:
    """What a store says of one table."""

    row_count: int | None
    types: dict[str, str]


def _stored(store: Store | None) -> dict[str, _Stored]:
    found: dict[str, _Stored] = {}
    for table, column, kind, count in store.rows("0_store/columns.sql") if store else []:
        row_count = count if isinstance(count, int) else None
        entry = found.setdefault(str(table), _Stored(row_count, {}))
        entry.types[str(column)] = str(kind).lower()
    return found


def _table(entry: TableEntry, stored: _Stored | None) -> Table:
    """The dictionary's entry with the store's types; the store decides which columns there are."""
    written = {column.name: column for column in entry.columns}
    names = list(stored.types) if stored else list(written)
    columns = [
        ColumnEntry(
            name,
            stored.types[name] if stored else written[name].type,
            written[name].meaning if name in written else "",
        )
        for name in names
    ]
    maker = "tsa " + MAKERS.get(entry.name, "ingest PATH")
    row_count = stored.row_count if stored else None
    return Table(entry.name, entry.meaning, maker, stored is not None, row_count, columns)
