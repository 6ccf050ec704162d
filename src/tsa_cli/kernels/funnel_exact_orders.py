"""
The longest strict run, and the fullest unordered set, from one start: searched exactly.

source  definitions D15 (order), D16 (ties: equal timestamps may be taken in step order)
"""

from collections.abc import Callable

from tsa_cli.kernels.funnel_types import Chain, FunnelRules, UnitEvents, from_moment


def strict_chain(events: UnitEvents, rules: FunnelRules, start: int) -> Chain:
    """The longest run of neighbours; events of one moment stand in the order that suits best."""
    same = [i for i in from_moment(events, start) if events.time_us[i] == events.time_us[start]]
    pool = [i for i in same if i != start]
    most = _fill(events, rules, [start], pool, len(pool))
    best: Chain = []
    for count in range(len(most), -1, -1):  # what is not used here stands before the start
        chain = [start, *_fill(events, rules, [start], pool, count)]
        chain = _followed(events, rules, chain, same[-1] + 1)
        if len(chain) > len(best):
            best = chain
    return best


def _followed(events: UnitEvents, rules: FunnelRules, chain: Chain, following: int) -> Chain:
    """`chain` and what comes next: whole moments, and of the last one as much as fits."""
    time, n = events.time_us, len(events.time_us)
    while following < n and len(chain) < rules.step_count:
        pool = [i for i in range(following, n) if time[i] == time[following]]
        taken = _fill(events, rules, chain, pool, len(pool))
        chain = chain + taken
        if len(taken) < len(pool):
            break
        following = pool[-1] + 1
    return chain


def _fill(
    events: UnitEvents, rules: FunnelRules, chain: Chain, pool: list[int], most: int
) -> Chain:
    """At most `most` next steps, as far as distinct events of `pool` can fill them in turn."""
    first = len(chain)
    limit = min(rules.step_count, first + most)

    def fits(i: int, step: int) -> bool:
        is_held = events.hold is None or events.hold[i] == events.hold[chain[0]]
        in_window = events.time_us[i] - events.time_us[chain[0]] <= rules.window_us
        return bool(events.mask[i] >> step & 1) and is_held and in_window

    best: Chain = []
    for count in range(1, limit - first + 1):
        wanted = list(range(first, first + count))
        filled = _match_all(wanted, pool, fits)
        if filled is None:
            break
        best = filled
    return best


def _match_all(steps: list[int], pool: list[int], fits: Callable[[int, int], bool]) -> Chain | None:
    """One distinct event of `pool` per step, lexicographically lowest; None when impossible."""
    chosen: Chain = []
    for place, step in enumerate(steps):
        for i in pool:
            if i in chosen or not fits(i, step):
                continue
            rest = [other for other in pool if other != i and other not in chosen]
            if _matching_size(steps[place + 1 :], rest, fits) == len(steps) - place - 1:
                chosen.append(i)
                break
        else:
            return None
    return chosen


def _matching_size(steps: list[int], pool: list[int], fits: Callable[[int, int], bool]) -> int:
    owner: dict[int, int] = {}

    def place(step: int, seen: set[int]) -> bool:
        for i in pool:
            if i in seen or not fits(i, step):
                continue
            seen.add(i)
            if i not in owner or place(owner[i], seen):
                owner[i] = step
                return True
        return False

    return sum(place(step, set()) for step in steps)


def any_chain(events: UnitEvents, rules: FunnelRules, start: int) -> Chain:
    """Events, in time, that each add one more different step within the window of `start`."""
    time = events.time_us
    chain: Chain = []
    taken: dict[int, tuple[int, int]] = {}  # step -> (slot, its combined mask)
    slots = _slots(events, rules, start)

    def place(slot: tuple[int, int], seen: set[int]) -> bool:
        for step in range(rules.step_count):
            if step in seen or not slot[1] >> step & 1:
                continue
            seen.add(step)
            if step not in taken or place(taken[step], seen):
                taken[step] = slot
                return True
        return False

    for slot in slots:
        if time[slot[0]] - time[start] > rules.window_us:
            break
        if place(slot, set()):
            chain.append(slot[0])
    return chain


def _slots(events: UnitEvents, rules: FunnelRules, start: int) -> list[tuple[int, int]]:
    """(event, steps it can fill); with strict ties all events of one moment share one slot."""
    bits = (1 << rules.step_count) - 1
    slots: list[tuple[int, int]] = []
    for i in from_moment(events, start):
        mask = events.mask[i] & bits
        if not mask:
            continue
        if rules.is_ties_strict and slots and events.time_us[slots[-1][0]] == events.time_us[i]:
            slots[-1] = (slots[-1][0], slots[-1][1] | mask)
        else:
            slots.append((i, mask))
    return slots
