"""
Keys without large gaps: each stands for a place, so that to group by them is to count places.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def placed(keys: NDArray[Any]) -> tuple[NDArray[np.int64], int, int]:
    """(each key's place, the key of place 0, how many places there are)."""
    if not len(keys):
        return keys.astype(np.int64), 0, 0
    least = int(keys.min())
    return keys.astype(np.int64) - least, least, int(keys.max()) - least + 1


def keys_at(places: NDArray[np.int64], least_key: int) -> NDArray[np.int32]:
    """The keys of places, in the type of a column of keys, which spares a join to cast each."""
    return (places + least_key).astype(np.int32)
