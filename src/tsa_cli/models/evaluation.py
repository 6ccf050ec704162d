"""
How good probabilities are: ranking, calibration, and the decision at one threshold.

All functions take labels (n,) bool and probabilities (n,) float64 and draw nothing at random but
`permutation_importances`. A figure that is not defined (no positives, nobody flagged) is None.
source  Mann and Whitney 1947 (ROC-AUC as a rank sum); Brier 1950;
        Davis and Goadrich 2006 (average precision without interpolation)
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsa_cli.kernels.wilson import wilson as interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_CLIP = 1e-15


@dataclass(frozen=True)
class Share:
    """A share of `n` with its 95 % Wilson interval; all None for n = 0."""

    value: float | None
    ci_low: float | None
    ci_high: float | None
    n: int


@dataclass(frozen=True)
class Evaluation:
    """One model on one set of people; lift is precision over the base rate."""

    n: int
    positives: int
    base_rate: float
    log_loss: float
    brier: float
    roc_auc: float | None
    pr_auc: float | None
    threshold: float
    flagged: int
    precision: Share
    recall: Share
    lift: Share


def evaluate(labels: Bools, probabilities: Floats, threshold: float) -> Evaluation:
    """Every figure of `probabilities` for `labels`; flagged are those at or above `threshold`."""
    flagged = probabilities >= threshold
    hits, positives = int((flagged & labels).sum()), int(labels.sum())
    base_rate = positives / len(labels)
    precision = share_of(hits, int(flagged.sum()))
    return Evaluation(
        n=len(labels),
        positives=positives,
        base_rate=base_rate,
        log_loss=float(log_losses(labels, probabilities).mean()),
        brier=float(((probabilities - labels) ** 2).mean()),
        roc_auc=roc_auc(labels, probabilities),
        pr_auc=average_precision(labels, probabilities),
        threshold=threshold,
        flagged=int(flagged.sum()),
        precision=precision,
        recall=share_of(hits, positives),
        lift=_lift(precision, base_rate),
    )


def log_losses(labels: Bools, probabilities: Floats) -> Floats:
    """-ln of the probability given to what happened, one per row, in nats."""
    given = np.where(labels, probabilities, 1.0 - probabilities)
    result: Floats = -np.log(np.clip(given, _CLIP, 1.0))
    return result


def share_of(hits: int, n: int) -> Share:
    """hits / n with the Wilson score interval at 95 %."""
    low, high = interval(hits, n)
    return Share(hits / n if n else None, low, high, n)


def _lift(precision: Share, base_rate: float) -> Share:
    """How many times more often the flagged do it than everyone; the interval is precision's."""
    bounds = (precision.value, precision.ci_low, precision.ci_high)
    value, low, high = (b / base_rate if b is not None and base_rate else None for b in bounds)
    return Share(value, low, high, precision.n)


def roc_auc(labels: Bools, scores: Floats) -> float | None:
    """The chance that a positive is ranked above a negative, ties counting half."""
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return None
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    middle_rank = np.cumsum(counts) - (counts - 1) / 2.0
    rank_sum = float(middle_rank[inverse][labels].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def average_precision(labels: Bools, scores: Floats) -> float | None:
    """PR-AUC: the sum over distinct thresholds of precision times the recall gained."""
    positives = int(labels.sum())
    if not positives:
        return None
    hits, flagged = _by_threshold(labels, scores)
    gained = np.diff(hits, prepend=0)
    return float((hits / flagged * gained).sum() / positives)


def threshold_for_precision(
    labels: Bools, probabilities: Floats, precision: float, min_flagged: int
) -> tuple[float, bool]:
    """
    The lowest threshold that reaches `precision` while flagging `min_flagged` or more.

    When none does: the one of the highest precision (the lowest on a tie), and False.
    """
    hits, flagged = _by_threshold(labels, probabilities)
    thresholds = np.unique(probabilities)[::-1]
    reached = hits / flagged
    eligible = flagged >= min(min_flagged, len(labels))
    good = np.flatnonzero(eligible & (reached >= precision))
    if len(good):
        return float(thresholds[good[-1]]), True
    best = float(reached[eligible].max())
    return float(thresholds[np.flatnonzero(eligible & (reached == best))[-1]]), False


def permutation_importances(
    predict: Callable[[Floats], Floats],
    features: Floats,
    labels: Bools,
    repeats: int = 5,
    seed: int = 0,
) -> tuple[Floats, Floats]:
    """
    How much log loss grows when a feature's column is shuffled: mean and standard deviation.

    Two (n_features,) arrays, in nats per person; near 0 means the model does without it.
    """
    rng = np.random.default_rng(seed)
    base = float(log_losses(labels, predict(features)).mean())
    growth = np.zeros((repeats, features.shape[1]))
    shuffled = features.copy()
    for column in range(features.shape[1]):
        for repeat in range(repeats):
            shuffled[:, column] = features[rng.permutation(len(features)), column]
            growth[repeat, column] = log_losses(labels, predict(shuffled)).mean() - base
        shuffled[:, column] = features[:, column]
    return growth.mean(axis=0), growth.std(axis=0)


def _by_threshold(labels: Bools, scores: Floats) -> tuple[Floats, Floats]:
    """Hits and flagged at each distinct score used as threshold, the highest first."""
    _, inverse = np.unique(-scores, return_inverse=True)
    hits = np.cumsum(np.bincount(inverse, weights=labels)).astype(np.float64)
    flagged = np.cumsum(np.bincount(inverse)).astype(np.float64)
    return hits, flagged
