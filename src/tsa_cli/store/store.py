"""
A store: one DuckDB file, its lock, its schema, and the statements that run on it.

A step asks by file name: `store.build("sessions", "2_sessions/sessions.sql", timeout_seconds=30)`.
A table is built, checked by the `.check.sql` beside it and published in one transaction; when
anything fails, the old table stays.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tsa_cli.errors import CheckError
from tsa_cli.interrupts import interruptible, let_clean_up
from tsa_cli.quantities import quantity
from tsa_cli.store.answers import Answers, Slots
from tsa_cli.store.connection import EngineSettings, connect_again, reading_engine
from tsa_cli.store.fragment import Fragment, quoted
from tsa_cli.store.parsed import parsed
from tsa_cli.store.queries import compose, fragment_of, has_sql
from tsa_cli.store.schema import missing
from tsa_cli.store.statement_log import logged
from tsa_cli.store.translated_errors import translated_errors

if TYPE_CHECKING:
    import numpy
    import polars
    import pyarrow

_ANY_ORDER = "set preserve_insertion_order=false"
_FILE_ORDER = "set preserve_insertion_order=true"


class Store(Answers):
    """Statements of the package's `.sql` files on one open database."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, path: Path, settings: EngineSettings
    ) -> None:
        self._con = con
        self.path = path
        self.settings = settings
        self._in_transaction = False

    @logged
    def execute(self, sql: str, slots: Slots | None = None, /, **params: object) -> int:
        """Run every statement of the file in order; the number of rows that they changed."""
        return self._changed(sql, slots, params)

    @logged
    def build(self, table: str, sql: str, slots: Slots | None = None, /, **params: object) -> int:
        """
        Replace `table` by the query's rows and answer how many there are.

        Raises CheckError, and keeps the old table, when `x.check.sql` beside `sql` returns rows.
        """
        named = {"table": Fragment(quoted(table))}
        query = fragment_of(sql, slots, **params)
        with self.transaction(), translated_errors():
            self._changed("0_store/build_table.sql", {**named, "query": query}, {})
            self.check(table, sql.removesuffix(".sql") + ".check.sql", **params)
            return int(str(self._value("0_store/count_rows.sql", named, {})))

    @logged
    def append(self, table: str, sql: str, slots: Slots | None = None, /, **params: object) -> int:
        """Add the query's rows to `table`, whose columns they have; the number of rows."""
        return self._append(table, fragment_of(sql, slots, **params))

    def check(self, table: str, check_sql: str, **params: object) -> None:
        """Raise CheckError with the first bad row when the check query, if any, returns rows."""
        if not has_sql(check_sql):
            return
        bad = self.records(check_sql, **params)
        if bad:
            raise CheckError(
                f"{table}: {quantity(len(bad), 'row')} against {check_sql}, the first: {bad[0]}",
                "the old table was kept; this is a fault in tsa, please report it",
            )

    @logged
    def insert(self, table: str, rows: "pyarrow.Table | polars.DataFrame") -> int:
        """Append a frame to `table` by column name; the number of rows."""
        with translated_errors(), self.lent("incoming_rows", rows):
            self._append(table, fragment_of("0_store/incoming_rows.sql"))
        return len(rows)

    @contextmanager
    def aside(self) -> "Iterator[Store]":
        """
        A second connection to the same file, for looks while this one is busy.

        It sees what was committed before; it must not write.
        """
        con = self._con.cursor()
        try:
            with interruptible(con.interrupt, is_beside=True):
                yield Store(con, self.path, self.settings)
        finally:
            con.close()

    @contextmanager
    def reader(self) -> "Iterator[Store]":
        """A connection to an engine without a file, to read event files with."""
        con = connect_again(reading_engine(self.settings))
        try:
            with interruptible(con.interrupt, is_beside=True):
                yield Store(con, Path(":memory:"), self.settings)
        finally:
            con.interrupt()  # a stream that nobody takes to its end
            con.close()

    @contextmanager
    def lent(
        self,
        name: str,
        rows: "pyarrow.Table | pyarrow.RecordBatchReader | polars.DataFrame |"
        " Mapping[str, numpy.ndarray]",
    ) -> Iterator[None]:
        """Let statements read the frame as a table called `name` for the time of the block."""
        self._con.register(name, rows)
        try:
            yield
        finally:
            self._forget(name)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; blocks nest, the outermost one commits."""
        if self._in_transaction:
            yield
            return
        with translated_errors():
            self._con.execute("begin").fetchall()
        self._in_transaction = True
        try:
            yield
        except BaseException as error:
            self._in_transaction = False
            let_clean_up(error)
            self._rollback()
            raise
        self._in_transaction = False
        with translated_errors():
            self._con.execute("commit").fetchall()

    @contextmanager
    def unordered(self) -> Iterator[None]:
        """Let inserts of the block run on every core, in any row order."""
        self._con.execute(_ANY_ORDER).fetchall()
        yield
        self._con.execute(_FILE_ORDER).fetchall()  # after an error, the rollback does this

    def has_table(self, name: str) -> bool:
        """True when a table or view of that name exists."""
        with suppress(duckdb.CatalogException):
            self._con.table(quoted(name))  # to look into the catalogue takes four times as long
            return True
        return False

    def require(self, *names: str) -> None:
        """Raise MissingTable, naming the command that makes it, for the first absent table."""
        for name in names:
            if not self.has_table(name):
                raise missing(name)

    def newest_event_ts(self) -> datetime | None:
        """The default clock: the newest event's UTC timestamp; None in an empty store."""
        value = self.value("0_store/newest_event_ts.sql")
        return value if isinstance(value, datetime) else None

    def connection(self) -> duckdb.DuckDBPyConnection:
        """The open connection, for the modules of `tsa_cli.store` alone."""
        return self._con

    def close(self) -> None:
        """Close every connection of the store."""
        self._con.close()

    def _forget(self, name: str) -> None:
        with suppress(duckdb.TransactionException):  # after an error; the next frame replaces it
            self._con.unregister(name)

    def _rollback(self) -> None:
        with suppress(duckdb.Error):  # a fatal error ends the transaction by itself
            self._con.execute("rollback").fetchall()
            self._con.execute(_FILE_ORDER).fetchall()

    def _append(self, table: str, query: Fragment) -> int:
        slots = {"table": Fragment(quoted(table)), "query": query}
        return self._changed("0_store/append_rows.sql", slots, {})

    def _changed(self, sql: str, slots: Slots | None, params: Mapping[str, object]) -> int:
        text, values = compose(sql, slots, params)
        changed = 0
        with translated_errors():
            for statement in parsed(self._con, text):
                used = {k: values[k] for k in statement.named_parameters if k in values}
                answer = self._con.execute(statement, used).fetchall()
                is_count = len(answer) == 1 and len(answer[0]) == 1
                changed += answer[0][0] if is_count and isinstance(answer[0][0], int) else 0
        return changed
