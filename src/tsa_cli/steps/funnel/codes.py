"""
Texts as numbers, and rows laid beside others by number.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tsa_cli.kernels.funnel_types import Ints

Columns = dict[str, npt.NDArray[Any]]
Entries = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Codes:
    """Values as numbers: (n,) indices into `values`, NONE where absent."""

    code: Ints
    values: list[str]


def entries_of(place: Ints) -> Entries:
    """For each number up to the largest in `place` 1 + where it is there, else 0, as at the end."""
    entry = np.zeros(int(place.max(initial=-1)) + 2, np.int32)
    entry[place] = np.arange(1, len(place) + 1)  # four bytes each beat a hash or a sort
    return entry


def coded(texts: npt.NDArray[Any]) -> Codes:
    """The texts of a column, none of them absent, as numbers in the order in which they come."""
    number: dict[str, int] = {}
    codes = (number.setdefault(text, len(number)) for text in texts.tolist())
    return Codes(np.fromiter(codes, np.int64, len(texts)), list(number))
