"""Scores in the store: who gets which, why, and when none is written."""

import json

import numpy as np
import pytest

from tests.steps.scoring_shop import (
    AS_OF,
    CONFIG,
    fill,
    random_events,
    score_request,
    snapshot_of,
    train_request,
)
from tsa_cli.config.models import ModelConfig
from tsa_cli.errors import DataError
from tsa_cli.steps import score, train
from tsa_cli.steps.score import bands_of, factor_texts, scores_of
from tsa_cli.store import open_store
from tsa_cli.store.feature_rows import read_features
from tsa_cli.store.model_files import read_version
from tsa_cli.store.model_loading import load_classifier


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """(store, models folder) after one training on one shop."""
    folder = tmp_path_factory.mktemp("scoring")
    with open_store(folder / "tsa.duckdb") as store:
        fill(store, random_events(1))
        train.run(store, train_request(store, folder / "models"))
        yield store, folder / "models"


def table(store):
    sql = "select * from user_scores order by user_id"
    result = store.connection().execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def test_everyone_with_a_history_gets_a_score_that_follows_from_the_probability(trained):
    store, root = trained
    result = score.run(store, score_request(store, root))
    rows = table(store)
    assert result.users == len(rows) == len({row["user_id"] for row in rows})
    assert sum(result.bands.values()) == result.users
    for row in rows:
        assert 0 < row["probability"] < 1
        assert row["score"] == round(100 * row["probability"])
        assert (
            row["band"]
            == max(
                (bound, name) for name, bound in CONFIG.bands.items() if row["probability"] >= bound
            )[1]
        )
        assert (row["model"], row["model_version"]) == ("lead_score", result.version)
        assert row["as_of"] == AS_OF
    assert result.mean_probability == pytest.approx(np.mean([r["probability"] for r in rows]))


def test_factors_are_signed_sorted_and_add_up_to_the_log_odds(trained):
    store, root = trained
    score.run(store, score_request(store, root))
    found = read_version(root, "lead_score")
    model = load_classifier(found, CONFIG.features)
    user_ids, features = read_features(store, CONFIG.features, snapshot_of(store)(AS_OF))
    _, base = model.factors(features[:1])
    rows = {row["user_id"]: row for row in table(store)}
    signs = set()
    for user_id in user_ids[:50]:
        factors = json.loads(rows[user_id]["factors"])
        assert set(factors) == set(CONFIG.features)
        sizes = [abs(x) for x in factors.values()]
        assert sizes == sorted(sizes, reverse=True)
        p = rows[user_id]["probability"]
        assert base + sum(factors.values()) == pytest.approx(np.log(p / (1 - p)), abs=1e-3)
        signs |= {x > 0 for x in factors.values()}
    assert signs == {True, False}


def test_keen_visitors_score_higher(trained):
    store, root = trained
    score.run(store, score_request(store, root))
    keen, others = [], []
    for row in table(store):
        (keen if int(row["user_id"][1:]) % 3 == 0 else others).append(row["probability"])
    assert np.mean(keen) > 3 * np.mean(others)


def test_scoring_again_replaces_the_rows_of_this_model_only(trained):
    store, root = trained
    score.run(store, score_request(store, root))
    store.connection().execute(
        "insert into user_scores values ('u1', 'churn', 'v', $t, 1, .1, 'Low', '{}')", {"t": AS_OF}
    ).fetchall()
    before = table(store)
    score.run(store, score_request(store, root))
    assert table(store) == before
    store.connection().execute("delete from user_scores where model = 'churn'").fetchall()


def test_a_model_that_does_not_fit_is_refused_and_the_old_scores_stay(trained):
    store, root = trained
    score.run(store, score_request(store, root))
    before = table(store)
    fewer = CONFIG.model_copy(update={"features": CONFIG.features[:-1]})
    for request, message in (
        (score_request(store, root, fewer), "another feature list"),
        (score_request(store, root, version="nope"), "no version nope"),
        (score_request(store, root.parent), "no trained model"),
    ):
        with pytest.raises(DataError, match=message) as error:
            score.run(store, request)
        assert error.value.exit_code == 3
    assert table(store) == before


def test_a_percentile_is_the_share_below_and_ties_share_one():
    p = np.array([0.1, 0.2, 0.2, 0.9])
    assert scores_of(p, "percentile").tolist() == [12, 50, 50, 88]
    assert scores_of(p, "probability").tolist() == [10, 20, 20, 90]
    assert scores_of(np.zeros(0), "percentile").tolist() == []


def test_a_band_begins_at_its_bound():
    bands = ModelConfig().bands
    p = np.array([0.0, 0.19, 0.2, 0.49, 0.5, 1.0])
    assert bands_of(p, bands) == ["Cold", "Cold", "Warm", "Warm", "Hot", "Hot"]


def test_factors_are_written_with_the_strongest_first():
    [text] = factor_texts(["a", "b", "c"], np.array([[0.1, -2.00004, -0.0]]))
    assert text == '{"b": -2.0, "a": 0.1, "c": 0.0}'
