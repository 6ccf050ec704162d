"""
What stands for an id and is none, such as `undefined`, is taken out of rows.

source  configs/identity.yaml, `placeholders`
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tsa_cli.steps.ingest.actor_keys import NO_ID, Pairs
from tsa_cli.steps.ingest.word_keys import WordKeys

if TYPE_CHECKING:
    import pyarrow as pa


def rows_with_pairs(
    tables: "Iterable[pa.Table]", keys: WordKeys
) -> "Iterator[tuple[pa.Table, Pairs]]":
    """
    Each table with the numbers of its ids; a placeholder is null in both, for traits, too.

    They are told by distinct text, which is found anyway: in SQL, by row, it took 30 ns an id.
    """
    for rows in tables:
        pairs = keys.pairs(rows.column("anonymous_id"), rows.column("user_id"))
        yield (_without_placeholders(rows, pairs) if pairs.has_placeholders else rows), pairs


def _without_placeholders(rows: "pa.Table", pairs: Pairs) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, numbers in (("anonymous_id", pairs.anonymous), ("user_id", pairs.known)):
        place, column = rows.schema.get_field_index(name), rows.column(name)
        kept = pc.if_else(pa.array(numbers != NO_ID), column, pa.scalar(None, column.type))
        rows = rows.set_column(place, rows.field(place), kept)
    return rows
