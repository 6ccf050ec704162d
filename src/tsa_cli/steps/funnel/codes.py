"""
Texts as numbers, and rows laid beside others by number.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tsa_cli.kernels.funnel_types import NONE, Ints

if TYPE_CHECKING:
    import pyarrow

Entries = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Codes:
    """Values as numbers: (n,) indices into `values`, NONE where absent."""

    code: Ints
    values: list[str]


def entries_of(numbers: Ints, place: Ints) -> Entries:
    """For each number 1 + where it is in `place`, 0 where it is not."""
    most = max(int(numbers.max(initial=0)), int(place.max(initial=0)))
    entry = np.zeros(most + 1, np.int32)  # numbers are dense: four bytes each beat a hash or a sort
    entry[place] = np.arange(1, len(place) + 1)
    return entry[numbers]


def coded(column: "pyarrow.ChunkedArray") -> Codes:
    """The texts of a column as numbers of a dictionary."""
    encoded = column.combine_chunks().dictionary_encode()
    code: Ints = encoded.indices.fill_null(NONE).to_numpy().astype(np.int64)
    return Codes(code, encoded.dictionary.to_pylist())
