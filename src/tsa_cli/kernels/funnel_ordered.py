"""
Ordered funnels over sorted hit lists: every start goes to the next hit, step by step.

The search is greedy, which is exact as long as the place of a hit is a total order in which a
later step never uses an earlier step's event; where `within` may need a later hit than the next,
the unit is named in `flagged` and answered by `funnel_exact`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tsa_cli.kernels.funnel_types import (
    NO_TIME,
    NONE,
    Attempts,
    Bools,
    FunnelRules,
    Ints,
    StepHits,
    starts_of_runs,
)

Side = Literal["left", "right"]


@dataclass(frozen=True)
class _Level:
    """The starts that reach one required step: their hit, and their entry one level before."""

    hit: Ints
    parent: Ints
    start: Ints


@dataclass(frozen=True)
class Ordered:
    """Attempts by group, the groups with an exclusion, and the groups that need the exact way."""

    attempts: Attempts
    flagged: Ints


def ordered_attempts(
    steps: list[StepHits],
    exclusions: list[StepHits],
    rules: FunnelRules,
    *,
    is_same_place_next: bool = False,
) -> Ordered:
    """
    The furthest, then earliest, attempt of each group that starts within since and until.

    `is_same_place_next` lets the next step sit at the same place: only where no event can fill
    two steps and equal timestamps are taken in step order. Excluded groups are left out.
    """
    side: Side = "left" if is_same_place_next else "right"
    required = rules.required()
    first = steps[required[0]]
    in_range = (first.time_us >= rules.since_us) & (first.time_us <= rules.until_us)
    hit = np.flatnonzero(in_range)
    levels = [_Level(hit, np.arange(len(hit)), np.arange(len(hit)))]
    deadline = first.time_us[hit] + rules.window_us
    flagged: list[Ints] = []
    for k, step in enumerate(required[1:]):
        before, now, last = steps[required[k]], steps[step], levels[-1]
        following = _next_hits(before.place, last.hit, now.place, side)
        inside = _inside(now, following, before.group[last.hit], deadline[last.start])
        limit = rules.within(step)
        if limit is not None:
            late = inside.copy()
            late[inside] = now.time_us[following[inside]] - before.time_us[last.hit[inside]] > limit
            inside &= ~late
            if k > 0:  # the anchor itself could have been taken later
                flagged.append(before.group[last.hit[late]])
        kept = np.flatnonzero(inside)
        levels.append(_Level(following[kept], kept, last.start[kept]))
    entered = [steps[step] for step in required]
    attempts = _best(entered, levels, required, rules)
    attempts = with_optional_steps(attempts, steps, rules, side)
    out = _excluded_groups(entered, levels, required, exclusions, rules, deadline)
    need_exact = np.unique(np.concatenate(flagged)) if flagged else np.empty(0, np.int64)
    return Ordered(attempts.only(~np.isin(attempts.unit, out), out), need_exact)


def _next_hits(places: Ints, hit: Ints, following: Ints, side: Side) -> Ints:
    """For each `places[hit]`, the index of the first of `following` at or after it by `side`."""
    if len(hit) < len(places):
        return np.asarray(np.searchsorted(following, places[hit], side=side), dtype=np.int64)
    return np.asarray(np.searchsorted(following, places, side=side), dtype=np.int64)[hit]


def _inside(hits: StepHits, index: Ints, group: Ints, deadline: Ints) -> Bools:
    """True where `index` is a hit of the same group, not after the deadline."""
    inside = index < len(hits.place)
    safe = index[inside]
    inside[inside] = (hits.group[safe] == group[inside]) & (hits.time_us[safe] <= deadline[inside])
    return inside


def _best(
    entered: list[StepHits], levels: list[_Level], required: list[int], rules: FunnelRules
) -> Attempts:
    """Per group the earliest of the entries that got deepest, with the times of its chain."""
    first_group = entered[0].group[levels[0].hit]
    begins = starts_of_runs(first_group)
    group = first_group[begins]
    dense = np.zeros(len(first_group), np.int64)
    dense[begins[1:]] = 1
    dense = np.cumsum(dense)
    time = np.full((len(group), rules.step_count), NO_TIME, np.int64)
    row = np.full((len(group), rules.step_count), NONE, np.int64)
    depth = np.zeros(len(group), np.int64)
    units, entries = np.empty(0, np.int64), np.empty(0, np.int64)
    for k in range(len(levels) - 1, -1, -1):
        level, hits, step = levels[k], entered[k], required[k]
        owner = dense[level.start]
        fresh = starts_of_runs(owner)
        fresh = fresh[depth[owner[fresh]] == 0]
        depth[owner[fresh]] = k + 1
        units, entries = np.concatenate((units, owner[fresh])), np.concatenate((entries, fresh))
        chosen = level.hit[entries]
        time[units, step], row[units, step] = hits.time_us[chosen], hits.row[chosen]
        entries = level.parent[entries]
    return Attempts(group, depth, time, row)


def with_optional_steps(
    attempts: Attempts, steps: list[StepHits], rules: FunnelRules, side: Side
) -> Attempts:
    """Fill each optional step by the first free event between its required neighbours."""
    required = rules.required()
    for step in range(rules.step_count):
        if not rules.is_optional(step):
            continue
        anchor = max(r for r in required if r < step)
        after = min((r for r in required if r > step), default=None)
        gap = [s for s in range(anchor + 1, step) if rules.is_optional(s)]
        _fill_optional(attempts, steps, rules, side, (step, anchor, after), gap)
    return attempts


def _fill_optional(
    attempts: Attempts,
    steps: list[StepHits],
    rules: FunnelRules,
    side: Side,
    place: tuple[int, int, int | None],
    gap: list[int],
) -> None:
    step, anchor, after = place
    hits = steps[step]
    alive = np.flatnonzero(attempts.row[:, anchor] != NONE)
    anchor_hit = _hit_of(steps[anchor], attempts.row[alive, anchor])
    index = _next_hits(steps[anchor].place, anchor_hit, hits.place, side)
    for _ in gap:
        for other in gap:
            safe = np.minimum(index, len(hits.row) - 1) if len(hits.row) else index
            taken = hits.row[safe] if len(hits.row) else np.full(len(index), NONE)
            index = index + ((index < len(hits.row)) & (taken == attempts.row[alive, other]))
    limit = rules.within(step)
    start = attempts.time_us[alive, 0] + rules.window_us
    if limit is not None:
        start = np.minimum(start, attempts.time_us[alive, anchor] + limit)
    inside = _inside(hits, index, attempts.unit[alive], start)
    if after is not None:
        bounded = np.flatnonzero(inside & (attempts.row[alive, after] != NONE))
        end = steps[after].place[_hit_of(steps[after], attempts.row[alive[bounded], after])]
        own = hits.place[index[bounded]]
        inside[bounded] = own <= end if side == "left" else own < end
    kept, found = alive[inside], index[inside]
    attempts.time_us[kept, step] = hits.time_us[found]
    attempts.row[kept, step] = hits.row[found]


def _hit_of(hits: StepHits, row: Ints) -> Ints:
    """The index of each row among the hits; rows are unique but not always ascending."""
    order = np.argsort(hits.row, kind="stable")
    return order[np.searchsorted(hits.row, row, sorter=order)]


def _excluded_groups(
    entered: list[StepHits],
    levels: list[_Level],
    required: list[int],
    exclusions: list[StepHits],
    rules: FunnelRules,
    deadline: Ints,
) -> Ints:
    """The groups with an exclusion strictly between its steps in any of their attempts."""
    out = [np.empty(0, np.int64)]
    for rule, hits in zip(rules.exclusions, exclusions, strict=True):
        i, j = required.index(rule.after), required.index(rule.before)
        level, step = levels[i], entered[i]
        index = np.searchsorted(hits.moment, step.moment[level.hit], side="right")
        group = step.group[level.hit]
        inside = _inside(hits, index, group, deadline[level.start])
        if len(levels[j].start):
            at = np.minimum(np.searchsorted(levels[j].start, level.start), len(levels[j].start) - 1)
            reached = levels[j].start[at] == level.start
            end = entered[j].moment[levels[j].hit[at]]
            both = np.flatnonzero(inside & reached)
            inside[both] = hits.moment[index[both]] < end[both]
        out.append(group[inside])
    return np.unique(np.concatenate(out))
