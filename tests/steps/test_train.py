"""Training from a real store: what is learned, on whom it is judged, what is kept."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from tests.steps.scoring_shop import (
    AS_OF,
    BOOK,
    CONFIG,
    START,
    VISIT,
    fill,
    random_events,
    train_request,
)
from tsa_cli.config.models import ModelConfig
from tsa_cli.errors import ConfigError, DataError
from tsa_cli.models.cutoffs import plan_cutoffs
from tsa_cli.steps import train
from tsa_cli.steps.train.samples import read_samples
from tsa_cli.store import open_store
from tsa_cli.store.model_files import current_version, read_version

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "tsa.duckdb") as opened:
        yield opened


def samples_of(store, config=CONFIG, as_of=AS_OF):
    request = train_request(store, None, config, as_of)
    return read_samples(store, "lead_score", config, request.snapshot, as_of, {})


def oracle(rows, cutoff, horizon_days=7.0):
    """(visits, recent, bookings, label) of everyone with an event before the cut-off."""
    moment, people = (cutoff - START) / DAY, {}
    for user in sorted({f"u{row[0]}" for row in rows if row[1] < moment}):
        own = [(day, code) for u, day, code in rows if f"u{u}" == user]
        before = [(day, code) for day, code in own if day < moment]
        people[user] = (
            sum(code != BOOK for _, code in before),
            sum(code != BOOK and day >= moment - 3 for day, code in before),
            sum(code == BOOK for _, code in before),
            any(c == BOOK and moment <= day < moment + horizon_days for day, c in own),
        )
    return people


@pytest.mark.parametrize("seed", range(3))
def test_features_are_from_before_the_cutoff_and_labels_from_it_on(store, seed):
    rows = [(u, round(day * 4) / 4, code) for u, day, code in random_events(seed, users=40)]
    fill(store, rows, users=40)
    config = CONFIG.model_copy(update={"min_positive": 2})
    samples = samples_of(store, config)
    assert len(samples.cutoffs.training) == 4
    assert samples.cutoffs.holdout == [AS_OF - 7 * DAY]
    expected = [row for c in samples.cutoffs.training for row in oracle(rows, c).values()]
    assert [
        (*map(int, x[:3]), bool(label))
        for x, label in zip(samples.training.features, samples.training.labels, strict=True)
    ] == expected
    held = list(oracle(rows, samples.cutoffs.holdout[0]).values())
    assert samples.holdout.labels.tolist() == [label for *_, label in held]


def test_events_from_as_of_on_change_nothing(store):
    rows = random_events(1)
    fill(store, rows)
    before = samples_of(store, as_of=AS_OF - 14 * DAY)
    fill(
        store, [*rows, *((u, 69.9, BOOK) for u in range(300)), *((u, 56.0, BOOK) for u in range(9))]
    )
    after = samples_of(store, as_of=AS_OF - 14 * DAY)
    assert (before.training.features == after.training.features).all()
    assert (before.training.labels == after.training.labels).all()
    assert (before.holdout.labels == after.holdout.labels).all()


@pytest.mark.parametrize(("spacing", "holdout"), [(7, 1), (3, 2), (30, 3)])
def test_no_label_window_of_training_reaches_into_the_holdout(spacing, holdout):
    horizon = 7 * DAY
    as_of, oldest = datetime(2026, 11, 1), datetime(2026, 1, 1)
    cuts = plan_cutoffs(oldest, as_of, horizon, spacing * DAY, 50, holdout)
    assert max(cuts.training) + horizon <= min(cuts.holdout)
    assert max(cuts.holdout) + horizon == as_of
    assert min(cuts.training) >= oldest + horizon
    assert cuts.training == sorted(cuts.training)
    assert len(cuts.holdout) == holdout


def test_the_model_beats_the_trivial_ones_on_later_people(store, tmp_path):
    fill(store, random_events(2))
    result = train.run(store, train_request(store, tmp_path / "models"))
    figures = result.figures
    held, baseline = figures["holdout"], figures["baseline"]
    assert result.status == "trained"
    assert held["roc_auc"] > 0.8 > baseline["roc_auc"] == 0.5
    assert held["brier"] < baseline["brier"]
    assert held["log_loss"] < figures["recency_baseline"]["log_loss"]
    assert baseline["precision"]["value"] == held["base_rate"]
    assert held["precision"]["ci_low"] < held["precision"]["value"] < held["precision"]["ci_high"]
    assert held["lift"]["value"] == pytest.approx(held["precision"]["value"] / held["base_rate"])
    ranked = [row["feature"] for row in figures["importances"]]
    assert set(ranked[:2]) == {"visits", "total_bookings"}
    assert set(ranked) == set(CONFIG.features)


def test_a_version_holds_its_manifest_and_card_and_becomes_current(store, tmp_path):
    fill(store, random_events(3))
    result = train.run(store, train_request(store, tmp_path / "models"))
    folder = tmp_path / "models" / "lead_score" / result.version
    assert sorted(p.name for p in folder.iterdir()) == ["card.md", "manifest.json", "model.skops"]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["features"] == list(CONFIG.features)
    assert manifest["figures"] == result.figures
    moments = [manifest["as_of"], *manifest["figures"]["cutoffs"]["holdout"]]
    assert all(moment.endswith("Z") for moment in moments)
    assert "| roc_auc | 0." in (folder / "card.md").read_text()
    assert result.is_current
    assert current_version(tmp_path / "models", "lead_score") == result.version


def test_the_same_data_gives_the_same_version_and_changes_no_file(store, tmp_path):
    fill(store, random_events(4))
    told = train.run(store, replace(train_request(store, tmp_path / "models"), is_dry_run=True))
    assert not (tmp_path / "models").exists()
    first = train.run(store, train_request(store, tmp_path / "models"))
    assert told == first
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "models").rglob("*")}
    again = train.run(store, train_request(store, tmp_path / "models"))
    assert (again.version, again.status, again.is_current) == (first.version, "unchanged", True)
    assert again.figures == first.figures
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "models").rglob("*")} == before
    other = CONFIG.model_copy(update={"seed": 1})
    assert (
        train.run(store, train_request(store, tmp_path / "models", other)).version != first.version
    )


@pytest.mark.parametrize("name", ["manifest.json", "model.skops"])
@pytest.mark.parametrize("is_gone", [False, True])
def test_what_was_damaged_is_trained_again(store, tmp_path, name, is_gone):
    """The same data gives the same version: a folder of that name must not stand in its way."""
    fill(store, random_events(4))
    root = tmp_path / "models"
    first = train.run(store, train_request(store, root))
    file = root / "lead_score" / first.version / name
    content = file.read_bytes()
    if is_gone:
        file.unlink()
    else:
        file.write_bytes(content[:-9])
    again = train.run(store, train_request(store, root))
    assert (again.version, again.status, again.is_current) == (first.version, "trained", True)
    assert file.read_bytes() == content
    assert sorted(p.name for p in (root / "lead_score").iterdir()) == [first.version, "current"]


def test_a_worse_version_is_kept_but_not_promoted(store, tmp_path):
    fill(store, random_events(5, users=600), users=600)
    good = train.run(store, train_request(store, tmp_path / "models"))
    fill(store, scrambled(random_events(5, users=600)), users=600)
    bad = train.run(store, train_request(store, tmp_path / "models"))
    root = tmp_path / "models"
    assert bad.status == "trained"
    assert not bad.is_current
    assert current_version(root, "lead_score") == good.version
    assert read_version(root, "lead_score", bad.version).version == bad.version


def scrambled(rows):
    """The same log, but in all of training it is the others who book; not so in the hold-out."""
    return [
        (user + 1 if code == BOOK and day < 63 and user + 1 < 600 else user, day, code)
        for user, day, code in rows
    ]


def test_a_current_model_of_other_features_gives_way(store, tmp_path):
    fill(store, random_events(6))
    train.run(store, train_request(store, tmp_path / "models"))
    fewer = CONFIG.model_copy(update={"features": ("visits", "recent_visits")})
    assert train.run(store, train_request(store, tmp_path / "models", fewer)).is_current


def test_too_little_data_is_said_with_the_counts(store, tmp_path):
    fill(store, random_events(7, users=30), users=30)
    many = CONFIG.model_copy(update={"min_positive": 1000})
    with pytest.raises(DataError, match=r"too little data before the hold-out: \d+ of \d+ people"):
        train.run(store, train_request(store, tmp_path / "models", many))
    short = [row for row in random_events(7) if row[1] > 55]
    fill(store, short)
    with pytest.raises(DataError, match="too short a time"):
        train.run(store, train_request(store, tmp_path / "models"))
    assert not (tmp_path / "models").exists()


def test_a_model_that_tells_nobody_apart_is_warned_of(store, tmp_path):
    draw = np.random.default_rng(3)
    once = [(user, 0.5, VISIT) for user in range(300)]
    booked = [(u, day + 0.7, BOOK) for u in range(300) for day in range(70) if draw.random() < 0.04]
    fill(store, [*once, *booked])
    config = CONFIG.model_copy(update={"features": ("visits",)})
    result = train.run(store, train_request(store, tmp_path / "models", config))
    assert result.figures["holdout"]["roc_auc"] == 0.5
    assert (
        "on the hold-out the model ranks nobody above another: no feature tells" in result.warnings
    )


def test_a_model_that_is_worse_than_the_base_rate_is_warned_of(store, tmp_path):
    draw = np.random.default_rng(4)
    rows = [(u, day + 0.1, VISIT) for u in range(0, 300, 2) for day in range(0, 70, 3)]
    rows += [(u, 0.1, VISIT) for u in range(1, 300, 2)]
    rows += [
        (user, day + 0.7, BOOK)
        for user in range(300)
        for day in range(70)
        if user % 2 == int(day >= 63) and draw.random() < 0.1  # the last week is the others'
    ]
    fill(store, rows)
    config = CONFIG.model_copy(update={"features": ("visits",)})
    result = train.run(store, train_request(store, tmp_path / "models", config))
    assert any("worse than the base rate for everyone: log loss" in w for w in result.warnings)


def test_an_empty_store_says_what_to_run(store, tmp_path):
    fill(store, random_events(8, users=1)[:1], users=1)
    store.connection().execute("delete from core").fetchall()
    with pytest.raises(DataError, match="no analysed event"):
        train.run(store, train_request(store, tmp_path / "models"))


@pytest.mark.parametrize(
    ("feature", "message"), [("visit", "did you mean 'visits'"), ("preferred_time_of_day", "not a")]
)
def test_a_feature_that_is_unknown_or_no_number_is_a_config_error(
    store, tmp_path, feature, message
):
    fill(store, random_events(9))
    config = CONFIG.model_copy(update={"features": (feature,)})
    with pytest.raises(ConfigError, match=message):
        train.run(store, train_request(store, tmp_path / "models", config))


def test_a_large_shop_is_sampled_by_user_always_the_same_ones(store):
    fill(store, random_events(10))
    config = CONFIG.model_copy(update={"max_rows": 750, "min_positive": 2})
    one, two, whole = samples_of(store, config), samples_of(store, config), samples_of(store)
    assert 200 < len(one.training.labels) + len(one.holdout.labels) <= 900
    assert len(whole.training.labels) > len(one.training.labels)
    assert (one.training.features == two.training.features).all()


def test_bands_and_label_are_checked_when_the_config_is_read():
    for bands in ({"a": 0.1}, {"a": 0.0, "b": 0.0}, {"a": 0.0, "b": 1.0}, {}):
        with pytest.raises(ValueError, match=r"bands|at least 1"):
            ModelConfig.model_validate({"bands": bands})
    with pytest.raises(ValueError, match="unit"):
        ModelConfig.model_validate({"label": {"event": "x", "horizon": 7}})
