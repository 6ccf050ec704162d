"""The lead score on data whose truth is known."""

import numpy as np
import pytest

from tsa_cli.models import lead_score
from tsa_cli.models.classifier import classifier_from, parameters_of, sigmoid
from tsa_cli.models.lead_score import Sample


def people(seed, n=2000, truth="line", cutoffs=3):
    """Counts and a rate; the truth is a line in log counts, or a checkerboard no line can see."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.poisson(3, n), rng.random(n), rng.poisson(40, n)]).astype(float)
    if truth == "line":
        log_odds = -3.0 + 1.5 * np.log1p(x[:, 0]) + 1.0 * x[:, 1]
    else:
        log_odds = np.where((x[:, 0] > 3) ^ (x[:, 1] > 0.5), 2.0, -2.0)
    labels = rng.random(n) < sigmoid(log_odds)
    return Sample(x, labels, rng.integers(0, cutoffs, n)), log_odds


def test_the_simpler_model_is_kept_where_both_are_as_good():
    sample, _ = people(1)
    trained = lead_score.train(sample)
    assert trained.model.method == "logistic"
    assert None not in (trained.comparison.logistic, trained.comparison.boosting)
    assert trained.comparison.difference >= -trained.comparison.standard_error


def test_boosting_is_taken_where_no_line_fits():
    sample, _ = people(2, truth="checkerboard")
    trained = lead_score.train(sample)
    assert trained.model.method == "boosting"
    assert trained.comparison.boosting < trained.comparison.logistic - 0.1


@pytest.mark.parametrize("truth", ["line", "checkerboard"])
def test_probabilities_on_new_people_are_calibrated(truth):
    sample, _ = people(3, n=4000, truth=truth)
    model = lead_score.train(sample).model
    fresh, log_odds = people(4, n=4000, truth=truth)
    p = model.probabilities(fresh.features)
    assert abs(p.mean() - fresh.labels.mean()) < 0.03
    assert np.abs(p - sigmoid(log_odds)).mean() < 0.06


@pytest.mark.parametrize("method", ["logistic", "boosting"])
def test_factors_and_base_add_up_to_the_log_odds(method):
    sample, _ = people(5, n=800)
    model = lead_score.train(sample, estimator=method).model
    rows = sample.features[:100].copy()
    rows[::7, 1] = np.nan
    factors, base = model.factors(rows)
    np.testing.assert_allclose(base + factors.sum(axis=1), model.log_odds(rows), atol=1e-9)
    again, _ = model.factors(rows[40:60])
    np.testing.assert_allclose(again, factors[40:60], atol=1e-12)  # not on who else is scored


def test_the_sign_of_a_factor_says_which_way_it_moved_the_score():
    sample, _ = people(6)
    for method in ("logistic", "boosting"):
        model = lead_score.train(sample, estimator=method).model
        low_high = np.array([[0.0, 0.5, 40.0], [12.0, 0.5, 40.0]])
        factors, _ = model.factors(low_high)
        assert factors[0, 0] < 0 < factors[1, 0]
        assert np.abs(factors[:, 2]).max() < np.abs(factors[:, 0]).min()


def test_two_features_that_say_the_same_share_the_weight_instead_of_cancelling():
    sample, _ = people(13)
    noise = np.random.default_rng(13).normal(scale=0.01, size=len(sample.labels))
    twice = np.column_stack([sample.features, sample.features[:, 0] * (1 + noise)])
    model = lead_score.train(Sample(twice, sample.labels, sample.cutoffs), "logistic").model
    factors, _ = model.factors(np.array([[12.0, 0.5, 40.0, 12.0]]))
    assert 0.5 < factors[0, 0] / factors[0, 3] < 2


def test_counts_are_seen_in_logarithms_and_rates_as_they_are():
    sample, _ = people(7)
    assert lead_score.fit(sample, "logistic").log_columns.tolist() == [True, False, True]


def test_missing_constant_and_empty_columns_do_no_harm():
    sample, _ = people(8, n=600)
    wide = np.column_stack([sample.features, np.full(600, 5.0), np.full(600, np.nan)])
    wide[::5, 0] = np.nan
    for method in ("logistic", "boosting"):
        model = lead_score.train(Sample(wide, sample.labels, sample.cutoffs), method).model
        assert np.isfinite(model.probabilities(wide)).all()
        assert np.isfinite(model.factors(wide[:5])[0]).all()


def test_one_cutoff_alone_gives_the_plain_logistic_regression():
    sample, _ = people(9, cutoffs=1)
    trained = lead_score.train(sample)
    assert trained.model.method == "logistic"
    assert (trained.model.calibration.slope, trained.model.calibration.intercept) == (1.0, 0.0)
    assert trained.comparison.difference is None


def test_the_threshold_comes_from_the_latest_cutoff_not_from_training_rows():
    sample, _ = people(10)
    flipped = Sample(sample.features, sample.labels.copy(), sample.cutoffs)
    later = flipped.cutoffs == 2
    flipped.labels[later] = np.random.default_rng(0).random(later.sum()) < 0.05
    trained = lead_score.train(flipped, precision=0.8)
    assert not trained.is_precision_reached


def test_training_again_gives_the_same_numbers():
    sample, _ = people(11, truth="checkerboard")
    one, two = lead_score.train(sample), lead_score.train(sample)
    assert one.threshold == two.threshold
    assert (one.model.log_odds(sample.features) == two.model.log_odds(sample.features)).all()


def test_parameters_survive_json():
    import json

    sample, _ = people(12, n=500)
    wide = Sample(
        np.column_stack([sample.features, np.full(500, np.nan)]), sample.labels, sample.cutoffs
    )
    model = lead_score.train(wide, estimator="boosting").model
    text = json.dumps(parameters_of(model), allow_nan=False)
    again = classifier_from(model.estimator, json.loads(text))
    assert (again.factors(wide.features[:9])[0] == model.factors(wide.features[:9])[0]).all()
    with pytest.raises(ValueError, match="method"):
        classifier_from(model.estimator, {"method": "pickle"})
