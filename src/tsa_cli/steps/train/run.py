"""
Train one model of `configs/models/`, keep it, and promote it when it is no worse.

reads   core, actors, event_types; the current version of the model
writes  MODELS/NAME/VERSION/{model.skops, manifest.json, card.md}, MODELS/NAME/current
source  the PRD's 4.1; definitions D42, D43
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from tsa_cli.config.catalog import definition_hash
from tsa_cli.config.models import ModelConfig
from tsa_cli.errors import DataError
from tsa_cli.models import lead_score
from tsa_cli.models.classifier import Classifier, parameters_of
from tsa_cli.models.lead_score import Trained
from tsa_cli.steps.train.card import card_of
from tsa_cli.steps.train.figures import figures_of, is_no_worse
from tsa_cli.steps.train.samples import Samples, Snapshot, read_samples
from tsa_cli.store import Store
from tsa_cli.store.model_files import (
    ModelVersion,
    current_version,
    library_versions,
    promote,
    read_version,
    save_version,
)
from tsa_cli.store.model_loading import load_classifier

# Part of every version's name: raise it when the same data must give another model.
RECIPE = 1


@dataclass(frozen=True)
class Request:
    """`snapshot` makes `user_behavior_features` as of a cut-off, of today's users."""

    name: str
    config: ModelConfig
    snapshot: Snapshot
    as_of: datetime
    models_dir: Path
    event_aliases: Mapping[str, str] = field(default_factory=dict)
    is_dry_run: bool = False


@dataclass(frozen=True)
class TrainResult:
    """A version and its figures; "unchanged" when the same data had given it before."""

    model: str
    version: str
    status: Literal["trained", "unchanged"]
    is_current: bool
    as_of: datetime
    figures: Mapping[str, object]

    @property
    def warnings(self) -> list[str]:
        """What speaks against the version, as it was found at its training."""
        found = self.figures.get("warnings")
        return [str(text) for text in found] if isinstance(found, list) else []


def run(store: Store, request: Request) -> TrainResult:
    """
    The trained version: the same store, config and moment always give the same one.

    A dry run trains and judges it, and writes nothing.
    Raises DataError with too little data, ConfigError for features that do not exist.
    """
    store.require("core")
    name, config, root = request.name, request.config, request.models_dir
    samples = read_samples(
        store, name, config, request.snapshot, request.as_of, request.event_aliases
    )
    version = _version(config, samples, request.as_of)
    known = _usable(request, version)
    if known is not None:
        figures = known.manifest.get("figures")
        is_current = current_version(root, name) == version
        return _result(request, version, figures, "unchanged", is_current)
    trained = lead_score.train(
        samples.training, config.estimator, config.threshold.precision, config.seed
    )
    figures = figures_of(config, samples, trained)
    is_better = _deserves_promotion(request, samples, trained.model)
    if not request.is_dry_run:
        _save(request, version, figures, trained)
        if is_better:
            promote(root, name, version)
    return _result(request, version, figures, "trained", is_better)


def _usable(request: Request, version: str) -> ModelVersion | None:
    """The version; None where it is absent, or damaged since: then this training puts it right."""
    try:
        found = read_version(request.models_dir, request.name, version)
        load_classifier(found, request.config.features)
    except DataError:
        return None
    return found


def _save(request: Request, version: str, figures: Mapping[str, object], trained: Trained) -> None:
    config = request.config
    manifest = {
        "kind": config.kind,
        "features": list(config.features),
        "as_of": f"{request.as_of.isoformat()}Z",
        "config": config.model_dump(mode="json", by_alias=True),
        "threshold": trained.threshold,
        "parameters": parameters_of(trained.model),
        "figures": figures,
    }
    card = card_of(request.name, version, config, figures)
    estimator = trained.model.estimator
    save_version(request.models_dir, request.name, version, estimator, manifest, card)


def _deserves_promotion(request: Request, samples: Samples, candidate: Classifier) -> bool:
    """True when there is no usable current version, or the new one is no worse than it."""
    try:
        found = read_version(request.models_dir, request.name)
        current = load_classifier(found, request.config.features)
    except DataError:
        return True
    return is_no_worse(candidate, current, samples.holdout)


def _version(config: ModelConfig, samples: Samples, as_of: datetime) -> str:
    digest = hashlib.sha256(f"{RECIPE} {definition_hash(config)}".encode())
    digest.update(library_versions()["scikit-learn"].encode())
    for sample in (samples.training, samples.holdout):
        for array in (sample.features, sample.labels, sample.cutoffs):
            digest.update(array.tobytes())
    return f"{as_of:%Y%m%dT%H%M%SZ}-{digest.hexdigest()[:8]}"


def _result(
    request: Request,
    version: str,
    figures: object,
    status: Literal["trained", "unchanged"],
    is_current: bool,
) -> TrainResult:
    return TrainResult(
        model=request.name,
        version=version,
        status=status,
        is_current=is_current,
        as_of=request.as_of,
        figures=figures if isinstance(figures, Mapping) else {},
    )
