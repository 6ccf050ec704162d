"""
A fitted yes-or-no model: probabilities, and how each feature moved them.

Everything is in log-odds until the end, so that a person's factors add up: base + sum of the
factors = ln(p / (1 - p)).
source  Platt 1999 (calibration by a line on the log-odds); Strumbelj and Kononenko 2014 (Shapley
        values by sampled permutations, absent features drawn from the training data)
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Method = Literal["logistic", "boosting"]

BACKGROUND_ROWS = 64
SHAPLEY_PERMUTATIONS = 8
_CHUNK_ROWS = 20_000


class Estimator(Protocol):
    """What a fitted scikit-learn classifier offers."""

    def decision_function(self, features: Floats) -> Floats:
        """Uncalibrated log-odds, (n,)."""


class LinearPipeline(Estimator, Protocol):
    """Imputer, scaler and logistic regression: steps by position."""

    def __getitem__(self, position: int | slice) -> "LinearPart": ...


class LinearPart(Protocol):
    """A fitted step, or several."""

    coef_: Floats
    intercept_: Floats

    def transform(self, features: Floats) -> Floats:
        """Imputed and standardised features."""


@dataclass(frozen=True)
class Calibration:
    """p = 1 / (1 + exp(-(slope * log_odds + intercept)))."""

    slope: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True)
class Classifier:
    """
    A fitted estimator with what surrounds it.

    `log_columns` (n_features,) marks what a logistic regression sees as ln(1 + x); `background`
    (rows, n_features) holds quantiles of each training column: typical values, nobody's row.
    """

    method: Method
    estimator: Estimator
    log_columns: Bools
    background: Floats
    calibration: Calibration = Calibration()

    def log_odds(self, features: Floats) -> Floats:
        """Calibrated log-odds (n,) of raw features (n, n_features); NaN is "not known"."""
        raw = self.estimator.decision_function(self.seen(features))
        result: Floats = self.calibration.slope * raw + self.calibration.intercept
        return result

    def probabilities(self, features: Floats) -> Floats:
        """Calibrated probabilities (n,), strictly between 0 and 1 but for rounding."""
        return sigmoid(self.log_odds(features))

    def factors(self, features: Floats, seed: int = 0) -> tuple[Floats, float]:
        """
        Signed contributions (n, n_features) in log-odds, and the base they start from.

        Exact for a logistic regression: coefficient times distance from the mean. For boosting,
        Shapley values from sampled permutations; the same row always gets the same values.
        """
        if self.method == "logistic":
            return self._linear_factors(features)
        rows, inverse = np.unique(features, axis=0, return_inverse=True, equal_nan=True)
        parts = [
            self._shapley(rows[start : start + _CHUNK_ROWS], np.random.default_rng(seed))
            for start in range(0, len(rows), _CHUNK_ROWS)
        ]
        base = parts[0][1] if parts else 0.0
        values = np.concatenate([part for part, _ in parts]) if parts else features
        return values[inverse.reshape(-1)], base

    def seen(self, features: Floats) -> Floats:
        """What the estimator itself is given for raw features."""
        seen = features.copy()
        if self.method == "boosting":
            seen[:, np.isnan(self.background).all(axis=0)] = 0.0  # it cannot bin an empty column
            return seen
        seen[:, self.log_columns] = np.log1p(np.maximum(seen[:, self.log_columns], 0.0))
        return seen

    def _linear_factors(self, features: Floats) -> tuple[Floats, float]:
        pipeline = cast("LinearPipeline", self.estimator)
        standardised = pipeline[:-1].transform(self.seen(features))
        line, calibration = pipeline[-1], self.calibration
        base = calibration.slope * float(line.intercept_[0]) + calibration.intercept
        return calibration.slope * line.coef_[0] * standardised, base

    def _shapley(self, features: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
        values, base = np.zeros(features.shape), 0.0
        columns = np.arange(features.shape[1])
        for _ in range(SHAPLEY_PERMUTATIONS):
            picks = rng.integers(len(self.background), size=len(columns))
            start = self.background[picks, columns]
            order = rng.permutation(columns)
            for way in (order, order[::-1]):  # a permutation and its reverse: half the variance
                base += self._walk(features, start, way, values)
        runs = 2 * SHAPLEY_PERMUTATIONS
        return values / runs, base / runs

    def _walk(
        self, features: Floats, start: Floats, order: NDArray[np.int64], values: Floats
    ) -> float:
        """Add to `values` what each feature changes when switched from `start` in `order`."""
        mixed = np.tile(start, (len(features), 1))
        before = self.log_odds(mixed)
        base = float(before[0]) if len(before) else 0.0
        for column in order:
            mixed[:, column] = features[:, column]
            after = self.log_odds(mixed)
            values[:, column] += after - before
            before = after
        return base


def sigmoid(log_odds: Floats) -> Floats:
    """Probabilities of log-odds, without overflow."""
    result: Floats = 0.5 * (1.0 + np.tanh(0.5 * log_odds))
    return result


def background_of(features: Floats) -> Floats:
    """(BACKGROUND_ROWS, n_features): the middle quantiles of each column, NaN where all are."""
    steps = (np.arange(BACKGROUND_ROWS) + 0.5) / BACKGROUND_ROWS
    filled = np.where(np.isnan(features).all(axis=0), 0.0, features)
    quantiles: Floats = np.nanquantile(filled, steps, axis=0, method="inverted_cdf")
    quantiles[:, np.isnan(features).all(axis=0)] = np.nan
    return quantiles


def log_columns_of(features: Floats) -> Bools:
    """Counts, days and money: columns that are never negative and not all within 0–1."""
    filled = np.where(np.isnan(features), 0.0, features)
    result: Bools = (filled.min(axis=0) >= 0.0) & (filled.max(axis=0) > 1.0)
    return result


def parameters_of(model: Classifier) -> dict[str, object]:
    """All of `model` but its estimator, as JSON values."""
    rows = model.background.tolist()
    return {
        "method": model.method,
        "log_columns": model.log_columns.tolist(),
        "calibration": [model.calibration.slope, model.calibration.intercept],
        "background": [[None if math.isnan(x) else x for x in row] for row in rows],
    }


def classifier_from(estimator: Estimator, parameters: Mapping[str, object]) -> Classifier:
    """The model of `parameters_of`, around its estimator; KeyError or ValueError when damaged."""
    method = parameters["method"]
    if method not in ("logistic", "boosting"):
        raise ValueError(f"unknown method {method!r}")
    slope, intercept = np.asarray(parameters["calibration"], dtype=np.float64)
    return Classifier(
        method="logistic" if method == "logistic" else "boosting",
        estimator=estimator,
        log_columns=np.asarray(parameters["log_columns"], dtype=np.bool_),
        background=np.asarray(parameters["background"], dtype=np.float64),
        calibration=Calibration(float(slope), float(intercept)),
    )
