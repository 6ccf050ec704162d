"""A model file is data: what is loaded is what was trained, built from trusted types only."""

import errno
import hashlib
import io
import json
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tsa_cli.errors import DataError
from tsa_cli.models import lead_score
from tsa_cli.models.classifier import parameters_of
from tsa_cli.models.lead_score import Sample
from tsa_cli.store import model_files, model_loading

FEATURES = ["a", "b"]


@pytest.fixture(scope="module")
def estimators():
    rng = np.random.default_rng(0)
    x = rng.random((300, 2)) * 5
    sample = Sample(x, x[:, 0] > x[:, 1], np.zeros(300, dtype=np.int64))
    return x, {m: lead_score.fit(sample, m) for m in ("logistic", "boosting")}


@pytest.fixture
def saved(tmp_path, estimators):
    model = estimators[1]["logistic"].estimator
    return save(tmp_path / "models", model)


def save(root, estimator, version="v1"):
    return model_files.save_version(
        root, "lead_score", version, estimator, {"features": FEATURES}, "# card\n"
    )


def rewrite_manifest(found, **changes):
    path = found.folder / "manifest.json"
    path.write_text(json.dumps(dict(found.manifest) | changes))
    return model_files.read_version(found.folder.parents[1], found.name, found.version)


@pytest.mark.parametrize("method", ["logistic", "boosting"])
def test_what_is_loaded_predicts_what_was_saved(tmp_path, estimators, method):
    x, models = estimators
    found = save(tmp_path / "models", models[method].estimator)
    loaded = model_loading.load_estimator(found, FEATURES)
    expected = models[method].estimator.decision_function(x)
    assert (loaded.decision_function(x) == expected).all()


@pytest.mark.parametrize("method", ["logistic", "boosting"])
def test_equal_trainings_give_equal_bytes(tmp_path, monkeypatch, method):
    """Whenever they were, and wherever their arrays stood in memory."""
    rng = np.random.default_rng(1)
    x = rng.random((300, 2))
    sample = Sample(x, x[:, 0] > x[:, 1], np.zeros(300, dtype=np.int64))
    made = []
    for day, root in ((1, tmp_path / "a"), (2, tmp_path / "b")):
        monkeypatch.setattr(time, "localtime", lambda *_, day=day: (2026, 1, day, 0, 0, 0, 0, 1, 0))
        found = save(root, lead_score.fit(sample, method).estimator)
        made.append([path.read_bytes() for path in sorted(found.folder.iterdir())])
    assert made[0] == made[1]


def test_folders_and_files_are_their_owners_only(saved):
    model_files.promote(saved.folder.parents[1], "lead_score", "v1")
    for path in [saved.folder.parents[1], *saved.folder.parents[1].rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert sorted(p.name for p in saved.folder.iterdir()) == [
        "card.md",
        "manifest.json",
        "model.skops",
    ]


def test_a_changed_model_file_is_not_loaded(saved):
    path = saved.folder / "model.skops"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match="its hash differs"):
        model_loading.load_estimator(saved, FEATURES)


def test_a_file_that_asks_for_other_types_is_refused_though_its_hash_matches(saved):
    from skops.io import dumps  # not before tsa_cli.models has told OpenMP how to wait

    evil = dumps(subprocess.Popen)
    (saved.folder / "model.skops").write_bytes(evil)
    found = rewrite_manifest(saved, sha256=hashlib.sha256(evil).hexdigest())
    with pytest.raises(DataError, match="other types"):
        model_loading.load_estimator(found, FEATURES)


def test_a_file_that_is_no_model_is_an_error_not_a_traceback(saved):
    for junk in (b"", b"PK\x03\x04junk", b"\x80\x04cos\nsystem\n."):
        (saved.folder / "model.skops").write_bytes(junk)
        found = rewrite_manifest(saved, sha256=hashlib.sha256(junk).hexdigest())
        with pytest.raises(DataError, match="cannot be read"):
            model_loading.load_estimator(found, FEATURES)


