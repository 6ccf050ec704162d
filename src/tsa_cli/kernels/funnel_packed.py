"""
Ordered funnels of plain event names, from sorted keys alone.

A key is `unit << bits | time`, so that one subtraction tells both the time between two events and
whether they are of one unit. Of the starts that lead to the same second step only the latest is
followed, which gets furthest; the earliest that gets as far is looked up for the winner alone.
source  performance notes of the funnel; definitions D16
"""

from dataclasses import dataclass, replace

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
    starts_of_runs,
)


@dataclass(frozen=True)
class _Level:
    """Chains that reach one step: its hit, their entry one level before, their latest start."""

    hit: Ints
    parent: Ints
    start_key: Ints


def run_packed_funnel(
    keys: list[Ints], exclusions: list[Ints], bits: int, rules: FunnelRules
) -> Attempts:
    """
    The attempt that counts of each unit, as `run_funnel` answers it.

    One sorted array of `keys` per step; no event may be in two of them, unless ties are strict and
    no step is optional. Times count from some
    epoch, as do the rules' since and until and the times answered. `row` tells only done from
    NONE. ValueError where the window reaches 2**(bits - 1), which times must stay below, too, or
    where a step has a `within`.
    """
    if rules.window_us >= 1 << (bits - 1):
        raise ValueError("the window does not fit the packed keys")
    if any(limit is not None for limit in rules.within_us):
        raise ValueError("packed keys know no `within`")
    if not len(keys[0]):
        return empty_attempts(rules.step_count)
    if exclusions:
        steps = [_hits(key, bits, place) for place, key in enumerate(keys)]
        out = [_hits(key, bits, 0) for key in exclusions]
        is_same = not rules.is_ties_strict
        return ordered_attempts(steps, out, rules, is_same_place_next=is_same).attempts
    required = rules.required()
    low = (1 << bits) - 1
    first = keys[0]
    if len(first) and (rules.since_us > 0 or rules.until_us < low):
        time = first & low
        first = first[(time >= rules.since_us) & (time <= rules.until_us)]
    found = _furthest([first, *(keys[step] for step in required[1:])], bits, rules)
    if not any(rules.optional):
        return found
    return _with_optional(found, keys, bits, rules)


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
    unit_first = starts_of_runs(first >> bits)
    depth = np.ones(len(unit_first), np.int64)
    time = np.full((len(unit_first), len(keys)), NO_TIME, np.int64)
    low = (1 << bits) - 1
    begin = first[unit_first]
    if len(keys) > 1 and len(unit_first):
        levels, latest = _levels(keys, rules)
        units, entries = np.empty(0, np.int64), np.empty(0, np.int64)
        last = begin.copy()
        for k in range(len(levels) - 1, -1, -1):
            level = levels[k]
            # The owner of a start is found by where it lies among the units' first starts.
            owner = np.searchsorted(begin, level.start_key, side="right") - 1
            fresh = starts_of_runs(owner)
            fresh = fresh[depth[owner[fresh]] == 1]
            depth[owner[fresh]] = k + 2
            last[owner[fresh]] = keys[k + 1][level.hit[fresh]]
            units = np.concatenate((units, owner[fresh]))
            entries = np.concatenate((entries, fresh))
            time[units, k + 1] = keys[k + 1][level.hit[entries]] & low
            if k == 0:
                hit = level.hit[entries]
                begin[units] = _earliest(first, latest, hit, last[units] - rules.window_us)
            entries = level.parent[entries]
    time[:, 0] = begin & low
    row = np.where(time == NO_TIME, NONE, 0)
    return Attempts(begin >> bits, depth, time, row)


def _levels(keys: list[Ints], rules: FunnelRules) -> tuple[list[_Level], Ints]:
    """The chains of the latest starts, and the latest start before each second step."""
    before: Side = "left" if rules.is_ties_strict else "right"
    after: Side = "right" if rules.is_ties_strict else "left"
    first, second = keys[0], keys[1]
    latest = np.asarray(np.searchsorted(first, second, side=before), dtype=np.int64)
    latest -= 1
    hit = starts_of_runs(latest)
    hit = hit[latest[hit] >= 0]
    start_key = first[latest[hit]]
    inside = second[hit] - start_key <= rules.window_us
    levels = [_Level(hit[inside], np.arange(int(inside.sum())), start_key[inside])]
    for k in range(2, len(keys)):
        above = levels[-1]
        index = np.searchsorted(keys[k], keys[k - 1][above.hit], side=after)
        kept = np.flatnonzero(index < len(keys[k]))
        kept = kept[keys[k][index[kept]] - above.start_key[kept] <= rules.window_us]
        levels.append(_Level(index[kept], kept, above.start_key[kept]))
    return levels, latest


def _earliest(first: Ints, latest: Ints, hit: Ints, bound: Ints) -> Ints:
    """The key of the earliest start at or after `bound` whose next second step is `hit`."""
    after_previous = np.where(hit > 0, latest[hit - 1], NONE) + 1
    in_window = np.searchsorted(first, bound, side="left")
    keys: Ints = first[np.maximum(after_previous, in_window)]
    return keys
