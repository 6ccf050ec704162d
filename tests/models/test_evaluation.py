"""Each figure against scikit-learn or a plain loop, on small data full of ties."""

import math

import numpy as np
import pytest

from tsa_cli.models import evaluation as ev


def tied(seed, n=60):
    rng = np.random.default_rng(seed)
    labels = rng.random(n) < rng.uniform(0.1, 0.9)
    labels[:2] = [True, False]
    return labels, rng.integers(1, 8, n) / 8.0


@pytest.mark.parametrize("seed", range(20))
def test_the_figures_are_those_of_scikit_learn(seed):
    from sklearn import metrics  # not before tsa_cli.models has told OpenMP how to wait

    labels, p = tied(seed)
    result = ev.evaluate(labels, p, threshold=0.5)
    assert result.roc_auc == pytest.approx(metrics.roc_auc_score(labels, p))
    assert result.pr_auc == pytest.approx(metrics.average_precision_score(labels, p))
    assert result.brier == pytest.approx(metrics.brier_score_loss(labels, p))
    assert result.log_loss == pytest.approx(metrics.log_loss(labels, p))


@pytest.mark.parametrize("seed", range(20))
def test_precision_recall_and_lift_are_counted_at_or_above_the_threshold(seed):
    labels, p = tied(seed)
    result = ev.evaluate(labels, p, threshold=0.5)
    flagged = [bool(label) for label, x in zip(labels, p, strict=True) if x >= 0.5]
    assert result.flagged == result.precision.n == len(flagged)
    assert result.precision.value == pytest.approx(sum(flagged) / len(flagged))
    assert result.recall.value == pytest.approx(sum(flagged) / sum(labels))
    assert result.lift.value == pytest.approx(result.precision.value / labels.mean())


def test_a_share_has_the_published_interval_of_wilson_and_nothing_for_nobody():
    share = ev.share_of(81, 263)  # Newcombe 1998, table I, method 3
    assert (round(share.ci_low, 4), round(share.ci_high, 4)) == (0.2553, 0.3662)
    assert ev.share_of(0, 20).ci_low == 0.0
    assert round(ev.share_of(0, 20).ci_high, 4) == 0.1611
    assert ev.share_of(0, 0) == ev.Share(None, None, None, 0)


def test_a_figure_without_meaning_is_none_not_a_number():
    nobody = ev.evaluate(np.zeros(4, bool), np.full(4, 0.1), threshold=0.5)
    assert (nobody.roc_auc, nobody.pr_auc, nobody.lift.value) == (None, None, None)
    assert (nobody.precision.value, nobody.recall.value) == (None, None)
    assert nobody.base_rate == 0.0


def test_certainty_that_was_wrong_costs_much_but_not_infinity():
    assert math.isfinite(ev.log_losses(np.array([True]), np.array([0.0]))[0])


@pytest.mark.parametrize("seed", range(30))
def test_the_threshold_is_the_lowest_that_reaches_the_precision(seed):
    labels, p = tied(seed)
    wanted, at_least = 0.6, 5
    candidates = []
    for t in sorted(set(p)):
        hit = labels[p >= t]
        if len(hit) >= at_least:
            candidates.append((t, hit.mean()))
    good = [t for t, precision in candidates if precision >= wanted]
    threshold, reached = ev.threshold_for_precision(labels, p, wanted, at_least)
    assert reached == bool(good)
    best = max(precision for _, precision in candidates)
    assert threshold == (good[0] if good else min(t for t, x in candidates if x == best))


def test_only_a_feature_that_the_model_uses_has_importance():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(500, 3))
    labels = rng.random(500) < 1 / (1 + np.exp(-2 * x[:, 1]))
    mean, deviation = ev.permutation_importances(
        lambda m: 1 / (1 + np.exp(-2 * m[:, 1])), x, labels
    )
    assert mean[0] == mean[2] == deviation[0] == 0.0
    assert mean[1] > 0.2
    again, _ = ev.permutation_importances(lambda m: 1 / (1 + np.exp(-2 * m[:, 1])), x, labels)
    assert (mean == again).all()
