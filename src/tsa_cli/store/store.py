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
from typing import TYPE_CHECKING, cast

import duckdb

from tsa_cli.errors import CheckError
from tsa_cli.interrupts import interruptible, let_clean_up
from tsa_cli.quantities import quantity
from tsa_cli.store.connection import EngineSettings, connect_again, reading_engine
from tsa_cli.store.fragment import Fragment, quoted
from tsa_cli.store.parsed import parsed
from tsa_cli.store.queries import compose, has_sql
from tsa_cli.store.schema import missing
from tsa_cli.store.statement_log import logged
from tsa_cli.store.translated_errors import translated_errors

if TYPE_CHECKING:
    import numpy
    import polars
    import pyarrow

_ANY_ORDER = "set preserve_insertion_order=false"
_FILE_ORDER = "set preserve_insertion_order=true"

FEW_ROWS = 1 << 10  # up to these the `small_` forms are the faster ones

Slots = Mapping[str, Fragment]
Row = tuple[object, ...]
Arrays = dict[str, "numpy.ndarray"]


class Store:
    """Statements of the package's `.sql` files on one open database."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, path: Path, settings: EngineSettings
    ) -> None:
        self._con = con
        self.path = path
        self.settings = settings
        self._in_transaction = False

    @logged
    def rows(self, sql: str, slots: Slots | None = None, /, **params: object) -> list[Row]:
        """All rows of the query, as tuples in column order."""
        return self._run(sql, slots, params).fetchall()

    @logged
    def records(
        self, sql: str, slots: Slots | None = None, /, **params: object
    ) -> list[dict[str, object]]:
        """All rows of the query, as dicts by column name."""
        result = self._run(sql, slots, params)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    @logged
    def value(self, sql: str, slots: Slots | None = None, /, **params: object) -> object:
        """The first column of the only row; None when there is no row."""
        return self._value(sql, slots, params)

    @logged
    def count(self, sql: str, slots: Slots | None = None, /, **params: object) -> int:
        """The integer that the query answers; of an insert, the number of rows."""
        value = self._value(sql, slots, params)
        return value if isinstance(value, int) else 0

    @logged
    def arrow(self, sql: str, slots: Slots | None = None, /, **params: object) -> "pyarrow.Table":
        """The whole answer as a pyarrow Table."""
        statement, values = self._statement(sql, slots, params)
        with translated_errors():
            return self._con.sql(statement, params=values).to_arrow_table()

    @logged
    def small_arrow(
        self, sql: str, slots: Slots | None = None, /, **params: object
    ) -> "pyarrow.Table":
        """As `arrow`, at half the price for a few rows (bound once, not twice), twice for many."""
        with translated_errors():
            return self._run(sql, slots, params).to_arrow_table()

    @logged
    def frame(
        self, sql: str, slots: Slots | None = None, /, **params: object
    ) -> "polars.DataFrame":
        """The whole answer as a polars DataFrame."""
        statement, values = self._statement(sql, slots, params)
        with translated_errors():
            frame: polars.DataFrame = self._con.sql(statement, params=values).pl()
        return frame

    @logged
    def arrays(self, sql: str, slots: Slots | None = None, /, **params: object) -> Arrays:
        """Each column as a numpy array; the query leaves no nulls in them."""
        statement, values = self._statement(sql, slots, params)
        with translated_errors():
            return _unmasked(self._con.sql(statement, params=values).fetchnumpy())

    @logged
    def small_arrays(self, sql: str, slots: Slots | None = None, /, **params: object) -> Arrays:
        """As `arrays`, at half the price for a few rows, five times for many."""
        with translated_errors():
            return _unmasked(self._run(sql, slots, params).fetchnumpy())

    def stream(
        self, sql: str, slots: Slots | None = None, /, *, batch_rows: int, **params: object
    ) -> "pyarrow.RecordBatchReader":
        """
        The answer in batches, in order; the connection is busy until the last one was taken.

        UUID and JSON keep their types on the way into another store.
        """
        statement, values = self._statement(sql, slots, params)
        with translated_errors():
            return self._con.sql(statement, params=values).to_arrow_reader(batch_rows)

    @logged
    def execute(self, sql: str, slots: Slots | None = None, /, **params: object) -> int:
        """Run every statement of the file in order; the number of rows that they changed."""
        text, values = compose(sql, slots, params)
        changed = 0
        with translated_errors():
            for statement in parsed(self._con, text):
                used = {k: values[k] for k in statement.named_parameters if k in values}
                answer = self._con.execute(statement, used).fetchall()
                is_count = len(answer) == 1 and len(answer[0]) == 1
                changed += answer[0][0] if is_count and isinstance(answer[0][0], int) else 0
        return changed

    @logged
    def build(self, table: str, sql: str, slots: Slots | None = None, /, **params: object) -> int:
        """
        Replace `table` by the query's rows and answer how many there are.

        Raises CheckError, and keeps the old table, when `x.check.sql` beside `sql` returns rows.
        """
        statement, values = self._statement(sql, slots, params)
        with self.transaction(), translated_errors():
            name = quoted(table)
            made = f"create or replace table {name} as {statement.query}"
            self._con.execute(made, values).fetchall()
            self.check(table, sql.removesuffix(".sql") + ".check.sql", **params)
            [(count,)] = self._con.execute(f"select count(*) from {name}").fetchall()
        return int(count)

    @logged
    def append(self, table: str, sql: str, slots: Slots | None = None, /, **params: object) -> int:
        """Add the query's rows to `table`, whose columns they have; the number of rows."""
        statement, values = self._statement(sql, slots, params)
        added = f"insert into {quoted(table)} by name {statement.query}"
        with translated_errors():
            [(count,)] = self._con.execute(added, values).fetchall()
        return int(count)

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
        with translated_errors():
            self._con.register("incoming_rows", rows)
            try:
                self._con.execute(
                    f"insert into {quoted(table)} by name select * from incoming_rows"
                ).fetchall()
            finally:
                self._forget("incoming_rows")
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

    def _statement(
        self, sql: str, slots: Slots | None, params: Mapping[str, object]
    ) -> tuple[duckdb.Statement, dict[str, object]]:
        text, values = compose(sql, slots, params)
        with translated_errors():
            [statement] = parsed(self._con, text)
        used = statement.named_parameters
        return statement, {key: value for key, value in values.items() if key in used}

    def _value(self, sql: str, slots: Slots | None, params: Mapping[str, object]) -> object:
        rows = self._run(sql, slots, params).fetchall()
        return rows[0][0] if rows else None

    def _run(
        self, sql: str, slots: Slots | None, params: Mapping[str, object]
    ) -> duckdb.DuckDBPyConnection:
        statement, values = self._statement(sql, slots, params)
        with translated_errors():
            return self._con.execute(statement, values)


def _unmasked(columns: Arrays) -> Arrays:
    # Only a masked array has a mask; to ask for its class would import numpy.ma.
    masked = {name: column for name, column in columns.items() if hasattr(column, "mask")}
    return columns | {name: cast("numpy.ndarray", column.data) for name, column in masked.items()}
