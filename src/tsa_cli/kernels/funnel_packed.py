"""
Ordered funnels of plain event names, from sorted keys alone.

A key is `unit << bits | time`, so that one subtraction tells both the time between two events and
whether they are of one unit. At each step only the latest start that leads there is known, which
gets furthest. Who gets how far is told by that; the attempt that counts begins with the earliest
start from which the first of the furthest events is in time, and is followed for the winner alone.
source  performance notes of the funnel; definitions D16
"""

import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tsa_cli.kernels.funnel_ordered import Side, ordered_attempts, with_optional_steps
from tsa_cli.kernels.funnel_types import (
    NO_TIME,
    NONE,
    Attempts,
    FunnelRules,
    Ints,
    StepHits,
    empty_attempts,
    starts_of_units,
    without_rows,
)

PIECE_KEYS = 200_000  # the arrays of a piece are those of the one before, still in the cache
_LOWEST_BYTE = 0 if sys.byteorder == "little" else 7


def run_packed_funnel(
    keys: list[Ints], exclusions: list[Ints], bits: int, rules: FunnelRules
) -> Attempts:
    """
    The attempt that counts of each unit, as `run_funnel` answers it.

    One sorted array of `keys` per step; no event may be in two of them, unless ties are strict and
    no step is optional. Times count from some epoch, as do the rules' since and until and the times
    answered. No `row` is told. ValueError where the window reaches 2**(bits - 1), which times must
    stay below, too, or where a step has a `within`.
    """
    if rules.window_us >= 1 << (bits - 1):
        raise ValueError("the window does not fit the packed keys")
    if any(limit is not None for limit in rules.within_us):
        raise ValueError("packed keys know no `within`")
    if not len(keys[0]):
        return without_rows(empty_attempts(rules.step_count))
    if exclusions:
        steps = [_hits(key, bits, place) for place, key in enumerate(keys)]
        out = [_hits(key, bits, 0) for key in exclusions]
        is_same = not rules.is_ties_strict
        found = ordered_attempts(steps, out, rules, is_same_place_next=is_same).attempts
        return without_rows(found)
    required = rules.required()
    low = (1 << bits) - 1
    first = keys[0]
    if rules.since_us > 0 or rules.until_us < low:
        time = first & low
        first = first[(time >= rules.since_us) & (time <= rules.until_us)]
    found = _furthest([first, *(keys[step] for step in required[1:])], bits, rules)
    if not any(rules.optional):
        return found
    return without_rows(_with_optional(found, keys, bits, rules))


def in_pieces(keys: list[Ints], bits: int, size: int = PIECE_KEYS) -> Iterator[list[Ints]]:
    """The arrays in pieces of about `size` keys in all, each of whole units, units ascending."""
    first = keys[0]
    count = max(1, min(sum(map(len, keys)) // size, len(first)))
    middle = [len(first) * piece // count for piece in range(1, count)]
    limits = first[middle] >> bits << bits
    places = [[0, *np.searchsorted(each, limits).tolist(), len(each)] for each in keys]
    for piece in range(count):
        yield [each[at[piece] : at[piece + 1]] for each, at in zip(keys, places, strict=True)]


def _with_optional(found: Attempts, keys: list[Ints], bits: int, rules: FunnelRules) -> Attempts:
    """The attempts of the required steps, widened by the optional ones."""
    required = rules.required()
    steps = [_hits(key, bits, place) for place, key in enumerate(keys)]
    grid = np.full((len(found.unit), rules.step_count), NO_TIME, np.int64)
    grid[:, required] = found.time_us
    row = np.full(grid.shape, NONE, np.int64)
    for column, step in enumerate(required):
        done = np.flatnonzero(found.time_us[:, column] != NO_TIME)
        key = found.unit[done] << bits | found.time_us[done, column]
        row[done, step] = steps[step].row[np.searchsorted(keys[step], key)]
    side: Side = "right" if rules.is_ties_strict else "left"
    return with_optional_steps(replace(found, time_us=grid, row=row), steps, rules, side)


def _hits(key: Ints, bits: int, place: int) -> StepHits:
    """The keys as hits; rows tell the events of different steps apart."""
    row = np.arange(len(key)) | (place << bits.bit_length() + 40)
    return StepHits(key, key, key >> bits, key & ((1 << bits) - 1), row)


def _furthest(keys: list[Ints], bits: int, rules: FunnelRules) -> Attempts:
    """Depth and times of the required steps, a column each."""
    first = keys[0]
    begin = first[starts_of_units(first, bits)]
    unit = begin >> bits
    depth = np.ones(len(begin), np.int64)
    time = np.full((len(begin), len(keys)), NO_TIME, np.int64, order="F")
    low = (1 << bits) - 1
    last = begin.copy()
    levels = _hits_of_steps(keys, rules) if len(keys) > 1 else []
    for k in range(len(levels) - 1, -1, -1):
        hit = levels[k][starts_of_units(levels[k], bits)]
        owner = np.searchsorted(unit, hit >> bits)
        is_deepest = depth[owner] == 1
        owner = owner[is_deepest]
        depth[owner] = k + 2
        last[owner] = hit[is_deepest]
    bound = last - rules.window_us
    late = np.flatnonzero(bound > begin)
    begin[late] = first[np.searchsorted(first, bound[late])]
    time[:, 0] = begin & low
    after: Side = "right" if rules.is_ties_strict else "left"
    at, alive = begin, np.arange(len(begin))
    for k, step in enumerate(keys[1:], start=1):
        goes_on = depth[alive] > k
        alive, at = alive[goes_on], at[goes_on]
        at = step[np.searchsorted(step, at, after)]
        time[alive, k] = at & low
    return without_rows(Attempts(unit, depth, time, time))


def _hits_of_steps(keys: list[Ints], rules: FunnelRules) -> list[Ints]:
    """Of each step but the first the events that some start reaches in time, ascending."""
    before: Side = "left" if rules.is_ties_strict else "right"
    start, hit = _runs(keys[0], keys[1], is_tie_first=not rules.is_ties_strict)
    inside = np.flatnonzero(hit - start <= rules.window_us)
    start, hit = start[inside], hit[inside]
    hits = [hit]
    for step in keys[2:]:
        latest = np.searchsorted(hit, step, before) - 1
        reached = np.flatnonzero(latest >= 0)
        start, hit = start[latest[reached]], step[reached]
        inside = np.flatnonzero(hit - start <= rules.window_us)
        start, hit = start[inside], hit[inside]
        hits.append(hit)
    return hits


def _runs(first: Ints, second: Ints, *, is_tie_first: bool) -> tuple[Ints, Ints]:
    """
    The last start of each run of starts with a second step behind it, and the first such step.

    A stable sort merges two sorted arrays in one pass, a third of what searching one in the other
    costs; `is_tie_first` has a start before a second step of the same moment.
    """
    merged = np.empty(len(first) + len(second), np.int64)
    begins_at, follows_at = merged[: len(first)], merged[len(first) :]
    np.left_shift(first, 1, out=begins_at)
    np.left_shift(second, 1, out=follows_at)
    late = follows_at if is_tie_first else begins_at
    late |= 1  # which of the two it is goes along in the last bit, and breaks ties
    merged.sort(kind="stable")
    # Of the last bits alone, a byte each: fresh memory is what costs here.
    is_start = (merged.view(np.uint8)[_LOWEST_BYTE::8] & 1) == (0 if is_tie_first else 1)
    ends = np.flatnonzero(is_start[:-1] > is_start[1:])
    return merged[ends] >> 1, merged[ends + 1] >> 1
