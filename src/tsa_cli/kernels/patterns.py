"""
Which sessions follow a pattern of steps, exactly, over all sessions at once.

Step j of the pattern is matched at position q when its name fits there and step j-1 is matched at
some position p before q, with nothing forbidden between and the time gap inside its bounds. For
each q the admissible p are one index range, so a running count of the matches of j-1 answers it.

reads   the steps of sessions and their times
writes  nothing
source  definitions D27; ClickHouse documentation, sequenceMatch
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tsa_cli.config.patterns import Between, Pattern
from tsa_cli.kernels.paths import Flags, Ints, Steps


def named(names: Sequence[str], states: Sequence[str]) -> Flags:
    """Which states one of the names fits, (n_states,); `*` in a name stands for any text."""
    parts = [".*".join(re.escape(piece) for piece in name.split("*")) for name in names]
    whole = re.compile("|".join(parts) if parts else r"(?!)", re.DOTALL)
    return np.fromiter((whole.fullmatch(s) is not None for s in states), np.bool_, len(states))


def matching_sessions(
    steps: Steps, times_us: NDArray[np.int64], pattern: Pattern, states: Sequence[str]
) -> Flags:
    """
    Which sessions contain the pattern, (n_sessions,).

    `times_us` is parallel to `steps.codes` and never falls within a session.
    """
    found = np.zeros(len(steps.starts), np.bool_)
    if len(steps.codes) == 0:
        return found
    number = np.repeat(np.arange(len(steps.starts)), steps.lengths)
    reached = np.zeros(0, np.int64)
    for place, step in enumerate(pattern.steps):
        wanted = np.flatnonzero(named([step.name], states)[steps.codes])
        if place == 0:
            reached = _starting(steps, number, wanted, step.before, states)
            continue
        low, high = _range_before(steps, number, wanted, step.before, states)
        low, high = _within_gap(times_us, wanted, low, high, step.before)
        reached = wanted[_any_between(reached, low, high)]
    found[number[_ending(steps, number, reached, pattern.after, states)]] = True
    return found


def _starting(steps: Steps, number: Ints, at: Ints, before: Between, states: Sequence[str]) -> Ints:
    """The places of `at` up to which the session's start is as the pattern wants it."""
    starts = steps.starts[number[at]]
    if not before.is_free:
        return np.asarray(at[at == starts])
    if not before.but:
        return at
    bad = np.flatnonzero(named(before.but, states)[steps.codes])
    return np.asarray(at[~_any_between(bad, starts, at - 1)])


def _range_before(
    steps: Steps, number: Ints, at: Ints, between: Between, states: Sequence[str]
) -> tuple[Ints, Ints]:
    """The first and last place, inclusive, where the step before may stand."""
    starts = steps.starts[number[at]]
    if not between.is_free:
        return np.maximum(starts, at - 1), at - 1
    if not between.but:
        return starts, at - 1
    bad = np.flatnonzero(named(between.but, states)[steps.codes])
    last_bad = np.append(-1, bad)[np.searchsorted(bad, at)]  # the last one before `at`
    return np.maximum(starts, last_bad), at - 1


def _within_gap(
    times_us: NDArray[np.int64], at: Ints, low: Ints, high: Ints, between: Between
) -> tuple[Ints, Ints]:
    """The range narrowed to the places whose time lies within the gap before `at`."""
    if between.max_gap_us is not None:
        low = _first_place(times_us, low, high + 1, times_us[at] - between.max_gap_us)
    if between.min_gap_us:
        high = _first_place(times_us, low, high + 1, times_us[at] - between.min_gap_us + 1) - 1
    return low, high


def _first_place(times_us: NDArray[np.int64], low: Ints, end: Ints, least: Ints) -> Ints:
    """The first index in [low, end) whose time is at least `least`, else `end`; by bisection."""
    low, end = low.copy(), np.maximum(low, end)
    while True:
        open_ = np.flatnonzero(low < end)
        if len(open_) == 0:
            return low
        middle = (low[open_] + end[open_]) // 2
        late = times_us[middle] >= least[open_]
        end[open_[late]] = middle[late]
        low[open_[~late]] = middle[~late] + 1


def _any_between(places: Ints, low: Ints, high: Ints) -> Flags:
    """Whether one of the sorted places lies in [low, high]."""
    return np.searchsorted(places, high, side="right") > np.searchsorted(places, low)


def _ending(
    steps: Steps, number: Ints, reached: Ints, after: Between, states: Sequence[str]
) -> Ints:
    """The places of `reached` from which the session's end is as the pattern wants it."""
    ends = steps.ends[number[reached]]
    if not after.is_free:
        return np.asarray(reached[reached == ends])
    if not after.but:
        return reached
    bad = np.flatnonzero(named(after.but, states)[steps.codes])
    return np.asarray(reached[~_any_between(bad, reached + 1, ends)])
