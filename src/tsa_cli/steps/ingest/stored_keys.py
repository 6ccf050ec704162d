"""
What has a key in a lookup already, and which keys the new ones have.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from tsa_cli.steps.ingest.words import Keys, Numbers
from tsa_cli.store import FEW_ROWS, Store

if TYPE_CHECKING:
    import polars as pl


def stored_keys(store: Store, table: str, asked: "pl.DataFrame") -> tuple[Numbers, Keys]:
    """(the rows of `asked`, from 0, that the lookup `table` has; the key of each)."""
    with store.lent("asked_words", asked.with_row_index("place")):
        ask = store.small_arrays if len(asked) <= FEW_ROWS else store.arrays
        found = ask(f"1_events/keys_of_{table}.sql")
    return found["place"], found["key"]


def numbered(new: Iterable[Numbers], newest: int) -> tuple[Numbers, Keys]:
    """(all the numbers, the key of each): keys rise by one, up to `newest`."""
    numbers = np.concatenate([np.empty(0, np.int64), *new])
    return numbers, np.arange(newest - len(numbers) + 1, newest + 1, dtype=np.int32)
