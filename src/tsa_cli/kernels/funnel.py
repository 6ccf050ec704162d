"""
Funnels over event arrays: who got how far, when, by which events.

`run_funnel` answers any rules over events in total order; `run_packed_funnel` in `funnel_packed`
answers ordered funnels of plain event names from packed keys alone, several times faster and in
less memory. Both give the same attempts. Pure: arrays in, arrays out.
source  definitions D15-D22; the contract's section 5
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from tsa_cli.kernels.funnel_any import any_order_attempts
from tsa_cli.kernels.funnel_exact import as_row, exact_attempt
from tsa_cli.kernels.funnel_ordered import ordered_attempts
from tsa_cli.kernels.funnel_strict import strict_attempts
from tsa_cli.kernels.funnel_ties import at_once, moments
from tsa_cli.kernels.funnel_types import (
    KEY_BITS,
    NONE,
    Attempts,
    Bools,
    FunnelEvents,
    FunnelRules,
    Ints,
    StepHits,
    UnitEvents,
    empty_attempts,
    starts_of_runs,
)


def run_funnel(events: FunnelEvents, rules: FunnelRules) -> Attempts:
    """
    The attempt that counts of each unit; `row` indexes `events`.

    Ordered and unordered attempts need only events that match a step or an exclusion; strict
    ones need every event that may stand between.
    """
    if not len(events.unit):
        return empty_attempts(rules.step_count)
    if rules.order == "strict":
        strict = strict_attempts(events, rules)
        return _corrected(
            strict.attempts, strict.flagged, events, rules, np.arange(len(events.unit))
        )
    grouped, group, row = _by_group(events)
    if not len(row):
        return empty_attempts(rules.step_count)
    lanes = FunnelEvents(group, grouped.time_us, grouped.mask)
    answer = _ordered(lanes, rules) if rules.order == "ordered" else _any(lanes, rules)
    answer = replace(answer, row=np.where(answer.row == NONE, NONE, row[answer.row]))
    return answer if events.hold is None else _best_of_groups(answer, group, grouped.unit)


def run_with_any_ties(events: FunnelEvents, rules: FunnelRules) -> tuple[Attempts, Ints]:
    """
    The attempts, and the units of which the order of ties may tell another one.

    For events by unit and time whose ties come in any order. Of ordered and unordered funnels no
    event may match two steps.
    """
    if len(events.unit) and rules.order == "strict" and rules.is_ties_strict:
        strict = strict_attempts(events, rules, is_tie_ordered=False)
        found, unsure = strict.attempts, strict.flagged
    else:
        found, unsure = run_funnel(events, rules), np.empty(0, np.int64)
    if events.hold is None and (rules.order != "strict" or rules.is_ties_strict):
        return found, unsure
    # Two attempts of a unit may begin at the same moment, with other values or other events.
    is_tied = at_once(events.unit, events.time_us)
    if events.hold is None:
        several = (events.mask & (events.mask - 1)) != 0
        is_tied &= several[1:] | several[:-1]
    return found, np.union1d(unsure, events.unit[1:][is_tied])


def _by_group(events: FunnelEvents) -> tuple[FunnelEvents, Ints, Ints]:
    """The events sorted by (unit, hold, time), their group numbers, and their original rows."""
    row = np.arange(len(events.unit))
    if events.hold is None:
        return events, events.unit, row
    row = np.flatnonzero(events.hold != NONE)
    row = row[_order_of_groups(events.unit[row], events.hold[row])]
    unit, hold = events.unit[row], events.hold[row]
    new = np.ones(len(row), np.int64)
    new[1:] = (unit[1:] != unit[:-1]) | (hold[1:] != hold[:-1])
    grouped = FunnelEvents(unit, events.time_us[row], events.mask[row], hold)
    return grouped, np.cumsum(new) - 1, row


def _order_of_groups(unit: Ints, hold: Ints) -> Ints:
    """
    A stable order in which the rows of each (unit, hold) lie together, units ascending.

    The unit and the low bits of `hold` in one number: one sort of nearly sorted numbers instead of
    two of any, and right unless two holds of a unit differ in their high bits alone.
    """
    bits = KEY_BITS - int(unit.max(initial=0)).bit_length()
    key = unit << bits | hold & ((1 << bits) - 1)
    order = np.argsort(key, kind="stable")
    key, hold_there = key[order], hold[order]
    if ((key[1:] == key[:-1]) & (hold_there[1:] != hold_there[:-1])).any():
        return np.lexsort((hold, unit))
    return order


def _ordered(events: FunnelEvents, rules: FunnelRules) -> Attempts:
    """Greedy over places; in a tie the lower step comes first, unless an event fits several."""
    moment = moments(events.unit, events.time_us)
    step_bits = events.mask & ((1 << rules.step_count) - 1)
    tied = _tied(moment)
    place = np.arange(len(moment))
    if tied.any() and not rules.is_ties_strict:
        index = np.flatnonzero(tied)
        lowest = step_bits[index] & -step_bits[index]
        order = index[np.lexsort((index, lowest, moment[index]))]
        place[order] = index
    if rules.is_ties_strict:
        place = moment
    steps, exclusions = _hits(events, rules, place, moment)
    ordered = ordered_attempts(steps, exclusions, rules)
    flagged = ordered.flagged
    if not rules.is_ties_strict:
        several = tied & ((step_bits & (step_bits - 1)) != 0)
        flagged = np.union1d(flagged, events.unit[several])
    return _corrected(ordered.attempts, flagged, events, rules, np.arange(len(moment)))


def _any(events: FunnelEvents, rules: FunnelRules) -> Attempts:
    """Counting for units whose events tell the steps apart, search for the others."""
    moment = moments(events.unit, events.time_us)
    steps, exclusions = _hits(events, rules, moment, moment)
    copies = [
        sum(np.array_equal(steps[k].row, steps[e].row) for e in range(k))
        for k in range(rules.step_count)
    ]
    inexact = _tied(moment) if rules.is_ties_strict else np.zeros(len(moment), np.bool_)
    for k in range(rules.step_count):
        for other in range(k):
            if not np.array_equal(steps[k].row, steps[other].row):
                both = (events.mask >> k) & (events.mask >> other) & 1
                inexact |= both == 1
    answer = any_order_attempts(steps, copies, exclusions, rules)
    flagged = np.unique(events.unit[inexact])
    return _corrected(answer, flagged, events, rules, np.arange(len(moment)))


def _hits(
    events: FunnelEvents, rules: FunnelRules, place: Ints, moment: Ints
) -> tuple[list[StepHits], list[StepHits]]:
    def of(bit: int) -> StepHits:
        index = np.flatnonzero((events.mask >> bit) & 1)
        index = index[np.argsort(place[index], kind="stable")]
        return StepHits(
            place[index], moment[index], events.unit[index], events.time_us[index], index
        )

    steps = [of(bit) for bit in range(rules.step_count)]
    return steps, [of(rules.step_count + i) for i in range(len(rules.exclusions))]


def _tied(moment: Ints) -> Bools:
    tied = np.zeros(len(moment), np.bool_)
    same = moment[1:] == moment[:-1]
    tied[1:] |= same
    tied[:-1] |= same
    return tied


def _corrected(
    attempts: Attempts, flagged: Ints, events: FunnelEvents, rules: FunnelRules, row: Ints
) -> Attempts:
    """The attempts, with those of the flagged units searched again the exact way."""
    if not len(flagged):
        return attempts
    keep = ~np.isin(attempts.unit, flagged)
    unit, depth = [attempts.unit[keep]], [attempts.depth[keep]]
    time, rows = [attempts.time_us[keep]], [attempts.row[keep]]
    excluded = [attempts.excluded[~np.isin(attempts.excluded, flagged)]]
    for one, slice_events in _units(flagged, events, row):
        found = exact_attempt(slice_events, rules)
        if found is False:
            excluded.append(np.array([one], np.int64))
        if found is None or isinstance(found, bool):
            continue
        times, at = as_row(found, slice_events, rules.step_count)
        unit.append(np.array([one], np.int64))
        depth.append(np.array([found.depth], np.int64))
        time.append(times[None, :])
        rows.append(at[None, :])
    units = np.concatenate(unit)
    order = np.argsort(units, kind="stable")
    return Attempts(
        units[order],
        np.concatenate(depth)[order],
        np.concatenate(time)[order],
        np.concatenate(rows)[order],
        np.sort(np.concatenate(excluded)),
    )


def _units(flagged: Ints, events: FunnelEvents, row: Ints) -> Iterable[tuple[int, UnitEvents]]:
    low = np.searchsorted(events.unit, flagged, side="left")
    high = np.searchsorted(events.unit, flagged, side="right")
    for unit, begin, end in zip(flagged.tolist(), low.tolist(), high.tolist(), strict=True):
        part = slice(begin, end)
        yield (
            unit,
            UnitEvents(
                events.time_us[part].tolist(),
                events.mask[part].tolist(),
                row[part].tolist(),
                None if events.hold is None else events.hold[part].tolist(),
            ),
        )


def _best_of_groups(attempts: Attempts, group: Ints, unit: Ints) -> Attempts:
    """Of each unit the furthest group, then the earliest; one excluded group removes the unit."""
    owner = unit[starts_of_runs(group)]  # groups are numbered from 0
    excluded = np.unique(owner[attempts.excluded])
    units = owner[attempts.unit]
    order = np.lexsort((attempts.row[:, 0], -attempts.depth, units))
    order = order[~np.isin(units[order], excluded)]
    best = order[starts_of_runs(units[order])]
    return replace(attempts.only(best, excluded), unit=units[best])
