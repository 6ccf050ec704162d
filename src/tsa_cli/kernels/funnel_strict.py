"""
Strict funnels: each step is the very next event of the unit.

The walk follows the total order. Units of a start that meets a tie whose order it may not rely on
are in `flagged`, for `funnel_exact` or for another look with the order known.
"""

from dataclasses import dataclass

import numpy as np

from tsa_cli.kernels.funnel_ties import at_once, moments, units_of_open_ties
from tsa_cli.kernels.funnel_types import (
    FIRST_MOMENT,
    LAST_MOMENT,
    NO_TIME,
    NONE,
    Attempts,
    Bools,
    FunnelEvents,
    FunnelRules,
    Ints,
    starts_of_runs,
)


@dataclass(frozen=True)
class Strict:
    """Attempts by unit, and the units that met a tie."""

    attempts: Attempts
    flagged: Ints


def strict_attempts(
    events: FunnelEvents, rules: FunnelRules, *, is_tie_ordered: bool = True
) -> Strict:
    """
    The furthest, then earliest, attempt of each unit that starts within since and until.

    Units that a tie can lead to another answer are flagged: where equal timestamps may be taken in
    step order, and where they may not but come in no order (`is_tie_ordered` False).
    """
    start = _starts(events, rules)
    depth, met = _walk(events, rules, start)
    attempts = _best(events, rules, start, depth)
    out = _excluded_units(events, rules, start, depth)
    answer = attempts.only(~np.isin(attempts.unit, out), out)
    if is_tie_ordered or not rules.is_ties_strict:
        return Strict(answer, met)
    return Strict(answer, units_of_open_ties(events, rules, start, depth))


def _walk(events: FunnelEvents, rules: FunnelRules, start: Ints) -> tuple[Ints, Ints]:
    """How far each start gets in this order, and the units that met a tie which has none."""
    unit, time, hold = events.unit, events.time_us, events.hold
    depth = np.ones(len(start), np.int64)
    alive = np.arange(len(start))
    flagged = [np.empty(0, np.int64)]
    tied = np.empty(0, np.bool_) if rules.is_ties_strict else _tied(events)
    if not rules.is_ties_strict:
        flagged.append(unit[start[tied[start]]])
    for step in range(1, rules.step_count):
        begun = start[alive]
        at = np.minimum(begun + step, len(unit) - 1)
        if not rules.is_ties_strict:
            met = tied[at] & (at == begun + step) & (unit[at] == unit[begun])
            flagged.append(unit[begun[met]])
        fits = np.flatnonzero((events.mask[at] >> step) & 1)  # the rest is asked of the few
        alive, begun, at = alive[fits], begun[fits], at[fits]
        is_next = (at == begun + step) & (unit[at] == unit[begun])
        is_next &= time[at] - time[begun] <= rules.window_us
        if rules.is_ties_strict:
            is_next &= time[at] > time[at - 1]
        if hold is not None:
            is_next &= hold[at] == hold[begun]
        alive = alive[is_next]
        depth[alive] = step + 1
    return depth, np.unique(np.concatenate(flagged))


def _starts(events: FunnelEvents, rules: FunnelRules) -> Ints:
    """The events that can begin an attempt."""
    start = np.flatnonzero(events.mask & 1)
    if (rules.since_us, rules.until_us) != (FIRST_MOMENT, LAST_MOMENT):
        time = events.time_us[start]
        start = start[(time >= rules.since_us) & (time <= rules.until_us)]
    return start if events.hold is None else start[events.hold[start] != NONE]


def _tied(events: FunnelEvents) -> Bools:
    """True for an event that shares its timestamp with a neighbour of its unit."""
    tied = np.zeros(len(events.unit), np.bool_)
    same = at_once(events.unit, events.time_us)
    tied[1:] |= same
    tied[:-1] |= same
    return tied


def _best(events: FunnelEvents, rules: FunnelRules, start: Ints, depth: Ints) -> Attempts:
    owner = events.unit[start]
    begins = starts_of_runs(owner)  # starts are in total order, so each unit's lie together
    counts = np.diff(np.append(begins, len(start)))
    furthest = np.maximum.reduceat(depth, begins) if len(begins) else depth
    chosen = np.flatnonzero(depth == np.repeat(furthest, counts))
    chosen = chosen[starts_of_runs(owner[chosen])]
    first, reached = start[chosen], depth[chosen]
    row = first[:, None] + np.arange(rules.step_count)[None, :]
    done = np.arange(rules.step_count)[None, :] < reached[:, None]
    row = np.where(done, row, NONE)
    time = np.where(done, events.time_us[np.where(done, row, 0)], NO_TIME)
    return Attempts(owner[chosen], reached, time, row)


def _excluded_units(events: FunnelEvents, rules: FunnelRules, start: Ints, depth: Ints) -> Ints:
    """Units with an exclusion later than its first step and, where reached, before its second."""
    out = [np.empty(0, np.int64)]
    if not rules.exclusions:
        return out[0]
    moment = moments(events.unit, events.time_us)
    lane = moment
    if events.hold is not None:  # an exclusion with other held values is none
        _, number = np.unique(events.hold, return_inverse=True)
        lane = number * (len(moment) + 1) + moment
    for place, rule in enumerate(rules.exclusions):
        hit = np.flatnonzero((events.mask >> (rules.step_count + place)) & 1)
        hit = hit[np.argsort(lane[hit], kind="stable")]
        began = start[depth > rule.after]
        reached = depth[depth > rule.after] > rule.before
        index = np.searchsorted(lane[hit], lane[began + rule.after], side="right")
        found = index < len(hit)
        began, reached, at = began[found], reached[found], hit[index[found]]
        bad = events.unit[at] == events.unit[began]
        bad &= events.time_us[at] - events.time_us[began] <= rules.window_us
        end = np.minimum(began + rule.before, len(moment) - 1)
        bad &= ~reached | (moment[at] < moment[end])
        if events.hold is not None:
            bad &= events.hold[at] == events.hold[began]
        out.append(events.unit[began[bad]])
    return np.unique(np.concatenate(out))
