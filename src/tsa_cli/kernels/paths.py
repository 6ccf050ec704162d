"""
Sessions as flat arrays of steps (pages or events).

reads   flat arrays of steps, in time order, each session in one piece
writes  nothing
source  definitions D26
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Numbers = NDArray[np.signedinteger[Any]]  # of any width: memory is what costs
Codes = NDArray[np.integer[Any]]
Marks = NDArray[np.uint8]
Flags = NDArray[np.bool_]

PIECE_STEPS = 1_000_000  # looked at together: the arrays of a piece are those of the one before


@dataclass(frozen=True)
class Steps:
    """Session i owns codes[starts[i] : starts[i] + lengths[i]]; none is empty, nothing between."""

    codes: Codes  # state of each step
    seq: Numbers  # number of each step's first event, ascending
    sessions: Numbers  # (n_sessions,) the caller's session number
    starts: Ints  # (n_sessions,)
    lengths: Ints  # (n_sessions,) at least 1
    marks: Marks | None = None  # bits that some event of the step has

    @property
    def ends(self) -> Ints:
        """Index of the last step of each session, (n_sessions,)."""
        return self.starts + self.lengths - 1

    def pieces(self, size: int | None = None) -> Iterator[tuple[slice, "Steps"]]:
        """The sessions in pieces of about `size` steps, without marks; and which ones they are."""
        size = size or PIECE_STEPS
        limits = np.arange(size, len(self.codes), size)
        cuts = [0, *np.searchsorted(self.starts, limits).tolist(), len(self.starts)]
        for first, last in pairwise(cuts):
            if last > first:
                here = slice(first, last)
                begin = int(self.starts[first])
                end = begin + int(self.lengths[here].sum())
                yield (
                    here,
                    Steps(
                        self.codes[begin:end],
                        self.seq[begin:end],
                        self.sessions[here],
                        self.starts[here] - begin,
                        self.lengths[here],
                    ),
                )


def make_steps(
    session: Numbers, codes: Codes, seq: Numbers, marks: Marks | None = None, *, collapse: bool
) -> Steps:
    """
    The steps of each run of equal `session` numbers; with `collapse` equal neighbours are one step.

    The arrays are parallel and in time order; a collapsed step keeps the number of its first event
    and has the marks of all.
    """
    begins = np.ones(len(codes), dtype=np.bool_)
    np.not_equal(session[1:], session[:-1], out=begins[1:])
    if collapse and len(codes):
        keep = np.ones(len(codes), np.bool_)
        np.not_equal(codes[1:], codes[:-1], out=keep[1:])
        keep |= begins
        first = np.flatnonzero(keep)
        begins, session, codes, seq = begins[first], session[first], codes[first], seq[first]
        marks = None if marks is None else np.bitwise_or.reduceat(marks, first)
    starts = np.flatnonzero(begins)
    lengths = np.diff(starts, append=len(codes))
    return Steps(codes, seq, session[starts], starts, lengths, marks)


class StepsInOrder:
    """Steps put together from pieces that come in order; a session may go on in the next one."""

    def __init__(self, most: int, code_type: type[np.integer[Any]], *, collapse: bool) -> None:
        self._collapse = collapse
        self._size = 0
        self._codes = np.empty(most, code_type)  # memory that is never written costs nothing
        self._seq = np.empty(most, np.int32)
        self._marks = np.zeros(most, np.uint8)
        self._sessions: list[Numbers] = []
        self._lengths: list[Ints] = []
        self._has_marks = False

    def add(self, piece: Steps) -> None:
        """Put the piece behind those before."""
        if not len(piece.codes):
            return
        first, known = 0, 0
        if self._sessions and self._sessions[-1][-1] == piece.sessions[0]:
            known = 1
            if self._collapse and self._codes[self._size - 1] == piece.codes[0]:
                first = 1
            self._lengths[-1][-1] += piece.lengths[0] - first
        here = slice(self._size, self._size + len(piece.codes) - first)
        self._codes[here], self._seq[here] = piece.codes[first:], piece.seq[first:]
        if piece.marks is not None:
            self._has_marks = True
            self._marks[here] = piece.marks[first:]
            if first:
                self._marks[here.start - 1] |= piece.marks[0]
        self._size = here.stop
        if len(piece.sessions) > known:
            self._sessions.append(piece.sessions[known:])
            self._lengths.append(piece.lengths[known:].copy())

    def steps(self) -> Steps:
        """All steps so far."""
        lengths = np.concatenate([np.empty(0, np.int64), *self._lengths])
        return Steps(
            self._codes[: self._size],
            self._seq[: self._size],
            np.concatenate([np.empty(0, np.int32), *self._sessions]),
            np.cumsum(lengths) - lengths,
            lengths,
            self._marks[: self._size] if self._has_marks else None,
        )


def window_of(steps: Steps, first: Ints, lengths: Ints) -> Steps:
    """Each session cut to `lengths[i]` steps from index `first[i]`; those cut to none are gone."""
    some = lengths > 0
    first, lengths = first[some], lengths[some]
    starts = np.cumsum(lengths) - lengths
    index = np.arange(int(lengths.sum())) + np.repeat(first - starts, lengths)
    marks = None if steps.marks is None else steps.marks[index]
    return Steps(steps.codes[index], steps.seq[index], steps.sessions[some], starts, lengths, marks)


def counts_of(codes: Codes, state_count: int) -> Ints:
    """How many steps each state has, (state_count,)."""
    counts = np.zeros(state_count, np.int64)
    for first in range(0, len(codes), PIECE_STEPS):  # bincount copies what is not 64 bits wide
        counts += np.bincount(codes[first : first + PIECE_STEPS], minlength=state_count)
    return counts


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
