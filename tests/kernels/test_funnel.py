"""The funnel kernels answer what the definition, enumerated by brute force, answers."""

import dataclasses
import random

import numpy as np
import pytest

from tests.kernels import oracle_funnel as oracle
from tsa_cli.kernels.funnel import run_funnel, run_with_any_ties
from tsa_cli.kernels.funnel_packed import in_pieces, run_packed_funnel
from tsa_cli.kernels.funnel_types import (
    NO_TIME,
    NONE,
    Attempts,
    Exclusion,
    FunnelEvents,
    FunnelRules,
    joined,
)

Histories = dict[int, list[oracle.Event]]


def kernel_rules(rules: oracle.Rules) -> FunnelRules:
    return FunnelRules(
        step_count=rules.steps,
        order=rules.order,
        window_us=rules.window,
        is_ties_strict=rules.strict_ties,
        within_us=rules.within,
        optional=rules.optional,
        exclusions=tuple(Exclusion(*pair) for pair in rules.exclusions),
        since_us=rules.since,
        until_us=rules.until,
    )


def kernel_events(histories: Histories, rules: oracle.Rules, *, is_held: bool) -> FunnelEvents:
    rows = []
    for unit, history in sorted(histories.items()):
        for event in history:
            mask = sum(1 << s for s in event.steps)
            mask += sum(1 << (rules.steps + x) for x in event.exclusions)
            rows.append((unit, event.time, mask, NONE if event.hold is None else event.hold))
    table = np.array(rows, np.int64).reshape(-1, 4)
    if rules.order != "strict":
        table = table[table[:, 2] != 0]
    columns = [np.ascontiguousarray(table[:, i]) for i in range(4)]
    return FunnelEvents(columns[0], columns[1], columns[2], columns[3] if is_held else None)


def random_rules(random_: random.Random, order: str) -> oracle.Rules:
    steps = random_.randint(1, 4)
    optional: tuple[bool, ...] = ()
    within: tuple[int | None, ...] = ()
    if order == "ordered":
        optional = (False, *(random_.random() < 0.25 for _ in range(steps - 1)))
        within = (None, *(random_.choice([None, None, 0, 1, 3]) for _ in range(steps - 1)))
    required = [s for s in range(steps) if not (optional and optional[s])]
    exclusions: tuple[tuple[int, int], ...] = ()
    if len(required) > 1 and random_.random() < 0.4:
        exclusions = (tuple(sorted(random_.sample(required, 2))),)
    since = random_.choice([-(10**9), 2])
    until = random_.choice([10**9, 5])
    return oracle.Rules(
        steps,
        order,
        random_.choice([1, 3, 6, 100]),
        random_.random() < 0.3,
        within,
        optional,
        exclusions,
        since,
        until,
    )


def random_history(
    random_: random.Random, rules: oracle.Rules, *, overlap: float, is_held: bool
) -> list[oracle.Event]:
    events = []
    for _ in range(random_.randint(1, 6)):
        size = random_.choice([0, 1, 1, 1]) if random_.random() > overlap else 2
        steps = frozenset(random_.sample(range(rules.steps), min(size, rules.steps)))
        out = frozenset({0}) if rules.exclusions and random_.random() < 0.2 else frozenset()
        hold = random_.choice([None, 0, 1, 1 << 61]) if is_held else 0
        events.append(oracle.Event(random_.randint(0, 6), steps, out, hold))
    return sorted(events, key=lambda event: event.time)


def check(histories: Histories, rules: oracle.Rules, *, is_held: bool = False) -> None:
    got = run_funnel(kernel_events(histories, rules, is_held=is_held), kernel_rules(rules))
    mine = {
        unit: oracle.Answer(depth, tuple(None if t == NO_TIME else t for t in times))
        for unit, depth, times in zip(
            got.unit.tolist(), got.depth.tolist(), got.time_us.tolist(), strict=True
        )
    }
    answers = {unit: oracle.funnel(history, rules) for unit, history in histories.items()}
    want = {u: a for u, a in answers.items() if isinstance(a, oracle.Answer)}
    for unit in sorted(set(mine) | set(want)):
        assert mine.get(unit) == want.get(unit), (rules, histories[unit])
    assert got.excluded.tolist() == sorted(u for u, a in answers.items() if a == "excluded")


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
@pytest.mark.parametrize("overlap", [0.0, 0.4])
@pytest.mark.parametrize("is_held", [False, True])
def test_random_tie_heavy_histories_equal_the_definition(
    order: str, overlap: float, is_held: bool
) -> None:
    random_ = random.Random(f"{order}{overlap}{is_held}")
    for _ in range(60):
        rules = random_rules(random_, order)
        histories = {
            unit: random_history(random_, rules, overlap=overlap, is_held=is_held)
            for unit in range(12)
        }
        check(histories, rules, is_held=is_held)


def answers_of(attempts: Attempts) -> dict[int, object]:
    """How far each unit got, and when; or that it is out."""
    found = zip(attempts.unit.tolist(), attempts.time_us.tolist(), strict=True)
    return {**dict(found), **dict.fromkeys(attempts.excluded.tolist(), "excluded")}


