"""
How sessions move from state to state: transitions, the step matrix, and who was where.

reads   the steps of sessions
writes  nothing
source  definitions D26 and D27: transitions with `(entry)` and `(exit)`, step matrix
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tsa_cli.kernels.paths import Codes, Ints, Steps, counts_of

_BITS = 62  # states that one word of a session can tell apart
_PIECE_MOVES = 4_000_000  # as many as the largest dense table has cells
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
    visits = counts_of(steps.codes, state_count)
    order = np.lexsort((np.arange(state_count), -visits))
    kept = order[: min(keep, int(np.count_nonzero(visits)))].astype(np.int32)
    place = np.full(state_count, len(kept), np.min_scalar_type(len(kept)))
    place[kept] = np.arange(len(kept))
    return kept, replace(steps, codes=place[steps.codes])


def transitions(steps: Steps, *, state_count: int) -> Transitions:
    """Moves from each state to the next in whole sessions, with entry and exit."""
    width = state_count + 2
    is_dense = width * width <= _DENSE_CELLS
    dense = np.zeros(width * width if is_dense else 0, np.int64)
    pairs: list[Ints] = [np.empty(0, np.int64)]
    counts: list[Ints] = [np.empty(0, np.int64)]
    for _, piece in steps.pieces(_PIECE_MOVES):
        moves = _moves_of(piece, state_count)
        if is_dense:
            for keys in moves:
                dense += np.bincount(keys, minlength=len(dense))
        else:
            pair, count = np.unique(np.concatenate(moves), return_counts=True)
            pairs.append(pair)
            counts.append(count)
    if is_dense:
        found = np.flatnonzero(dense)
        return Transitions(found // width, found % width, dense[found])
    found, place = np.unique(np.concatenate(pairs), return_inverse=True)
    count = np.zeros(len(found), np.int64)
    np.add.at(count, place, np.concatenate(counts))
    return Transitions(found // width, found % width, count)


def _moves_of(steps: Steps, state_count: int) -> tuple[Ints, Ints]:
    """`from * (state_count + 2) + to` of each move out of a step, and of each entry."""
    width = state_count + 2
    key = steps.codes.astype(np.int64)
    key *= width
    last = key[steps.ends] + (state_count + 1)
    key[:-1] += steps.codes[1:]
    key[steps.ends] = last
    return key, state_count * width + steps.codes[steps.starts].astype(np.int64)


def sessions_with(steps: Steps, states: Ints, *, state_count: int) -> Ints:
    """How many sessions have each of the states at least once, parallel to `states`."""
    counts = np.zeros(len(states), np.int64)
    for first in range(0, len(states), _BITS):
        asked = states[first : first + _BITS]
        bit = np.zeros(state_count, np.int64)
        bit[asked] = 1 << np.arange(len(asked))
        for _, piece in steps.pieces():
            seen = np.bitwise_or.reduceat(bit[piece.codes], piece.starts)
            for place, state in enumerate(asked):
                counts[first + place] += np.count_nonzero(seen & bit[state])
    return counts


def step_matrix(steps: Steps, *, max_steps: int, state_count: int) -> Ints:
    """Sessions in each state at step 1, 2, …: (levels, state_count + 1), the last column ended."""
    levels = min(max_steps, int(steps.lengths.max(initial=0)))
    matrix = np.zeros((levels, state_count + 1), np.int64)
    for _, piece in steps.pieces():
        index, left = piece.starts, piece.lengths
        for level in range(levels):
            matrix[level, :state_count] += np.bincount(piece.codes[index], minlength=state_count)
            matrix[level, state_count] += len(piece.starts) - len(index)
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
