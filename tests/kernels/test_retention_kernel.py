"""The retention kernel against plain Python on random, sparse and crowded histories."""

import random

import numpy as np
import pytest

from tsa_cli.kernels import retention as kernel
from tsa_cli.kernels.retention import Moments, Pairs

COHORTS, PERIODS = 6, 5
History = list[tuple[int, int]]


def random_history(seed: int, span: int = COHORTS + PERIODS) -> History:
    draw = random.Random(seed)
    return [
        (draw.randrange(12), draw.randrange(-1, span)) for _ in range(draw.choice([0, 3, 20, 90]))
    ]


def pairs_of(history: History) -> Pairs:
    user = np.array([u for u, _ in history], dtype=np.int32)
    return kernel.distinct_pairs(user, np.array([p for _, p in history], dtype=np.int64))


def sets_of(history: History) -> dict[int, set[int]]:
    acted: dict[int, set[int]] = {}
    for user, period in history:
        if period >= 0:
            acted.setdefault(user, set()).add(period)
    return acted


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("mode", ["first_time", "recurring"])
def test_each_cell_counts_the_members_who_came_back(seed: int, mode: str) -> None:
    starts, returns = random_history(seed, COHORTS + 2), random_history(seed + 1000)
    began = {u: ({min(p)} if mode == "first_time" else p) for u, p in sets_of(starts).items()}
    acted = sets_of(returns)
    on = [[0] * PERIODS for _ in range(COHORTS)]
    after = [[0] * PERIODS for _ in range(COHORTS)]
    for user, cohorts in began.items():
        for cohort in cohorts & set(range(COHORTS)):
            for k in range(PERIODS):
                came = acted.get(user, set())
                on[cohort][k] += k == 0 or cohort + k in came
                after[cohort][k] += k == 0 or any(p >= cohort + k for p in came)
    members = pairs_of(starts)
    members = kernel.first_pairs(members) if mode == "first_time" else members
    size = {"cohorts": COHORTS, "periods": PERIODS}
    assert kernel.retained_on(members, pairs_of(returns), **size).tolist() == on
    assert kernel.retained_on_or_after(members, pairs_of(returns), **size).tolist() == after


def moments_of(history: History) -> Moments:
    user = np.array([u for u, _ in history], dtype=np.int32)
    return kernel.sorted_moments(user, np.array([t for _, t in history], dtype=np.int64))


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("is_unbounded", [False, True])
def test_a_rolling_period_runs_on_each_members_own_clock(seed: int, is_unbounded: bool) -> None:
    draw, length = random.Random(seed), 10
    starts = [(user, draw.randrange(60)) for user in range(draw.randrange(1, 12))]
    returns = [(draw.randrange(12), draw.randrange(120)) for _ in range(draw.choice([0, 5, 60]))]
    expected = [[0] * PERIODS for _ in range(COHORTS)]
    for user, start in starts:
        for k in range(PERIODS):
            low = start + k * length
            high = 10**9 if is_unbounded else low + length
            hit = k == 0 or any(u == user and low <= t < high for u, t in returns)
            expected[start // 10][k] += hit
    members = moments_of(starts)
    found = kernel.retained_rolling(
        members, members.time_us // 10, moments_of(returns),
        length_us=length, cohorts=COHORTS, periods=PERIODS, is_unbounded=is_unbounded,
    )  # fmt: skip
    assert found.tolist() == expected


@pytest.mark.parametrize("seed", range(60))
def test_lifecycle_states_follow_from_this_period_and_the_one_before(seed: int) -> None:
    history, periods = random_history(seed, 8), 8
    expected = [[0, 0, 0, 0] for _ in range(periods)]
    for acted in sets_of(history).values():
        for period in range(periods):
            now, before = period in acted, period - 1 in acted
            if now:
                column = 0 if period == min(acted) else 1 if before else 2
                expected[period][column] += 1
            expected[period][3] += before and not now
    assert kernel.lifecycle(pairs_of(history), periods=periods).tolist() == expected


@pytest.mark.parametrize("seed", range(30))
def test_stickiness_counts_users_by_their_active_periods(seed: int) -> None:
    history = random_history(seed, 9)
    counted = [len(acted & set(range(3, 8))) for acted in sets_of(history).values()]
    expected = [counted.count(k) for k in range(1, 6)]
    assert kernel.stickiness(pairs_of(history), first=3, periods=5).tolist() == expected


def test_the_return_gap_is_that_of_first_returns() -> None:
    history = [(1, 0), (1, 2), (1, 9), (2, 1), (2, 5), (3, 4), (4, 0), (4, 1)]
    assert kernel.return_gap_quantile(pairs_of(history), 0.8) == 4
    assert kernel.return_gap_quantile(pairs_of(history), 0.5) == 2
    assert kernel.return_gap_quantile(pairs_of([(1, 0), (2, 3)]), 0.8) is None
    assert kernel.return_gap_quantile(pairs_of([]), 0.8) is None
