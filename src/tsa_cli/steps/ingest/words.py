"""
Numbers for the texts of one file, the same in each of its batches, and tables by number.

The texts live in a dictionary of Polars (`Categories`, marked unstable there, hence in this module
alone): Python's own took twice as long, and made an object of every text of every batch.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

Keys = NDArray[np.int32]
Numbers = NDArray[np.int64]
UNKNOWN = -1
_FIRST_ROOM = 1 << 10


class Words:
    """The numbers of texts of one kind, from 1; a text keeps its number while this object lives."""

    def __init__(self) -> None:
        import polars as pl

        self._type = pl.Categorical(pl.Categories.random())
        self._kept_alive = pl.Series(dtype=self._type)  # the dictionary ends with its last series
        self.count = 0

    def numbers_of(self, texts: "pa.Array | pl.Series") -> Numbers:
        """(n,) the number of each text, none of which is null."""
        import polars as pl

        places = pl.Series(texts).cast(self._type).to_physical().to_numpy()
        numbers: Numbers = places.astype(np.int64) + 1
        self.count = max(self.count, int(numbers.max(initial=0)))
        return numbers

    def texts_of(self, numbers: Numbers) -> "pl.Series":
        """The text of each number, null for 0."""
        import polars as pl

        if not len(numbers):  # of most kinds a small file has nothing new
            return pl.Series(dtype=pl.String)
        places = (
            pl.Series(numbers - 1)
            .to_frame("place")
            .select(pl.when(pl.col("place") >= 0).then("place").cast(pl.UInt32).cat.to(self._type))
        )
        return places.to_series().cast(pl.String)


class KeyTable:
    """A key by number; UNKNOWN where none was put. Grows as numbers do."""

    def __init__(self) -> None:
        self._keys: Keys = np.full(_FIRST_ROOM, UNKNOWN, np.int32)

    def __getitem__(self, numbers: Numbers) -> Keys:
        self._make_room(numbers)
        return self._keys[numbers]

    def __setitem__(self, numbers: Numbers, keys: Keys) -> None:
        self._make_room(numbers)
        self._keys[numbers] = keys

    def _make_room(self, numbers: Numbers) -> None:
        needed = int(numbers.max(initial=0)) + 1
        if needed > len(self._keys):
            room = np.full(max(needed, 2 * len(self._keys)), UNKNOWN, np.int32)
            room[: len(self._keys)] = self._keys
            self._keys = room