def forged(found, content):
    (found.folder / "model.skops").write_bytes(content)
    return rewrite_manifest(found, sha256=hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(("offset", "byte"), [(6, 1), (8, 97)], ids=["encrypted", "method"])
def test_a_zip_that_cannot_be_unpacked_is_no_internal_error(saved, offset, byte):
    content = bytearray((saved.folder / "model.skops").read_bytes())
    for mark, place in ((b"PK\x03\x04", offset), (b"PK\x01\x02", offset + 2)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + place] = byte
    with pytest.raises(DataError, match="cannot be read"):
        model_loading.load_estimator(forged(saved, bytes(content)), FEATURES)


def test_a_file_that_unpacks_to_too_much_is_refused(saved, monkeypatch):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("schema.json", " " * 1_000_000)
    monkeypatch.setattr(model_loading, "MAX_MODEL_BYTES", 100_000)
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(DataError, match="too large when unpacked"):
        model_loading.load_estimator(forged(saved, packed.getvalue()), FEATURES)


def test_trusted_types_that_are_no_model_of_these_features_are_refused(saved, estimators):
    from sklearn.linear_model import LogisticRegression
    from skops.io import dumps

    model = estimators[1]["logistic"]
    parameters = parameters_of(model)
    other = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    bare = LogisticRegression().fit([[0.0, 0.0], [1.0, 1.0]], [0, 1])
    for thing in ({"a": 1}, np.arange(4), other, bare):
        found = forged(rewrite_manifest(saved, parameters=parameters), dumps(thing))
        with pytest.raises(DataError, match="no model of these features"):
            model_loading.load_classifier(found, FEATURES)
    found = forged(rewrite_manifest(saved, parameters=parameters), dumps(model.estimator))
    assert model_loading.load_classifier(found, FEATURES).method == "logistic"


def test_a_damaged_name_of_the_current_version_is_none_and_told(saved):
    root = saved.folder.parents[1]
    (saved.folder.parent / "current").write_bytes(b"\xff\xfe")
    assert model_files.current_version(root, "lead_score") is None
    with pytest.raises(DataError, match="is in use") as error:
        model_files.read_version(root, "lead_score")
    assert error.value.hint == "`tsa models promote lead_score v1` takes the newest"


def test_other_features_or_another_order_are_refused(saved):
    for features in (["a"], ["b", "a"], ["a", "b", "c"]):
        with pytest.raises(DataError, match="feature list"):
            model_loading.load_estimator(saved, features)


def test_only_the_minor_version_of_scikit_learn_matters(saved):
    here = model_files.library_versions()["scikit-learn"].split(".")
    same = ".".join([*here[:2], "99"])
    model_loading.load_estimator(
        rewrite_manifest(saved, libraries={"scikit-learn": same}), FEATURES
    )
    for other in ("0.24.2", ".".join([here[0], str(int(here[1]) + 1), "0"]), ""):
        found = rewrite_manifest(saved, libraries={"scikit-learn": other})
        with pytest.raises(DataError, match="was made by scikit-learn") as error:
            model_loading.load_estimator(found, FEATURES)
        assert error.value.hint == "run `tsa train lead_score`"


def test_a_version_takes_the_place_of_one_of_its_name(saved, estimators):
    found = save(saved.folder.parents[1], estimators[1]["boosting"].estimator)
    assert (found.folder, found.version) == (saved.folder, "v1")
    assert found.manifest["sha256"] != saved.manifest["sha256"]
    assert [p.name for p in saved.folder.parent.iterdir()] == ["v1"]  # nothing staged is left


def test_the_current_version_is_the_one_promoted_last(saved, estimators):
    root = saved.folder.parents[1]
    with pytest.raises(DataError, match="no trained model"):
        model_files.read_version(root, "lead_score")
    save(root, estimators[1]["boosting"].estimator, "v2")
    model_files.promote(root, "lead_score", "v2")
    model_files.promote(root, "lead_score", "v1")
    assert model_files.read_version(root, "lead_score").version == "v1"
    assert [v.version for v in model_files.list_versions(root)] == ["v1", "v2"]
    with pytest.raises(DataError, match="no version v3") as error:
        model_files.promote(root, "lead_score", "v3")
    assert error.value.hint == "known: v1, v2"
    assert model_files.current_version(root, "lead_score") == "v1"


@pytest.mark.parametrize("name", ["..", "../x", "a/b", "", ".hidden", "a\0b", "x" * 101])
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    for reading in (
        lambda: model_files.read_version(tmp_path, name, "v1"),
        lambda: model_files.read_version(tmp_path, "m", name or "..") if name else 1 / 0,
    ):
        with pytest.raises((DataError, ZeroDivisionError)):
            reading()


def test_what_may_not_be_read_or_written_is_named_as_such(saved, estimators, monkeypatch):
    """As in folders of another's: root may write into any."""

    def refused(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", "something temporary")

    root, folder = saved.folder.parents[1], saved.folder.parent
    with monkeypatch.context() as other:
        other.setattr(tempfile, "mkdtemp", refused)
        with pytest.raises(DataError) as unwritable:
            model_files.save_version(
                root, "lead_score", "v2", estimators[1]["logistic"].estimator, {}, ""
            )
    assert unwritable.value.message == f"{folder}: Permission denied"
    monkeypatch.setattr(Path, "read_text", refused)
    with pytest.raises(DataError) as unreadable:
        model_files.read_version(root, "lead_score", "v1")
    assert unreadable.value.message == f"{saved.folder / 'manifest.json'}: Permission denied"
    assert "train" not in unreadable.value.hint


def test_a_damaged_manifest_is_named(saved):
    for text in ("{", "[]", "[" * 100_000):
        (saved.folder / "manifest.json").write_text(text)
        with pytest.raises(DataError, match=r"manifest\.json"):
            model_files.read_version(saved.folder.parents[1], "lead_score", "v1")


def test_a_damaged_version_hides_no_other(saved, estimators):
    root = saved.folder.parents[1]
    save(root, estimators[1]["boosting"].estimator, "v2")
    (saved.folder / "manifest.json").write_text("{")
    assert [v.version for v in model_files.list_versions(root)] == ["v2"]
    [error] = model_files.read_versions(root)[1]
    assert str(saved.folder / "manifest.json") in error.message
