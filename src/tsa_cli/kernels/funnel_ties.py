"""
Ties of a strict funnel: for whom it matters which of several events at one moment came first.

Where a step has to be later than the one before, an event among others of its moment can only be
the first step, if it comes last of them, or the last one that is reached, if it comes first. So a
start has a worst and a best depth, and a unit whose attempt is the same by both is certain.
source  definitions D18 (ties)
"""

from dataclasses import dataclass

import numpy as np

from tsa_cli.kernels.funnel_types import Bools, FunnelEvents, FunnelRules, Ints, starts_of_runs


def at_once(unit: Ints, time_us: Ints) -> Bools:
    """Which events but the first are of the unit and the moment of the one before, (n - 1,)."""
    same: Bools = (unit[1:] == unit[:-1]) & (time_us[1:] == time_us[:-1])
    return same


def moments(unit: Ints, time_us: Ints) -> Ints:
    """The rank of each event's (unit, time): equal for events of one unit at one moment."""
    later = np.ones(len(unit), np.int64)
    later[1:] = ~at_once(unit, time_us)
    return np.cumsum(later)


def units_of_open_ties(events: FunnelEvents, rules: FunnelRules, start: Ints, depth: Ints) -> Ints:
    """
    The units whose attempt depends on the order of events at one moment; strict order and ties.

    `depth` is how far each start gets in the order given. With exclusions or held values, every
    unit with a start that can meet such a moment.
    """
    ties = _ties(events)
    at_mixed = ties.place[ties.is_mixed]
    is_near = np.zeros(len(events.unit), np.bool_)
    for steps in range(rules.step_count):
        is_near[at_mixed[at_mixed >= steps] - steps] = True
    near = np.flatnonzero(is_near[start])
    if rules.exclusions or events.hold is not None:
        return np.unique(events.unit[start[near]])
    best = _depths(events, rules, start[near], ties, np.zeros_like(ties.is_mixed))
    worst = _depths(events, rules, start[near], ties, ties.is_mixed)
    lowest, highest = depth.copy(), depth.copy()
    lowest[near], highest[near] = worst, best
    units = np.unique(events.unit[start[near[best != worst]]])
    owner = events.unit[start]
    chosen = np.flatnonzero(np.isin(owner, units))
    begins = starts_of_runs(owner[chosen])
    time = events.time_us[start[chosen]]
    surely, maybe = (_first_of_furthest(d[chosen], time, begins) for d in (lowest, highest))
    open_units: Ints = units[(surely != maybe).any(axis=0)]
    return open_units


def _first_of_furthest(depth: Ints, time: Ints, begins: Ints) -> Ints:
    """(2, n_units): how far the furthest start gets, and when the first that gets so far begins."""
    if not len(begins):
        return np.empty((2, 0), np.int64)
    furthest = np.maximum.reduceat(depth, begins)
    is_furthest = depth == np.repeat(furthest, np.diff(begins, append=len(depth)))
    at = np.where(is_furthest, time, np.iinfo(np.int64).max)
    return np.stack([furthest, np.minimum.reduceat(at, begins)])


@dataclass(frozen=True)
class _Ties:
    """The events that share their moment with another of their unit, (n,), in order."""

    place: Ints  # among all events
    last: Ints  # place of the last one of the moment
    taken: Ints  # all that the events of the moment match
    is_mixed: Bools  # the events of the moment match different steps

    def find(self, places: Ints) -> tuple[Ints, Bools]:
        """Where among the ties the events at these places are, and whether they are there."""
        if not len(self.place):
            return np.zeros(len(places), np.int64), np.zeros(len(places), np.bool_)
        index = np.minimum(np.searchsorted(self.place, places), len(self.place) - 1)
        return index, self.place[index] == places


def _ties(events: FunnelEvents) -> _Ties:
    later = np.flatnonzero(at_once(events.unit, events.time_us)) + 1
    place = np.union1d(later, later - 1)
    mask = events.mask[place]
    is_first = ~np.isin(place, later)
    begins, number = np.flatnonzero(is_first), np.cumsum(is_first) - 1
    if not len(place):
        return _Ties(place, place, mask, np.zeros(0, np.bool_))
    taken = np.bitwise_or.reduceat(mask, begins)
    is_mixed = taken != np.bitwise_and.reduceat(mask, begins)
    last = place[np.append(begins[1:], len(place)) - 1]
    return _Ties(place, last[number], taken[number], is_mixed[number])


def _depths(
    events: FunnelEvents, rules: FunnelRules, start: Ints, ties: _Ties, is_closed: Bools
) -> Ints:
    """How far each start gets, if nothing goes on from or into a moment that is closed."""
    depth = np.ones(len(start), np.int64)
    index, is_tied = ties.find(start)
    here = np.where(is_tied, ties.last[index], start) if len(ties.place) else start
    alive = np.arange(len(start))
    if len(ties.place):
        alive = alive[~(is_tied & is_closed[index])]
    for step in range(1, rules.step_count):
        at = here[alive] + 1
        alive, at = alive[at < len(events.unit)], at[at < len(events.unit)]
        taken = events.mask[at]
        is_next = events.unit[at] == events.unit[start[alive]]
        is_next &= events.time_us[at] - events.time_us[start[alive]] <= rules.window_us
        index, is_tied = ties.find(at)
        if len(ties.place):
            taken = np.where(is_tied, ties.taken[index], taken)
            is_next &= ~(is_tied & is_closed[index])
        is_next &= (taken >> step) & 1 == 1
        depth[alive[is_next]] = step + 1
        here[alive] = at
        alive = alive[is_next & ~is_tied]
    return depth
