"""
Score everyone by the current version of a model.

reads   user_behavior_features as of a moment, as the caller makes it; the model's files
writes  user_scores, the rows of this model
source  the PRD's 4.1.1 (score = probability x 100); definition D43
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tsa_cli.config.models import ModelConfig
from tsa_cli.models.classifier import Classifier
from tsa_cli.store import Store
from tsa_cli.store.feature_rows import read_features
from tsa_cli.store.model_files import read_version
from tsa_cli.store.model_loading import load_classifier

if TYPE_CHECKING:
    import polars

Floats = NDArray[np.float64]

_FACTOR_DIGITS = 4


@dataclass(frozen=True)
class Request:
    """`snapshot` makes `user_behavior_features` as of `as_of`, of the users of then."""

    name: str
    config: ModelConfig
    snapshot: Callable[[datetime], "polars.DataFrame"]
    as_of: datetime
    models_dir: Path
    version: str | None = None  # None: the current one


@dataclass(frozen=True)
class ScoreResult:
    """How many were scored, by which version, and how they spread over the bands."""

    model: str
    version: str
    as_of: datetime
    users: int
    mean_probability: float | None
    bands: dict[str, int]


def run(store: Store, request: Request) -> ScoreResult:
    """
    Replace the model's rows in `user_scores` by everyone's score as of `request.as_of`.

    Raises DataError for a model that is absent, made by other features or by another version of
    scikit-learn; the old scores then stay.
    """
    store.require("core")
    config = request.config
    found = read_version(request.models_dir, request.name, request.version)
    model = load_classifier(found, config.features)
    user_ids, rows = read_features(store, config.features, request.snapshot(request.as_of))
    probabilities = model.probabilities(rows) if len(rows) else np.zeros(0)
    bands = bands_of(probabilities, config.bands)
    with store.transaction():
        store.execute("5_scores/user_scores.sql")
        _replace(store, request, found.version, user_ids, rows, model, probabilities, bands)
    return ScoreResult(
        model=request.name,
        version=found.version,
        as_of=request.as_of,
        users=len(user_ids),
        mean_probability=float(probabilities.mean()) if len(rows) else None,
        bands={name: bands.count(name) for name in config.bands},
    )


def scores_of(probabilities: Floats, scale: str) -> Floats:
    """Whole numbers 0 to 100: probability x 100, or the percentile among all (ties share one)."""
    if scale == "probability" or not len(probabilities):
        result: Floats = np.rint(100.0 * probabilities)
        return result
    _, inverse, counts = np.unique(probabilities, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts / 2.0
    ranked: Floats = np.rint(100.0 * below[inverse] / len(probabilities))
    return ranked


def bands_of(probabilities: Floats, bands: dict[str, float]) -> list[str]:
    """The last band whose lower bound each probability reaches."""
    names, bounds = list(bands), np.array(list(bands.values()))
    places = np.searchsorted(bounds, probabilities, side="right") - 1
    return [names[place] for place in np.maximum(places, 0)]


def factor_texts(names: Sequence[str], contributions: Floats) -> list[str]:
    """A JSON object per person: feature and signed log-odds, the strongest first."""
    rounded = np.round(contributions, _FACTOR_DIGITS) + 0.0  # + 0.0: no -0.0
    order = np.argsort(-np.abs(rounded), axis=1, kind="stable")
    return [
        json.dumps({names[i]: float(row[i]) for i in places})
        for row, places in zip(rounded, order, strict=True)
    ]


def _replace(
    store: Store, request: Request, version: str, user_ids: list[str], rows: Floats,
    model: Classifier, probabilities: Floats, bands: list[str],
) -> None:  # fmt: skip
    import pyarrow

    config = request.config
    contributions = model.factors(rows, config.seed)[0] if len(rows) else rows
    factors = factor_texts(config.features, contributions)
    scores = pyarrow.table(
        {
            "user_id": pyarrow.array(user_ids, pyarrow.string()),
            "score": pyarrow.array(scores_of(probabilities, config.scale), pyarrow.float64()),
            "probability": pyarrow.array(probabilities, pyarrow.float64()),
            "band": pyarrow.array(bands, pyarrow.string()),
            "factors": pyarrow.array(factors, pyarrow.string()),
        }
    )
    with store.lent("new_scores", scores):
        store.execute(
            "5_scores/replace_scores.sql",
            model=request.name,
            model_version=version,
            as_of=request.as_of,
        )
