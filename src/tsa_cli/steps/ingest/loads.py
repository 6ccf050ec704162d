"""
The loads of files whose rows follow each other: each file of a bundle is a load of its own.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


class Loads:
    """The loads `first_id`, `first_id + 1`, … of as many rows each as `row_counts` says."""

    def __init__(self, first_id: int, row_counts: Sequence[int]) -> None:
        self.first_id = first_id
        self._ends = np.cumsum(np.asarray(row_counts, np.int64)).tolist()

    def ids(self, rows: NDArray[np.int64]) -> NDArray[np.int32]:
        """(n,) the load of each of the rows, by ordinal; of rows past the last file the last."""
        places = np.searchsorted(self._ends[:-1], rows, side="right")
        return (self.first_id + places).astype(np.int32)

    def counts(self, rows: NDArray[np.int64]) -> dict[int, int]:
        """How many of the rows each load has."""
        counted = np.bincount(self.ids(rows) - self.first_id, minlength=len(self._ends))
        return dict(enumerate(counted.tolist(), self.first_id))

    def by_load(self, rows: Mapping[int, str]) -> list[dict[int, str]]:
        """What is told of some rows by ordinal, for each load by the ordinal in its own file."""
        found: list[dict[int, str]] = [{} for _ in self._ends]
        for row, told in rows.items():
            place = min(bisect_right(self._ends, row), len(found) - 1)
            start = int(self._ends[place - 1]) if place else 0
            found[place][row - start] = told
        return found
