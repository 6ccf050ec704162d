"""Each attempt of a unit, traced alone; the one that counts is the one that the report counts."""

import random

import numpy as np
import pytest

from tsa_cli.kernels.funnel import run_funnel
from tsa_cli.kernels.funnel_types import NO_TIME, Exclusion, FunnelEvents, FunnelRules, UnitEvents
from tsa_cli.steps.explain import told as telling
from tsa_cli.steps.explain import trace as tracing
from tsa_cli.steps.explain.told import told_places
from tsa_cli.steps.explain.trace import Trace, counted, starts_of, trace

STEPS = 3


def random_unit(draw: random.Random, *, is_holding: bool) -> UnitEvents:
    """Up to 14 events on 10 moments: many ties, events of several steps, exclusions."""
    times = sorted(draw.choices(range(10), k=draw.randrange(15)))
    masks = [draw.choice([1, 2, 4, 1, 2, 4, 3, 5, 6, 8, 0]) for _ in times]
    hold = [draw.choice([-1, 0, 0, 1]) for _ in times] if is_holding else None
    return UnitEvents(times, masks, list(range(len(times))), hold)


def random_rules(draw: random.Random, order: str) -> FunnelRules:
    is_ordered = order == "ordered"
    return FunnelRules(
        step_count=STEPS,
        order=order,
        window_us=draw.randrange(1, 8),
        is_ties_strict=draw.random() < 0.4,
        within_us=(None, draw.choice([None, 2]), draw.choice([None, 1])) if is_ordered else (),
        optional=(False, draw.random() < 0.3, False) if is_ordered else (),
        exclusions=(Exclusion(0, 2),) if draw.random() < 0.3 else (),
        since_us=draw.choice([-100, 3]),
        until_us=draw.choice([100, 6]),
    )


def kernel(events: UnitEvents, rules: FunnelRules) -> tuple[str, list[int | None]]:
    """(counted | excluded | not entered, times of the steps) of the kernel on the whole unit."""
    hold = None if events.hold is None else np.array(events.hold, np.int64)
    arrays = (np.array(column, np.int64) for column in (events.time_us, events.mask))
    unit = np.zeros(len(events.time_us), np.int64)
    found = run_funnel(FunnelEvents(unit, *arrays, hold), rules)
    if len(found.excluded):
        return "excluded", []
    if not len(found.unit):
        return "not entered", []
    return "counted", [None if t == NO_TIME else t for t in found.time_us[0].tolist()]


def traced(events: UnitEvents, rules: FunnelRules) -> tuple[str, list[int | None]]:
    traces = trace(events, rules)
    best = counted(traces)
    if best is None:
        return ("excluded" if traces else "not entered"), []
    steps = traces[best].steps
    return "counted", [events.time_us[steps[s]] if s in steps else None for s in range(STEPS)]


@pytest.mark.parametrize("is_holding", [False, True])
@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
@pytest.mark.parametrize("rows_at_once", [1, 1 << 20])
def test_the_counted_attempt_is_the_kernels(
    monkeypatch: pytest.MonkeyPatch, order: str, is_holding: bool, rows_at_once: int
) -> None:
    monkeypatch.setattr(tracing, "ROWS_AT_ONCE", rows_at_once)
    draw = random.Random(f"{order} {is_holding}")
    states = set()
    for _ in range(200):
        events, rules = random_unit(draw, is_holding=is_holding), random_rules(draw, order)
        answer = traced(events, rules)
        assert answer == kernel(events, rules), (events, rules)
        states.add(answer[0])
    assert states == {"counted", "excluded", "not entered"}


def test_every_first_step_is_an_attempt_of_its_own() -> None:
    events = UnitEvents([0, 1, 2, 3, 9], [1, 1, 2, 4, 1], list(range(5)))
    rules = FunnelRules(step_count=STEPS, window_us=2)
    assert trace(events, rules) == [
        Trace(0, [0, 2], {0: 0, 1: 2}, None),
        Trace(1, [1, 2, 3], {0: 1, 1: 2, 2: 3}, None),
        Trace(4, [4], {0: 4}, None),
    ]
    assert counted(trace(events, rules)) == 1


def test_an_exclusion_in_one_attempt_leaves_none_that_counts() -> None:
    events = UnitEvents([0, 1, 2, 20], [1, 4, 2, 1], list(range(4)))
    rules = FunnelRules(step_count=2, window_us=5, exclusions=(Exclusion(0, 1),))
    assert [one.exclusion for one in trace(events, rules)] == [1, None]
    assert counted(trace(events, rules)) is None


@pytest.mark.parametrize("is_holding", [False, True])
@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
@pytest.mark.parametrize(("most", "rows"), [(1, 100), (100, 1)])
def test_of_very_many_attempts_the_one_that_decides_and_the_latest_are_told(
    monkeypatch: pytest.MonkeyPatch, order: str, is_holding: bool, most: int, rows: int
) -> None:
    monkeypatch.setattr(telling, "MOST_ATTEMPTS", most)
    monkeypatch.setattr(telling, "MOST_ROWS", rows)
    monkeypatch.setattr(telling, "LEAST_ATTEMPTS", 1)
    draw = random.Random(f"{order} {is_holding}")
    left_out = 0
    for _ in range(300):
        events, rules = random_unit(draw, is_holding=is_holding), random_rules(draw, order)
        starts = starts_of(events, rules)
        places = told_places(events, rules, starts)
        told, everything = trace(events, rules, [starts[p] for p in places]), trace(events, rules)
        assert told == [everything[place] for place in places]
        assert places[-1:] == list(range(len(starts)))[-1:]
        assert len(places) <= 2
        best, of_all = counted(told), counted(everything)
        if of_all is None:
            assert best is None
            assert any(one.exclusion is not None for one in told) == bool(told)
        else:
            assert best is not None
            assert (told[best].depth, events.time_us[told[best].start]) == (
                everything[of_all].depth,
                events.time_us[everything[of_all].start],
            )
        left_out += len(starts) - len(places)
    assert left_out > 50
