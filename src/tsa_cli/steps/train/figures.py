"""
The figures of one training: the model, two trivial ones, importances, as JSON values.

source  the contract's section 7
"""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np

from tsa_cli.config.models import ModelConfig
from tsa_cli.models import lead_score
from tsa_cli.models.classifier import Classifier, Floats
from tsa_cli.models.evaluation import Evaluation, evaluate, log_losses, permutation_importances
from tsa_cli.models.lead_score import Sample, Trained
from tsa_cli.quantities import quantity
from tsa_cli.steps.train.samples import Samples

RECENCY = "days_since_last_visit"
FEW_POSITIVES = 200


def figures_of(config: ModelConfig, samples: Samples, trained: Trained) -> dict[str, object]:
    """All that `tsa train` tells of a model: its hold-out figures beside those of trivial ones."""
    held, model = samples.holdout, trained.model
    base_rate = _base_rate(samples)
    judged = evaluate(held.labels, model.probabilities(held.features), trained.threshold)
    mean, deviation = permutation_importances(
        model.probabilities, held.features, held.labels, seed=config.seed
    )
    order = np.argsort(-mean, kind="stable")
    return {
        "method": model.method,
        "rows": len(samples.training.labels),
        "positives": int(samples.training.labels.sum()),
        "holdout": asdict(judged),
        "is_precision_reached": trained.is_precision_reached,
        "baseline": {"name": "base rate", **asdict(base_rate)},
        "recency_baseline": _recency(config, samples),
        "comparison": asdict(trained.comparison),
        "importances": [
            {
                "feature": config.features[i],
                "importance": float(mean[i]),
                "deviation": float(deviation[i]),
            }
            for i in order
        ],
        "cutoffs": {
            "training": [f"{moment.isoformat()}Z" for moment in samples.cutoffs.training],
            "holdout": [f"{moment.isoformat()}Z" for moment in samples.cutoffs.holdout],
        },
        "warnings": _warnings(config, samples, trained, judged, base_rate),
    }


def is_no_worse(candidate: Classifier, current: Classifier, held: Sample) -> bool:
    """
    True unless `candidate`'s log loss on the hold-out is higher by more than one standard error.

    Weekly retraining should win ties: the newer model knows the newer customers.
    """
    gap = log_losses(held.labels, candidate.probabilities(held.features)) - log_losses(
        held.labels, current.probabilities(held.features)
    )
    return bool(gap.mean() <= gap.std(ddof=1) / np.sqrt(len(gap)))


def _base_rate(samples: Samples) -> Evaluation:
    """Everyone gets the training share: flags all people."""
    share = float(samples.training.labels.mean())
    held = samples.holdout
    return evaluate(held.labels, np.full(len(held.labels), share), share)


def _recency(config: ModelConfig, samples: Samples) -> dict[str, object]:
    """The same training with one feature only: who was here last."""
    name = RECENCY if RECENCY in config.features else config.features[0]
    column = config.features.index(name)
    narrow: Callable[[Floats], Floats] = lambda rows: rows[:, [column]]  # noqa: E731
    sample, held = samples.training, samples.holdout
    trained = lead_score.train(
        Sample(narrow(sample.features), sample.labels, sample.cutoffs),
        "logistic",
        config.threshold.precision,
        config.seed,
    )
    judged = evaluate(
        held.labels, trained.model.probabilities(narrow(held.features)), trained.threshold
    )
    return {"name": f"{name} alone", **asdict(judged)}


def _warnings(
    config: ModelConfig,
    samples: Samples,
    trained: Trained,
    judged: Evaluation,
    base_rate: Evaluation,
) -> list[str]:
    warnings = []
    few = int(samples.training.labels.sum())
    if few < FEW_POSITIVES:
        warnings.append(f"only {quantity(few, 'positive')} to learn from: expect wide intervals")
    if not trained.is_precision_reached:
        warnings.append(
            f"no threshold reached a precision of {config.threshold.precision:g}; "
            "the one with the highest precision is used"
        )
    if judged.roc_auc is not None and judged.roc_auc < 0.5:
        warnings.append("on the hold-out the model ranks worse than chance")
    if judged.roc_auc == 0.5:
        warnings.append("on the hold-out the model ranks nobody above another: no feature tells")
    elif round(judged.log_loss, 3) > round(base_rate.log_loss, 3):
        warnings.append(
            "on the hold-out the model is worse than the base rate for everyone: "
            f"log loss {judged.log_loss:.3f} against {base_rate.log_loss:.3f}"
        )
    return warnings
