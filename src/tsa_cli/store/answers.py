"""
Answers of the package's `.sql` files, in the shape that a step asks for.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import duckdb

from tsa_cli.store.fragment import Fragment
from tsa_cli.store.parsed import parsed
from tsa_cli.store.queries import compose
from tsa_cli.store.statement_log import logged
from tsa_cli.store.translated_errors import translated_errors

if TYPE_CHECKING:
    import numpy
    import polars
    import pyarrow

FEW_ROWS = 1 << 10  # up to these the `small_` forms are the faster ones

Slots = Mapping[str, Fragment]
Row = tuple[object, ...]
Arrays = dict[str, "numpy.ndarray"]


class Answers:
    """Queries on one open database."""

    _con: duckdb.DuckDBPyConnection

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
