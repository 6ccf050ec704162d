"""
The distinct values of a column, and the place of each row's value among them.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

_Told = TypeVar("_Told", bound=np.generic)


@dataclass(frozen=True)
class Distinct:
    """Each value once, and for every row where it is."""

    values: "pa.Array"
    places: "list[pa.Array]"  # int32, by chunk of rows; null where the row has no value

    def spread(self, told: "NDArray[_Told]", none: int) -> "NDArray[_Told]":
        """(rows,) of each row's value what is `told` (distinct values,), `none` without one."""
        of_places = np.append(told, np.asarray(none, told.dtype))
        parts = [places.fill_null(len(told)).to_numpy() for places in self.places]
        return np.concatenate([of_places[:0], *(of_places[part] for part in parts)])


def distinct_of(column: "pa.ChunkedArray") -> Distinct:
    """The distinct values of the column, in order of appearance."""
    import pyarrow as pa

    chunks = column.dictionary_encode().unify_dictionaries().chunks
    values = chunks[0].dictionary if chunks else pa.array([], column.type)
    return Distinct(values, [chunk.indices for chunk in chunks])
