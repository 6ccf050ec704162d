"""
Sessions as flat arrays of steps (pages or events), and their most frequent paths.

reads   flat arrays of steps, in time order, each session in one piece
writes  nothing
source  definitions D26
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]

NO_PATH = -1
_SEED = 20260101  # only the names of hash buckets depend on it, no answer does


@dataclass(frozen=True)
class Steps:
    """Session i owns codes[starts[i] : starts[i] + lengths[i]]; every session has a step."""

    codes: Codes  # state of each step
    rows: Ints  # place of each step in the arrays it was made from, ascending
    sessions: Ints  # (n_sessions,) the caller's session number
    starts: Ints  # (n_sessions,)
    lengths: Ints  # (n_sessions,) at least 1

    @property
    def ends(self) -> Ints:
        """Index of the last step of each session, (n_sessions,)."""
        return self.starts + self.lengths - 1


@dataclass(frozen=True)
class PathTable:
    """The most frequent paths, most frequent first; ties in the order of their state codes."""

    paths: list[tuple[int, ...]]
    counts: Ints  # sessions of each path
    path_of_session: Ints  # (n_sessions,) index into `paths`, NO_PATH when not listed


def make_steps(session: NDArray[np.signedinteger], codes: Codes, *, collapse: bool) -> Steps:
    """
    The steps of each run of equal `session` numbers; with `collapse` equal neighbours are one step.

    The arrays are parallel and in time order; a collapsed step keeps the row of its first event.
    """
    begins = np.ones(len(codes), dtype=np.bool_)
    np.not_equal(session[1:], session[:-1], out=begins[1:])
    if collapse:
        keep = codes[1:] != codes[:-1]
        keep |= begins[1:]
        rows = np.flatnonzero(np.append(True, keep)) if len(codes) else np.zeros(0, np.int64)
        starts = np.flatnonzero(begins[rows])
        codes = codes[rows]
    else:
        rows = np.arange(len(codes))
        starts = np.flatnonzero(begins)
    return Steps(
        codes=codes,
        rows=rows,
        sessions=session[rows[starts]].astype(np.int64),
        starts=starts,
        lengths=np.diff(starts, append=len(codes)),
    )


def window_of(steps: Steps, first: Ints, lengths: Ints) -> Steps:
    """Each session cut to `lengths[i]` steps from index `first[i]`; those cut to none are gone."""
    some = lengths > 0
    first, lengths = first[some], lengths[some]
    starts = np.cumsum(lengths) - lengths
    index = np.arange(int(lengths.sum())) + np.repeat(first - starts, lengths)
    return Steps(steps.codes[index], steps.rows[index], steps.sessions[some], starts, lengths)


def select(steps: Steps, keep: Flags) -> Steps:
    """The steps of the sessions in `keep`, (n_sessions,) bool."""
    return window_of(steps, steps.starts, np.where(keep, steps.lengths, 0))


def first_index(steps: Steps, marked: Flags, not_before: Ints | None = None) -> Ints:
    """Index of the first marked step of each session, not before its `not_before`; else -1."""
    found = np.flatnonzero(marked)
    low = steps.starts if not_before is None else not_before
    place = np.searchsorted(found, low)
    hit = np.append(found, np.iinfo(np.int64).max)[place]
    return np.where(hit <= steps.ends, hit, -1)


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
    hashes = np.zeros(len(steps.starts), np.uint64)
    length = np.minimum(steps.lengths, max_steps)
    # Sixteen bits are sorted digit by digit. Longest first, those with a next step lie together.
    longest_first = np.argsort((max_steps - length).astype(np.uint16), kind="stable")
    index = steps.starts[longest_first]
    live = len(index) - np.cumsum(np.bincount(length, minlength=max_steps + 1))
    for position in range(max_steps):
        count = int(live[position])
        if count == 0:
            break
        words = random.integers(0, 2**64, size=state_count, dtype=np.uint64)
        hashes[:count] += words[steps.codes[index[:count]]]
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
