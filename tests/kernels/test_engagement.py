"""Scores and trends equal those computed user by user."""

from statistics import linear_regression

import numpy as np
import pytest

from tests.kernels.test_visit_tallies import WINDOWS, Row, random_visits, rows
from tsa_cli.kernels.engagement import engagement_of, trends_of
from tsa_cli.kernels.visit_tallies import tallies_of_users, tallies_of_windows

WEIGHTS = {
    "pages_per_session": (0.3, 2.0),
    "avg_session_duration": (0.25, 120.0),
    "interactions_per_session": (0.0, 1.0),
    "total_sessions": (0.7, 3.0),
}


def score(row: Row) -> float:
    visits = row["total_sessions"]
    measured = [
        row["page_views"] / visits, row["duration_us"] / visits / 1e6,
        row["interactive_count"] / visits, visits,
    ]  # fmt: skip
    parts = [w * x / (x + h) for x, (w, h) in zip(measured, WEIGHTS.values(), strict=True)]
    return sum(parts) / 1.25


@pytest.mark.parametrize("seed", range(20))
def test_scores_and_trends_are_those_of_each_user(seed: int) -> None:
    visits = random_visits(seed)
    users = tallies_of_users(visits)
    assert engagement_of(users, WEIGHTS).tolist() == pytest.approx(list(map(score, rows(users))))
    windows = tallies_of_windows(visits, WINDOWS)
    trends = rows(trends_of(users["user_key"], windows, WEIGHTS, WINDOWS))
    for user, trend in zip(users["user_key"].tolist(), trends, strict=True):
        counts, scores = [0.0] * WINDOWS, [0.0] * WINDOWS
        for row in rows(windows):
            if row["user_key"] == user:
                counts[row["window_index"]] = row["total_sessions"]
                scores[row["window_index"]] = score(row)
        places = range(WINDOWS)
        assert trend["session_frequency_trend"] == pytest.approx(
            linear_regression(places, counts).slope, abs=1e-12
        )
        assert trend["engagement_score_trend"] == pytest.approx(
            linear_regression(places, scores).slope, abs=1e-12
        )


def test_a_trend_does_not_depend_on_the_order_of_rows() -> None:
    users = np.array([1, 2], np.int32)
    rng = np.random.default_rng(7)
    windows = {
        "user_key": np.repeat(users, 4), "window_index": np.tile(np.arange(4), 2),
        "total_sessions": rng.integers(1, 9, 8), "page_views": rng.integers(0, 99, 8),
        "duration_us": rng.integers(0, 10**9, 8), "interactive_count": rng.integers(0, 9, 8),
    }  # fmt: skip
    want = rows(trends_of(users, windows, WEIGHTS, 4))
    for _ in range(20):
        order = rng.permutation(8)
        mixed = {name: column[order] for name, column in windows.items()}
        assert rows(trends_of(users, mixed, WEIGHTS, 4)) == want