@pytest.mark.parametrize("is_held", [False, True])
@pytest.mark.parametrize(
    ("order", "is_ties_strict"),
    [("strict", True), ("ordered", True), ("any", False)],
)
def test_who_is_certain_has_one_answer_in_whatever_order_ties_come(
    order: str, is_ties_strict: bool, is_held: bool
) -> None:
    random_ = random.Random(f"{order}{is_ties_strict}{is_held}")
    certain = 0
    for _ in range(20):
        rules = dataclasses.replace(random_rules(random_, order), strict_ties=is_ties_strict)
        histories = {
            unit: [
                dataclasses.replace(event, time=event.time + late)
                for late in (0, 7)
                for event in random_history(random_, rules, overlap=0, is_held=is_held)
            ]
            for unit in range(30)
        }
        given = kernel_events(histories, rules, is_held=is_held)
        found, unsure = run_with_any_ties(given, kernel_rules(rules))
        for _ in range(3):
            other = {
                unit: sorted(history, key=lambda event: (event.time, random_.random()))
                for unit, history in histories.items()
            }
            events = kernel_events(other, rules, is_held=is_held)
            mine, theirs = answers_of(found), answers_of(run_funnel(events, kernel_rules(rules)))
            sure = histories.keys() - {*unsure.tolist()}
            assert {u: mine.get(u) for u in sure} == {u: theirs.get(u) for u in sure}, rules
        certain += len(sure)
    assert certain > 100


def packed(histories: Histories, rules: oracle.Rules, bits: int) -> tuple[list[np.ndarray], ...]:
    def keys(wanted: str, number: int) -> np.ndarray:
        found = [
            (unit << bits) | event.time
            for unit, history in histories.items()
            for event in history
            if number in getattr(event, wanted)
        ]
        return np.sort(np.array(found, np.int64))

    steps = [keys("steps", step) for step in range(rules.steps)]
    return steps, [keys("exclusions", i) for i in range(len(rules.exclusions))]


@pytest.mark.parametrize("is_ties_strict", [False, True])
def test_packed_keys_give_the_same_attempts(is_ties_strict: bool) -> None:
    random_ = random.Random(7)
    for _ in range(150):
        rules = dataclasses.replace(
            random_rules(random_, "ordered"), within=(), strict_ties=is_ties_strict
        )
        histories = {u: random_history(random_, rules, overlap=0, is_held=False) for u in range(12)}
        events = kernel_events(histories, rules, is_held=False)
        want = run_funnel(events, kernel_rules(rules))
        steps, out = packed(histories, rules, 10)
        pieces = in_pieces([*steps, *out], 10, size=random_.choice([1, 5, 1000]))
        count = len(steps)
        got = joined(
            [run_packed_funnel(p[:count], p[count:], 10, kernel_rules(rules)) for p in pieces]
        )
        assert got.unit.tolist() == want.unit.tolist()
        assert got.depth.tolist() == want.depth.tolist()
        assert got.time_us.tolist() == want.time_us.tolist(), (rules, histories)
        assert got.excluded.tolist() == want.excluded.tolist()


def test_packed_keys_tell_steps_alike_apart_when_ties_are_strict() -> None:
    random_ = random.Random(8)
    for _ in range(150):
        rules = dataclasses.replace(
            random_rules(random_, "ordered"), within=(), strict_ties=True, optional=()
        )
        histories = {
            u: random_history(random_, rules, overlap=0.6, is_held=False) for u in range(12)
        }
        want = run_funnel(kernel_events(histories, rules, is_held=False), kernel_rules(rules))
        got = run_packed_funnel(*packed(histories, rules, 10), 10, kernel_rules(rules))
        assert got.unit.tolist() == want.unit.tolist()
        assert got.time_us.tolist() == want.time_us.tolist(), (rules, histories)
        assert got.excluded.tolist() == want.excluded.tolist()


def test_a_window_ends_at_its_last_microsecond_inclusive() -> None:
    rules = FunnelRules(2, window_us=10)
    unit = np.array([1, 1, 2, 2])
    time = np.array([0, 10, 0, 11])
    got = run_funnel(FunnelEvents(unit, time, np.array([1, 2, 1, 2])), rules)
    assert got.depth.tolist() == [2, 1]


def test_of_equally_far_attempts_the_earliest_counts() -> None:
    rules = FunnelRules(2, window_us=100)
    unit, time = np.zeros(4, np.int64), np.array([1, 2, 5, 9])
    got = run_funnel(FunnelEvents(unit, time, np.array([1, 1, 2, 2])), rules)
    assert got.time_us.tolist() == [[1, 5]]
    assert got.row.tolist() == [[0, 2]]


def test_thirty_steps_run_in_every_order() -> None:
    unit = np.repeat(np.arange(50), 30)
    time = np.tile(np.arange(30), 50)
    mask = np.tile(1 << np.arange(30), 50)
    for order in ("ordered", "strict", "any"):
        got = run_funnel(FunnelEvents(unit, time, mask), FunnelRules(30, order, window_us=29))
        assert got.depth.tolist() == [30] * 50


def test_many_identical_ties_stay_fast() -> None:
    unit, time = np.zeros(300, np.int64), np.zeros(300, np.int64)
    mask = np.full(300, 0b1111)
    for order in ("ordered", "strict", "any"):
        got = run_funnel(FunnelEvents(unit, time, mask), FunnelRules(4, order))
        assert got.depth.tolist() == [4]


def test_no_events_is_no_attempt() -> None:
    none = np.empty(0, np.int64)
    for order in ("ordered", "strict", "any"):
        assert not len(run_funnel(FunnelEvents(none, none, none), FunnelRules(3, order)).unit)
