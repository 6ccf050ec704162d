"""
Every attempt of one unit at a funnel: the kernel's own answer for each first step alone.

Each start becomes a unit of its own in which nothing else can start, so that one run of the
kernel answers all of them, by the same rules as the report. Pure: lists in, lists out.
source  definitions D15-D19 and D22; part 2, complaint 32
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tsa_cli.kernels.funnel import run_funnel
from tsa_cli.kernels.funnel_types import NONE, FunnelEvents, FunnelRules, UnitEvents

ROWS_AT_ONCE = 1 << 20  # events of all lanes in memory


@dataclass(frozen=True)
class Trace:
    """
    One attempt: `chain` are the events of its required steps, in turn; `steps` maps every step
    done (of `any`: the how-many-th) to its event. `exclusion` is the event that removes the unit.
    """

    start: int
    chain: list[int]
    steps: dict[int, int]
    exclusion: int | None

    @property
    def depth(self) -> int:
        """How many required steps were done."""
        return len(self.chain)


def trace(events: UnitEvents, rules: FunnelRules, starts: list[int] | None = None) -> list[Trace]:
    """
    The attempts of the unit in the order of their first events, each with its exclusion.

    All of them, or those that begin at `starts`.
    """
    alone = replace(rules, exclusions=(), since_us=0, until_us=0)
    found: list[Trace] = []
    wanted = starts_of(events, rules) if starts is None else starts
    for batch in _batches(events, rules, wanted):
        lanes = [_lane(events, rules, start) for start in batch]
        attempts = run_funnel(_joined(events, rules, batch, lanes), alone)
        place = np.concatenate([np.asarray(lane, np.int64) for lane in lanes])
        for start, row in zip(batch, attempts.row.tolist(), strict=True):
            steps = {step: int(place[at]) for step, at in enumerate(row) if at != NONE}
            chain = [steps[step] for step in rules.required() if step in steps]
            found.append(Trace(start, chain, steps, _exclusion(events, rules, chain)))
    return found


def counted(traces: list[Trace]) -> int | None:
    """The place of the furthest, then earliest, attempt; None when one of them is excluded."""
    if not traces or any(one.exclusion is not None for one in traces):
        return None
    return min(range(len(traces)), key=lambda place: (-traces[place].depth, place))


def first_bits(rules: FunnelRules) -> int:
    """The bits of a mask of which one lets an event start an attempt."""
    return (1 << rules.step_count) - 1 if rules.order == "any" else 1


def starts_of(events: UnitEvents, rules: FunnelRules) -> list[int]:
    """The events that start an attempt; of `any`, one for each moment (and held value)."""
    bits = first_bits(rules)
    found: list[int] = []
    seen: set[tuple[int, int]] = set()
    for i, (time, mask) in enumerate(zip(events.time_us, events.mask, strict=True)):
        hold = 0 if events.hold is None else events.hold[i]
        if not mask & bits or hold == NONE or not rules.since_us <= time <= rules.until_us:
            continue
        if rules.order == "any" and (time, hold) in seen:
            continue
        seen.add((time, hold))
        found.append(i)
    return found


def _batches(events: UnitEvents, rules: FunnelRules, starts: list[int]) -> Iterator[list[int]]:
    """The starts in groups whose lanes fit into memory together."""
    batch: list[int] = []
    rows = 0
    for start in starts:
        size = lane_size(events, rules, start)
        if batch and rows + size > ROWS_AT_ONCE:
            yield batch
            batch, rows = [], 0
        batch.append(start)
        rows += size
    if batch:
        yield batch


def lane_size(events: UnitEvents, rules: FunnelRules, start: int) -> int:
    """How many events an attempt has to look at, about."""
    return bisect_right(events.time_us, events.time_us[start] + rules.window_us) - start + 1


def _lane(events: UnitEvents, rules: FunnelRules, start: int) -> list[int]:
    """The events of one attempt: from its first moment to the end of its window."""
    begin = events.time_us[start]
    low = bisect_left(events.time_us, begin)
    lane = range(low, bisect_right(events.time_us, begin + rules.window_us))
    if events.hold is None or rules.order == "strict":  # a strict step has its say on any event
        return list(lane)
    return [i for i in lane if events.hold[i] == events.hold[start]]


def _joined(
    events: UnitEvents, rules: FunnelRules, starts: list[int], lanes: list[list[int]]
) -> FunnelEvents:
    """The lanes one after the other, times counted from each start."""
    place = [i for lane in lanes for i in lane]
    unit = np.repeat(np.arange(len(lanes)), [len(lane) for lane in lanes])
    begin = np.array([events.time_us[start] for start in starts], np.int64)[unit]
    time = np.array([events.time_us[i] for i in place], np.int64) - begin
    mask = np.array([events.mask[i] for i in place], np.int64)
    if rules.order != "any":
        is_start = np.array(place, np.int64) == np.array(starts, np.int64)[unit]
        mask = np.where(is_start, mask, mask & ~1)
    hold = None
    if events.hold is not None and rules.order == "strict":
        hold = np.array([events.hold[i] for i in place], np.int64)
    return FunnelEvents(unit, time, mask, hold)


def _exclusion(events: UnitEvents, rules: FunnelRules, chain: list[int]) -> int | None:
    """The earliest event strictly between the two steps of an exclusion, within the window."""
    time, required = events.time_us, rules.required()
    found: list[int] = []
    for number, rule in enumerate(rules.exclusions):
        after, before = required.index(rule.after), required.index(rule.before)
        if len(chain) <= after:
            continue
        end = bisect_right(time, time[chain[0]] + rules.window_us)
        if len(chain) > before:
            end = min(end, bisect_left(time, time[chain[before]]))
        bit = rules.step_count + number
        for i in range(bisect_right(time, time[chain[after]]), end):
            is_held = events.hold is None or events.hold[i] == events.hold[chain[0]]
            if events.mask[i] >> bit & 1 and is_held:
                found.append(i)
                break
    return min(found, default=None)
