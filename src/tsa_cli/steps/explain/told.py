"""
Which attempts of a unit are told: all of them, or of very many the one that decides and the latest.

A tablet of the shop or a script begins a funnel ten thousand times, and each attempt has a window
of events to look at: to follow all of them took nine minutes for 200,000 events. Which one counts
(or takes the unit out of the funnel) the kernel says, over the whole unit. Pure: lists in and out.
source  definitions D15-D19 and D22
"""

from dataclasses import replace

import numpy as np

from tsa_cli.kernels.funnel import run_funnel
from tsa_cli.kernels.funnel_types import Attempts, FunnelEvents, FunnelRules, UnitEvents
from tsa_cli.steps.explain.trace import lane_size, trace

MOST_ATTEMPTS = 200
MOST_ROWS = 2_000_000  # events that all told attempts look at, but for the latest few
LEAST_ATTEMPTS = 20


def told_places(events: UnitEvents, rules: FunnelRules, starts: list[int]) -> list[int]:
    """The places in `starts` of the attempts that are told, ascending: the latest are there."""
    first = len(starts)
    rows = 0
    while first:
        rows += lane_size(events, rules, starts[first - 1])
        told = len(starts) - first
        if told >= MOST_ATTEMPTS or (told >= LEAST_ATTEMPTS and rows > MOST_ROWS):
            return sorted({_decisive(events, rules, starts), *range(first, len(starts))})
        first -= 1
    return list(range(len(starts)))


def _decisive(events: UnitEvents, rules: FunnelRules, starts: list[int]) -> int:
    """The place of the attempt that counts, or of the first one that takes the unit out."""
    found = _of_unit(events, rules)
    if len(found.excluded):
        return _excluding(events, rules, starts)
    first = int(found.row[0, 0])
    if first in starts:
        return starts.index(first)
    moment = events.time_us[first]  # of `any`, one event of a moment stands for all of them
    return next(place for place, start in enumerate(starts) if events.time_us[start] == moment)


def _excluding(events: UnitEvents, rules: FunnelRules, starts: list[int]) -> int:
    """By halves: the earliest moment up to which an attempt is excluded, then each one of it."""
    low, high = 0, len(starts) - 1
    while low < high:
        middle = (low + high) // 2
        until = replace(rules, until_us=events.time_us[starts[middle]])
        if len(_of_unit(events, until).excluded):
            high = middle
        else:
            low = middle + 1
    moment = events.time_us[starts[low]]
    tied = [place for place, start in enumerate(starts) if events.time_us[start] == moment]
    for place in tied:
        [one] = trace(events, rules, [starts[place]])
        if one.exclusion is not None:
            return place
    return low


def _of_unit(events: UnitEvents, rules: FunnelRules) -> Attempts:
    """The kernel's answer for the unit, as the report has it."""
    hold = None if events.hold is None else np.array(events.hold, np.int64)
    times, masks = np.array(events.time_us, np.int64), np.array(events.mask, np.int64)
    return run_funnel(FunnelEvents(np.zeros(len(times), np.int64), times, masks, hold), rules)
