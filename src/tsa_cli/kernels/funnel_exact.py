"""
Funnels by search, one unit at a time: exact for every rule, too slow for every unit.

The kernels hand over the units whose equal timestamps, shared events or `within` rules make the
next hit not always the best one. Every attempt is searched for the chain that gets furthest;
among those, the one whose steps come earliest, compared step by step.
"""

from dataclasses import dataclass

import numpy as np

from tsa_cli.kernels.funnel_exact_orders import any_chain, strict_chain
from tsa_cli.kernels.funnel_types import (
    NO_TIME,
    NONE,
    Chain,
    FunnelRules,
    Ints,
    UnitEvents,
    from_moment,
)


@dataclass(frozen=True)
class UnitAttempt:
    """The attempt that counts; `steps` maps a step to the event's index. None: nobody entered."""

    depth: int
    steps: dict[int, int]


def exact_attempt(events: UnitEvents, rules: FunnelRules) -> UnitAttempt | bool | None:
    """The unit's attempt, None without a start, False when an exclusion removes the unit."""
    search = {"ordered": _ordered_chain, "strict": strict_chain, "any": any_chain}[rules.order]
    required = rules.required()
    longest = len(required)
    best: tuple[int, Chain] | None = None
    for start in _starts(events, rules):
        chain = search(events, rules, start)
        if _is_excluded(events, rules, chain):
            return False
        if best is None or len(chain) > best[0]:
            best = (len(chain), chain)
        if best[0] == longest and not rules.exclusions:
            break
    if best is None:
        return None
    steps = dict(zip(required, best[1], strict=False))
    if rules.order == "ordered":
        _add_optional(events, rules, steps)
    return UnitAttempt(best[0], steps)


def as_row(attempt: UnitAttempt, events: UnitEvents, step_count: int) -> tuple[Ints, Ints]:
    """The attempt's times and rows, (step_count,) each."""
    time, row = np.full(step_count, NO_TIME, np.int64), np.full(step_count, NONE, np.int64)
    for step, index in attempt.steps.items():
        time[step], row[step] = events.time_us[index], events.row[index]
    return time, row


def _starts(events: UnitEvents, rules: FunnelRules) -> list[int]:
    bits = (1 << rules.step_count) - 1 if rules.order == "any" else 1
    found = [
        i
        for i, (time, mask) in enumerate(zip(events.time_us, events.mask, strict=True))
        if mask & bits and rules.since_us <= time <= rules.until_us
    ]
    if events.hold is not None:
        found = [i for i in found if events.hold[i] != NONE]
    return found


def _is_excluded(events: UnitEvents, rules: FunnelRules, chain: Chain) -> bool:
    """An exclusion strictly between its steps, or after the first when the second is not done."""
    time = events.time_us
    place = {s: i for i, s in enumerate(rules.required())}
    for number, rule in enumerate(rules.exclusions):
        i, j = place[rule.after], place[rule.before]
        if len(chain) <= i:
            continue
        low, high = time[chain[i]], time[chain[0]] + rules.window_us
        for k, mask in enumerate(events.mask):
            if not mask >> (rules.step_count + number) & 1 or not low < time[k] <= high:
                continue
            if events.hold is not None and events.hold[k] != events.hold[chain[0]]:
                continue
            if len(chain) <= j or time[k] < time[chain[j]]:
                return True
    return False


def _ordered_chain(events: UnitEvents, rules: FunnelRules, start: int) -> Chain:
    """The longest chain of distinct events from `start`; of those, the earliest step by step."""
    required, time = rules.required(), events.time_us
    deadline = time[start] + rules.window_us
    known: dict[tuple[int, int, frozenset[int]], Chain] = {}

    def after(k: int, last: int, used: frozenset[int]) -> Chain:
        """The best continuation at required step k, `used` being the events at `last`'s moment."""
        if k == len(required):
            return []
        key = (k, last, used)
        if key not in known:
            known[key] = search(k, last, used)
        return known[key]

    def search(k: int, last: int, used: frozenset[int]) -> Chain:
        def rank(chain: Chain) -> tuple[int, list[int]]:
            return -len(chain), [time[i] for i in chain]

        best: Chain = []
        tried: set[tuple[int, int]] = set()
        needs_slack = k + 1 < len(required) and rules.within(required[k + 1]) is not None
        limit = rules.within(required[k])
        end = deadline if limit is None else min(deadline, time[last] + limit)
        for i in from_moment(events, last):
            is_settled = len(best) == len(required) - k or (best and not needs_slack)
            if time[i] > end or (is_settled and time[i] > time[best[0]]):
                break
            same = time[i] == time[last]
            twin = (time[i], events.mask[i])
            if i in used or not events.mask[i] >> required[k] & 1 or twin in tried:
                continue
            if same and rules.is_ties_strict:
                continue
            tried.add(twin)
            rest = after(k + 1, i, used | {i} if same else frozenset({i}))
            best = min(best, [i, *rest], key=rank)
        return best

    return [start, *after(1, start, frozenset({start}))]


def _add_optional(events: UnitEvents, rules: FunnelRules, steps: dict[int, int]) -> None:
    """Fill optional steps in turn by the first free event between their required neighbours."""
    time, required = events.time_us, rules.required()
    for step in range(rules.step_count):
        anchor = max((r for r in required if r < step), default=0)
        if not rules.is_optional(step) or anchor not in steps:
            continue
        after = min((r for r in required if r > step), default=None)
        end = time[steps[0]] + rules.window_us
        limit = rules.within(step)
        if limit is not None:
            end = min(end, time[steps[anchor]] + limit)
        low = time[steps[anchor]] + (1 if rules.is_ties_strict else 0)
        if after is not None and after in steps:
            end = min(end, time[steps[after]] - (1 if rules.is_ties_strict else 0))
        for i in range(len(time)):
            is_free = i not in steps.values()
            if is_free and events.mask[i] >> step & 1 and low <= time[i] <= end:
                steps[step] = i
                break
