"""
The most frequent paths of sessions.

reads   `Steps`, sessions as flat arrays
writes  nothing
source  definitions D26
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsa_cli.kernels.paths import Ints, Steps

NO_PATH = -1
_SEED = 20260101  # only the names of hash buckets depend on it, no answer does


@dataclass(frozen=True)
class PathTable:
    """The most frequent paths, most frequent first; ties in the order of their state codes."""

    paths: list[tuple[int, ...]]
    counts: Ints  # sessions of each path
    path_of_session: Ints  # (n_sessions,) index into `paths`, NO_PATH when not listed


def top_paths(steps: Steps, *, max_steps: int, top: int, state_count: int) -> PathTable:
    """The `top` most frequent paths of the first `max_steps` steps of each session."""
    if len(steps.starts) == 0 or top == 0:
        return PathTable([], np.zeros(0, np.int64), np.full(len(steps.starts), NO_PATH))
    hashes = _path_hashes(steps, max_steps, state_count)
    ordered = np.sort(hashes)  # values alone: many times as fast as the order of the sessions
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    counts = np.diff(begins, append=len(ordered))
    wanted = min(top, len(counts))
    least = int(np.partition(counts, len(counts) - wanted)[len(counts) - wanted])
    listed = counts >= least  # more than `top` when the last ones are equally frequent
    path = ordered[begins[listed]]
    place = np.minimum(np.searchsorted(path, hashes), len(path) - 1)
    session = np.flatnonzero(path[place] == hashes)
    sample = np.empty(len(path), np.int64)
    sample[place[session]] = session  # one session of each path
    chosen = _most_frequent(steps, sample, counts[listed], max_steps, top)
    number = np.full(len(path), NO_PATH)
    number[chosen] = np.arange(len(chosen))
    path_of_session = np.full(len(hashes), NO_PATH)
    path_of_session[session] = number[place[session]]
    paths = [_path(steps, int(sample[i]), max_steps) for i in chosen]
    return PathTable(paths, counts[listed][chosen], path_of_session)


def _path(steps: Steps, session: int, max_steps: int) -> tuple[int, ...]:
    start = int(steps.starts[session])
    stop = start + min(int(steps.lengths[session]), max_steps)
    return tuple(int(code) for code in steps.codes[start:stop])


def _path_hashes(steps: Steps, max_steps: int, state_count: int) -> NDArray[np.uint64]:
    """
    A 64-bit number for the first `max_steps` states of each session.

    Tabulation hashing: an independent random word per (position, state), summed; two different
    paths meet with probability 2^-64, about 1e-6 for a collision anywhere in 6 million sessions.
    """
    random = np.random.default_rng(_SEED)
    positions = min(max_steps, int(steps.lengths.max(initial=0)))
    words = [random.integers(0, 2**64, state_count, np.uint64) for _ in range(positions)]
    hashes = np.empty(len(steps.starts), np.uint64)
    for here, piece in steps.pieces():
        hashes[here] = _hashes_of(piece, words)
    return hashes


def _hashes_of(steps: Steps, words: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    hashes = np.zeros(len(steps.starts), np.uint64)
    most = len(words)
    length = np.minimum(steps.lengths, most)
    # Sixteen bits are sorted digit by digit. Longest first, those with a next step lie together.
    longest_first = np.argsort((most - length).astype(np.uint16), kind="stable")
    index = steps.starts[longest_first]
    live = len(index) - np.cumsum(np.bincount(length, minlength=most + 1))
    for position, of_state in enumerate(words):
        count = int(live[position])
        if count == 0:
            break
        hashes[:count] += of_state[steps.codes[index[:count]]]
        index[:count] += 1
    answer = np.empty_like(hashes)
    answer[longest_first] = hashes
    return answer


def _most_frequent(steps: Steps, sample: Ints, counts: Ints, max_steps: int, top: int) -> Ints:
    """Indices of the `top` largest counts, in that order, ties by the codes of their paths."""
    top = min(top, len(counts))
    least = int(np.partition(counts, len(counts) - top)[len(counts) - top])
    above = np.flatnonzero(counts > least)
    ties = np.flatnonzero(counts == least)
    ties = ties[_smallest(steps, sample[ties], max_steps, top - len(above))]
    both = np.concatenate([above, ties])
    paths = [_path(steps, int(sample[i]), max_steps) for i in both]
    order = sorted(range(len(both)), key=lambda i: (-int(counts[both[i]]), paths[i]))
    return both[order]


def _smallest(steps: Steps, sessions: Ints, max_steps: int, wanted: int) -> Ints:
    """Indices into `sessions` of the `wanted` smallest paths (all differ), in any order."""
    open_ = np.arange(len(sessions))
    taken: list[Ints] = []
    for position in range(max_steps + 1):
        if wanted >= len(open_):
            taken.append(open_)
            break
        if wanted == 0:
            break
        starts, lengths = steps.starts[sessions[open_]], steps.lengths[sessions[open_]]
        longer = lengths > position
        column = np.full(len(open_), -1, np.int64)  # a path that has ended comes first
        column[longer] = steps.codes[starts[longer] + position]
        limit = np.partition(column, wanted - 1)[wanted - 1]
        sure = open_[column < limit]
        taken.append(sure)
        wanted -= len(sure)
        open_ = open_[column == limit]
    return np.concatenate(taken) if taken else np.zeros(0, np.int64)
