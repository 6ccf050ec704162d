"""
How much users engage, by their counted visits, and where that goes.

source  the PRD's 4.1.1 and 5.2.1; the formula is this project's, its weights are in features.yaml
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsa_cli.kernels.visit_tallies import Columns

# (weight, half) of pages, seconds and interactions a visit, and of visits, by their names.
Weights = Mapping[str, tuple[float, float]]
_SECOND_US = 1e6
_EXACT = 1e15  # parts of a score: whole numbers have one sum in any order


def engagement_of(tallies: Columns, weights: Weights) -> NDArray[np.float64]:
    """
    The score of each row, 0 to 1: the mean of weight * x / (x + half), by weight.

    x are pages, seconds and interactions a visit, and visits. `tallies` are columns
    `total_sessions` (at least 1), `page_views`, `duration_us`, `interactive_count`.
    """
    visits = tallies["total_sessions"]
    measures = {
        "pages_per_session": tallies["page_views"] / visits,
        "avg_session_duration": tallies["duration_us"] / visits / _SECOND_US,
        "interactions_per_session": tallies["interactive_count"] / visits,
        "total_sessions": visits.astype(np.float64),
    }
    score = np.zeros(len(visits))
    for name, (weight, half) in weights.items():
        score += weight * measures[name] / (measures[name] + half)
    return score / sum(weight for weight, _ in weights.values())


def trends_of(
    user_keys: NDArray[Any], windows: Columns, weights: Weights, window_count: int
) -> dict[str, NDArray[np.float64]]:
    """
    The least-squares slope over the windows, a window, of each user's visits and engagement.

    `user_keys` ascend; `windows` has a row for each user and window with a visit: `user_key`,
    `window_index` in [0, window_count), and the columns of `engagement_of`; without a row are 0.
    """
    place = np.searchsorted(user_keys, windows["user_key"])
    from_middle = windows["window_index"] - (window_count - 1) / 2
    parts = np.rint(from_middle * engagement_of(windows, weights) * _EXACT).astype(np.int64)
    engaged = np.zeros(len(user_keys), np.int64)
    np.add.at(engaged, place, parts)
    visits = np.bincount(place, from_middle * windows["total_sessions"], len(user_keys))
    spread = window_count * (window_count**2 - 1) / 12  # sum of squares of `from_middle`
    return {
        "session_frequency_trend": visits / spread,
        "engagement_score_trend": engaged / _EXACT / spread,
    }
