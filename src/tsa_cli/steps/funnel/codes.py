"""
Texts as numbers, and rows laid beside others by number.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tsa_cli.kernels.funnel_types import Bools, Ints

Columns = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Codes:
    """Values as numbers: (n,) indices into `values`, NONE where absent."""

    code: Ints
    values: list[str]


@dataclass(frozen=True)
class Places:
    """
    Which numbers a list has, and where: a bit for each number up to its largest, and counts.

    Numbers are dense, so that this is a tenth of a table of places, and a hash or a search in the
    list takes several times as long.
    """

    bits: npt.NDArray[np.uint64]  # 64 numbers each; the last word has none
    before: npt.NDArray[np.int32]  # how many numbers the words before have

    def lay(self, values: Ints, numbers: Ints, otherwise: int) -> Ints:
        """The value beside each number in the list, `otherwise` where it is not there."""
        if not len(values):
            return np.full(len(numbers), otherwise, np.int64)
        place, is_there = self._find(numbers)
        return np.where(is_there, values.take(place, mode="clip"), otherwise)

    def _find(self, numbers: Ints) -> tuple[Ints, Bools]:
        word = np.minimum(numbers >> 6, len(self.bits) - 1)
        bit = np.left_shift(np.uint64(1), (numbers & 63).astype(np.uint64))
        there = self.bits[word]
        place = self.before[word] + np.bitwise_count(there & (bit - np.uint64(1)))
        return place.astype(np.int64), (there & bit) != 0


def places_of(numbers: Ints) -> Places:
    """Where the numbers are, which ascend and are not below 0."""
    words = int(numbers[-1] >> 6) + 2 if len(numbers) else 1
    is_there = np.zeros(words * 64, np.bool_)
    is_there[numbers] = True
    bits = np.packbits(is_there, bitorder="little").view("<u8").astype(np.uint64, copy=False)
    count = np.bitwise_count(bits)
    return Places(bits, np.cumsum(count, dtype=np.int32) - count)


def coded(texts: npt.NDArray[Any]) -> Codes:
    """The texts of a column, none of them absent, as numbers in the order in which they come."""
    number: dict[str, int] = {}
    codes = (number.setdefault(text, len(number)) for text in texts.tolist())
    return Codes(np.fromiter(codes, np.int64, len(texts)), list(number))
