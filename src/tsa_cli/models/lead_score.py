"""
Train the lead score: the chance of an event within a horizon, from behaviour before a cut-off.

Two candidates, a logistic regression and gradient boosting, are compared on the latest training
cut-off after learning from the earlier ones; the simpler one stays unless the other is better by
more than one standard error. The winner is calibrated there and learns from everything again.
source  the PRD's 4.1; definitions D42, D43; Platt 1999; Hastie, Tibshirani and Friedman 2009,
        section 7.10 (the one-standard-error rule)
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tsa_cli.models.classifier import (
    Bools,
    Calibration,
    Classifier,
    Floats,
    Method,
    background_of,
    log_columns_of,
)
from tsa_cli.models.evaluation import log_losses, threshold_for_precision

MIN_CALIBRATION_POSITIVES = 20
MIN_FLAGGED = 20
_LOGISTIC_ITERATIONS = 1_000
_BOOSTING_ROUNDS = 100
_RIDGE = 10.0


@dataclass(frozen=True)
class Sample:
    """People at cut-offs: features (n, k) float64, labels (n,), cut-offs (n,), later is larger."""

    features: Floats
    labels: Bools
    cutoffs: NDArray[np.int64]

    def where(self, rows: Bools) -> "Sample":
        """The rows that `rows` marks."""
        return Sample(self.features[rows], self.labels[rows], self.cutoffs[rows])


@dataclass(frozen=True)
class Comparison:
    """Log loss of each candidate on the latest training cut-off; None where it was not tried."""

    logistic: float | None
    boosting: float | None
    difference: float | None  # boosting minus logistic, mean per person
    standard_error: float | None


@dataclass(frozen=True)
class Trained:
    """The model, the decision threshold on its probabilities, and how both were chosen."""

    model: Classifier
    threshold: float
    is_precision_reached: bool
    comparison: Comparison


def train(
    sample: Sample,
    estimator: Literal["auto", "logistic", "boosting"] = "auto",
    precision: float = 0.8,
    seed: int = 0,
) -> Trained:
    """
    The chosen, calibrated model fitted on all of `sample`, which holds both labels.

    With one cut-off only there is no later time to choose on: the logistic regression (or what
    `estimator` names) is taken as it is, and the threshold comes from its own training data.
    """
    methods: list[Method] = ["logistic", "boosting"] if estimator == "auto" else [estimator]
    latest = sample.cutoffs == sample.cutoffs.max()
    earlier, later = sample.where(~latest), sample.where(latest)
    if not _has_both(earlier.labels) or not _has_both(later.labels):
        model = fit(sample, methods[0], seed)
        return _with_threshold(model, model, sample, precision, Comparison(None, None, None, None))
    trials = {method: fit(earlier, method, seed) for method in methods}
    method, comparison = _choose(trials, later)
    calibration = calibrate(trials[method].log_odds(later.features), later.labels)
    tried = replace(trials[method], calibration=calibration)
    final = replace(fit(sample, method, seed), calibration=calibration)
    return _with_threshold(final, tried, later, precision, comparison)


def fit(sample: Sample, method: Method, seed: int = 0) -> Classifier:
    """An uncalibrated model of `method` on all of `sample`."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if method == "logistic":
        estimator = make_pipeline(
            SimpleImputer(strategy="mean", keep_empty_features=True),
            StandardScaler(),
            LogisticRegression(C=_ridge(sample.labels), max_iter=_LOGISTIC_ITERATIONS),
        )
    else:
        estimator = HistGradientBoostingClassifier(
            learning_rate=0.05,
            max_iter=_BOOSTING_ROUNDS,
            max_leaf_nodes=15,
            min_samples_leaf=50,
            l2_regularization=1.0,
            early_stopping=False,  # it would split at random, not by time
            random_state=seed,
        )
    model = Classifier(
        method, estimator, log_columns_of(sample.features), background_of(sample.features)
    )
    estimator.fit(model.seen(sample.features), sample.labels)
    return model


def _ridge(labels: Bools) -> float:
    """
    scikit-learn's C, smaller the more labels there are, so that the penalty keeps its weight.

    Features overlap (counts, and scores made of them): with the usual C of 1 their coefficients
    cancel each other and factors change sign from week to week, at the same accuracy.
    """
    return _RIDGE / max(1, min(int(labels.sum()), int((~labels).sum())))


def calibrate(log_odds: Floats, labels: Bools) -> Calibration:
    """The line on `log_odds` that fits `labels` best; the identity when there is too little."""
    from sklearn.linear_model import LogisticRegression

    if min(labels.sum(), (~labels).sum()) < MIN_CALIBRATION_POSITIVES or np.ptp(log_odds) == 0.0:
        return Calibration()
    line = LogisticRegression(C=np.inf, max_iter=_LOGISTIC_ITERATIONS)
    line.fit(log_odds.reshape(-1, 1), labels)
    slope = float(line.coef_[0, 0])
    return Calibration(slope, float(line.intercept_[0])) if slope > 0.0 else Calibration()


def _choose(trials: dict[Method, Classifier], later: Sample) -> tuple[Method, Comparison]:
    """
    The candidate to keep, judged by calibrated log loss on `later`.

    Both are calibrated there first: what is compared is what would be used.
    """
    losses = {method: _calibrated_losses(model, later) for method, model in trials.items()}
    means = {method: float(loss.mean()) for method, loss in losses.items()}
    if len(trials) == 1:
        [method] = trials
        return method, Comparison(means.get("logistic"), means.get("boosting"), None, None)
    gap = losses["boosting"] - losses["logistic"]
    difference = float(gap.mean())
    error = float(gap.std(ddof=1) / np.sqrt(len(gap)))
    kept: Method = "boosting" if difference < -error else "logistic"
    return kept, Comparison(means["logistic"], means["boosting"], difference, error)


def _calibrated_losses(model: Classifier, later: Sample) -> Floats:
    line = calibrate(model.log_odds(later.features), later.labels)
    probabilities = replace(model, calibration=line).probabilities(later.features)
    return log_losses(later.labels, probabilities)


def _with_threshold(
    model: Classifier, judged: Classifier, on: Sample, precision: float, comparison: Comparison
) -> Trained:
    threshold, is_reached = threshold_for_precision(
        on.labels, judged.probabilities(on.features), precision, MIN_FLAGGED
    )
    return Trained(model, threshold, is_reached, comparison)


def _has_both(labels: Bools) -> bool:
    return bool(labels.any()) and not bool(labels.all())
