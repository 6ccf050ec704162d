"""
How sessions move from state to state: transitions, the step matrix, and who was where.

reads   the steps of sessions
writes  nothing
source  definitions D26 and D27: transitions with `(entry)` and `(exit)`, step matrix
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsa_cli.kernels.paths import Codes, Ints, Steps

_BITS = 62  # states that one word of a session can tell apart
_DENSE_CELLS = 1 << 22
_FLAG_CELLS = 1 << 26  # bytes of memory for users in groups


@dataclass(frozen=True)
class Transitions:
    """Counted moves, sorted by (source, target); state n_states is entry, n_states + 1 is exit."""

    source: Ints
    target: Ints
    count: Ints


def reduce_states(steps: Steps, *, keep: int, state_count: int) -> tuple[Codes, Steps]:
    """
    The codes kept (most visited first, ties by code) and the steps written in their positions.

    A state not kept becomes the number `len(kept)`; nothing is re-collapsed.
    """
    visits = np.bincount(steps.codes, minlength=state_count)
    order = np.lexsort((np.arange(state_count), -visits))
    kept = order[: min(keep, int(np.count_nonzero(visits)))].astype(np.int32)
    place = np.full(state_count, len(kept), np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    codes = place[steps.codes]
    return kept, Steps(codes, steps.rows, steps.sessions, steps.starts, steps.lengths)


def transitions(steps: Steps, *, state_count: int) -> Transitions:
    """Moves from each state to the next in whole sessions, with entry and exit."""
    width = state_count + 2
    # Half the bytes where they suffice: it is memory that takes the time.
    key: NDArray[np.signedinteger] = steps.codes.astype(
        np.int32 if width * width < 1 << 31 else np.int64
    )
    key *= width
    last = key[steps.ends] + (state_count + 1)
    key[:-1] += steps.codes[1:]
    key[steps.ends] = last
    entry = state_count * width + steps.codes[steps.starts].astype(np.int64)
    if width * width <= _DENSE_CELLS:
        dense = np.bincount(key, minlength=width * width)
        dense += np.bincount(entry, minlength=width * width)
        found = np.flatnonzero(dense)
        return Transitions(found // width, found % width, dense[found])
    found, count = np.unique(np.concatenate([key, entry]), return_counts=True)
    return Transitions(found // width, found % width, count)


def sessions_with(steps: Steps, states: Ints, *, state_count: int) -> Ints:
    """How many sessions have each of the states at least once, parallel to `states`."""
    counts = np.zeros(len(states), np.int64)
    if len(steps.starts) == 0:
        return counts
    for first in range(0, len(states), _BITS):
        asked = states[first : first + _BITS]
        bit = np.zeros(state_count, np.int64)
        bit[asked] = 1 << np.arange(len(asked))
        seen = np.bitwise_or.reduceat(bit[steps.codes], steps.starts)
        for place, state in enumerate(asked):
            counts[first + place] = np.count_nonzero(seen & bit[state])
    return counts


def step_matrix(steps: Steps, *, max_steps: int, state_count: int) -> Ints:
    """Sessions in each state at step 1, 2, …: (levels, state_count + 1), the last column ended."""
    levels = min(max_steps, int(steps.lengths.max(initial=0)))
    matrix = np.zeros((levels, state_count + 1), np.int64)
    index, left = steps.starts, steps.lengths
    for level in range(levels):
        matrix[level, :state_count] = np.bincount(steps.codes[index], minlength=state_count)
        matrix[level, state_count] = len(steps.starts) - len(index)
        more = left > 1
        index, left = index[more] + 1, left[more] - 1
    return matrix


def users_per_group(group: Ints, user: NDArray[np.signedinteger], group_count: int) -> Ints:
    """Distinct users of each group, (group_count,); a negative group is left out."""
    keep = group >= 0
    if not keep.any():
        return np.zeros(group_count, np.int64)
    width = int(user.max()) + 1
    if group_count * width <= _FLAG_CELLS:  # twenty times as fast as to sort
        flags = np.zeros(group_count * width, np.bool_)
        flags[group[keep] * width + user[keep]] = True
        return np.asarray(np.count_nonzero(flags.reshape(group_count, width), axis=1), np.int64)
    pairs = np.unique(group[keep] * width + user[keep])
    return np.bincount(pairs // width, minlength=group_count)
