"""
Funnels by brute force, in plain Python: the definition, written as directly as it can be.

An event is (time, set of steps it matches, set of exclusions it matches, held value); a history
is one unit's events in total order. Every chain of events that the rules allow is enumerated.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product


@dataclass(frozen=True)
class Event:
    time: int
    steps: frozenset[int]
    exclusions: frozenset[int] = frozenset()
    hold: int | None = 0


@dataclass(frozen=True)
class Rules:
    steps: int
    order: str = "ordered"
    window: int = 10
    strict_ties: bool = False
    within: tuple[int | None, ...] = ()
    optional: tuple[bool, ...] = ()
    exclusions: tuple[tuple[int, int], ...] = ()
    since: int = -(10**9)
    until: int = 10**9

    def required(self) -> list[int]:
        return [s for s in range(self.steps) if not (self.optional and self.optional[s])]


Chain = tuple[int, ...]


def ordered_chains(history: list[Event], rules: Rules, start: int) -> Iterator[Chain]:
    """Every chain of distinct events for a prefix of the required steps."""
    required = rules.required()

    def grow(chain: Chain) -> Iterator[Chain]:
        yield chain
        if len(chain) == len(required):
            return
        step, last = required[len(chain)], history[chain[-1]].time
        for i, event in enumerate(history):
            late = event.time > last if rules.strict_ties else event.time >= last
            limit = rules.within[step] if rules.within else None
            if (
                step in event.steps
                and i not in chain
                and late
                and event.time - history[start].time <= rules.window
                and (limit is None or event.time - last <= limit)
                and event.hold == history[start].hold
            ):
                yield from grow((*chain, i))

    yield from grow((start,))


def arrangements(history: list[Event], rules: Rules) -> Iterator[list[int]]:
    """Every order of the events that their timestamps allow; only one where ties are strict."""
    if rules.strict_ties:
        yield list(range(len(history)))
        return
    moments = sorted({event.time for event in history})
    groups = [[i for i, e in enumerate(history) if e.time == m] for m in moments]
    for parts in product(*(permutations(group) for group in groups)):
        yield [i for part in parts for i in part]


def strict_chains(history: list[Event], rules: Rules, start: int) -> Iterator[Chain]:
    for order in arrangements(history, rules):
        chain: Chain = (start,)
        yield chain
        for step, i in enumerate(order[order.index(start) + 1 :], start=1):
            event, before = history[i], history[chain[-1]]
            fits = step < rules.steps and step in event.steps
            fits = fits and event.time - history[start].time <= rules.window
            fits = fits and event.hold == history[start].hold
            if not fits or (rules.strict_ties and event.time == before.time):
                break
            chain = (*chain, i)
            yield chain


def any_times(history: list[Event], rules: Rules, start: int) -> tuple[int, ...]:
    """The moments at which one more different step was done, within the window of `start`."""
    begin, hold = history[start].time, history[start].hold
    end = begin + rules.window
    events = [e for e in history if begin <= e.time <= end and e.hold == hold]
    times: list[int] = []
    for moment in sorted({e.time for e in events}):
        seen = [e for e in events if e.time <= moment]
        times += [moment] * (_most_steps(seen, rules) - len(times))
    return tuple(times)


def _most_steps(events: list[Event], rules: Rules) -> int:
    slots = [(e.time, e.steps) for e in events]
    if rules.strict_ties:
        moments = sorted({e.time for e in events})
        slots = [(m, frozenset().union(*(e.steps for e in events if e.time == m))) for m in moments]

    def most(done: frozenset[int], rest: list[frozenset[int]]) -> int:
        if not rest:
            return len(done)
        options = [done, *(done | {s} for s in rest[0] - done)]
        return max(most(option, rest[1:]) for option in options)

    return most(frozenset(), [steps for _, steps in slots])


@dataclass(frozen=True)
class Answer:
    depth: int
    times: tuple[int | None, ...]


def funnel(history: list[Event], rules: Rules) -> Answer | str | None:
    """The attempt that counts, None without any, "excluded" when an exclusion removes the unit."""
    best: tuple[int, int, tuple[int, ...], Chain] | None = None
    for start, event in enumerate(history):
        opens = bool(event.steps) if rules.order == "any" else 0 in event.steps
        if not opens or event.hold is None or not rules.since <= event.time <= rules.until:
            continue
        if rules.order == "any":
            times = any_times(history, rules, start)
            candidate = (-len(times), event.time, times, ())
        else:
            find = ordered_chains if rules.order == "ordered" else strict_chains
            deepest = max((len(c) for c in find(history, rules, start)), default=0)
            chain = min(
                (c for c in find(history, rules, start) if len(c) == deepest),
                key=lambda c: tuple(history[i].time for i in c),
            )
            times = tuple(history[i].time for i in chain)
            candidate = (-deepest, event.time, times, chain)
        if _excluded(history, rules, event, times):
            return "excluded"
        if best is None or candidate[:2] < best[:2]:
            best = candidate
    if best is None:
        return None
    columns = list(range(rules.steps)) if rules.order == "any" else rules.required()
    filled: list[int | None] = [None] * rules.steps
    for step, time in zip(columns, best[2], strict=False):
        filled[step] = time
    if rules.order == "ordered":
        _optional(history, rules, filled, best[3])
    return Answer(-best[0], tuple(filled))


def _excluded(history: list[Event], rules: Rules, start: Event, times: tuple[int, ...]) -> bool:
    columns = list(range(rules.steps)) if rules.order == "any" else rules.required()
    for number, (after, before) in enumerate(rules.exclusions):
        i, j = columns.index(after), columns.index(before)
        for event in history:
            if number not in event.exclusions or event.hold != start.hold or i >= len(times):
                continue
            end = times[j] - 1 if j < len(times) else start.time + rules.window
            if times[i] < event.time <= min(end, start.time + rules.window):
                return True
    return False


def _optional(history: list[Event], rules: Rules, filled: list[int | None], chain: Chain) -> None:
    used = set(chain)
    required = rules.required()
    for step in range(rules.steps):
        if step in required:
            continue
        anchor = filled[max(r for r in required if r < step)]
        later = [r for r in required if r > step]
        after = filled[later[0]] if later else None
        if anchor is None or filled[0] is None:
            continue
        limit = rules.within[step] if rules.within else None
        for i, event in enumerate(history):
            if step not in event.steps or i in used or event.hold != history[chain[0]].hold:
                continue
            gap = 1 if rules.strict_ties else 0
            if event.time < anchor + gap or event.time - filled[0] > rules.window:
                continue
            if limit is not None and event.time - anchor > limit:
                continue
            if after is not None and event.time > after - gap:
                continue
            filled[step] = event.time
            used.add(i)
            break
