"""An empty store, one a module: to open one takes longer than most tests."""

from collections.abc import Iterator

import pytest

from tests.stored import table
from tsa_cli.store import Store, open_store

# The size is that of the catalogue, which counts deleted rows, too: to ask each table took longer
# than most tests.
RELATIONS = """
select table_name as name, 'table' as kind, sql, estimated_size as size
from duckdb_tables() where not internal
union all
select view_name, 'view', sql, 0 from duckdb_views() where not internal
order by kind desc
"""


class EmptyStore:
    """A new store, and how it becomes as new again."""

    def __init__(self, store: Store) -> None:
        self.store = store
        relations = table(store, RELATIONS)
        self._own = {row["name"]: row["sql"] for row in relations}
        tables = [row["name"] for row in relations if row["kind"] == "table"]
        self._rows = {name: table(store, f"from {name}") for name in tables}

    def empty(self) -> None:
        """Make anew what is defined otherwise or holds rows: a delete leaves their places taken."""
        con = self.store.connection()
        with self.store.transaction():
            for row in table(self.store, RELATIONS):
                name, kind = row["name"], row["kind"]
                is_own = row["sql"] == self._own.get(name)
                if is_own and (kind == "view" or self._is_as_new(name, row["size"])):
                    continue
                con.execute(f"drop {kind} {name}").fetchall()
                if name in self._own:
                    con.execute(self._own[name]).fetchall()
                for values in self._rows.get(name, []):
                    places = ", ".join(f"${column}" for column in values)
                    con.execute(f"insert into {name} values ({places})", values).fetchall()

    def _is_as_new(self, name: str, size: int) -> bool:
        rows = self._rows[name]
        return size == len(rows) and (not rows or table(self.store, f"from {name}") == rows)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmptyStore]:
    """The store of a module's tests."""
    with open_store(tmp_path_factory.mktemp("shared") / "t.duckdb") as store:
        yield EmptyStore(store)


@pytest.fixture
def emptied(shared: EmptyStore) -> Iterator[Store]:
    """An empty store on disk."""
    yield shared.store
    shared.empty()


@pytest.fixture
def store(emptied: Store) -> Store:
    """The same, where a folder's tests do not begin with something in it."""
    return emptied
