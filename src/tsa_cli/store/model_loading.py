"""
Load a trained model: only the file that was trained, and only types that are trusted.

reads    MODELS/NAME/VERSION/model.skops
source   skops documentation, "Secure persistence": a model file is data, and only types of a
         fixed list are built from it
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from tsa_cli.errors import DataError
from tsa_cli.models.classifier import Classifier, Estimator, classifier_from
from tsa_cli.store.model_files import MANIFEST_FILE, MODEL_FILE, ModelVersion, library_versions

MAX_MODEL_BYTES = 100_000_000

# What the estimators of `tsa_cli.models` are made of, beyond skops' own defaults. Never extended
# by what a file asks for.
TRUSTED_TYPES = (
    "functools.partial",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
)

# What zipfile, json, numpy and skops raise of altered bytes.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, ValueError, LookupError, AttributeError, ArithmeticError,
    ImportError, RuntimeError, OSError, EOFError, MemoryError,
)  # fmt: skip


def load_estimator(found: ModelVersion, features: Sequence[str]) -> object:
    """
    The fitted estimator, when it is the file its manifest describes and fits this program.

    Raises DataError for another feature list or order, another minor version of scikit-learn, a
    file that is not the one of the manifest, too large, or made of types that are not trusted.
    """
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    again = f"run `tsa train {found.name}`"
    known = found.manifest.get("features")
    if known != list(features):
        raise DataError(f"model {found.name} {found.version} has another feature list", again)
    _refuse_other_libraries(found)
    path = found.folder / MODEL_FILE
    if not path.is_file() or path.stat().st_size > MAX_MODEL_BYTES:
        raise DataError(f"{path}: missing or too large", again)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != found.manifest.get("sha256"):
        raise DataError(f"{path}: not the file that was trained (its hash differs)", again)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_MODEL_BYTES:
                raise DataError(f"{path}: too large when unpacked", again)
        estimator: object = skops.io.loads(content, trusted=list(TRUSTED_TYPES))
    except (UntrustedTypesFoundException, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{path}: refused, it asks for other types: {reason}", again) from None
    except _UNREADABLE as error:
        raise DataError(f"{path}: cannot be read: {error}", again) from None
    return estimator


def load_classifier(found: ModelVersion, features: Sequence[str]) -> Classifier:
    """The whole model, ready to score; raises as `load_estimator` does."""
    estimator = cast("Estimator", load_estimator(found, features))
    again = f"run `tsa train {found.name}`"
    try:
        parameters = cast("Mapping[str, object]", found.manifest["parameters"])
        classifier = classifier_from(estimator, parameters)
    except (KeyError, ValueError, TypeError) as error:
        raise DataError(f"{found.folder / MANIFEST_FILE}: parameters: {error}", again) from None
    is_linear = classifier.method == "logistic"
    work = classifier.factors if is_linear else classifier.log_odds
    try:  # trusted types need not be an estimator, nor one of these features
        work(np.zeros((1, len(features))))
    except (AttributeError, LookupError, ValueError, TypeError) as error:
        raise DataError(f"{found.folder}: no model of these features: {error}", again) from None
    return classifier


def _refuse_other_libraries(found: ModelVersion) -> None:
    libraries = found.manifest.get("libraries")
    trained = libraries.get("scikit-learn", "") if isinstance(libraries, dict) else ""
    here = library_versions()["scikit-learn"]
    if _minor(str(trained)) != _minor(here):
        raise DataError(
            f"model {found.name} {found.version} was made by scikit-learn {trained or '?'}, "
            f"this is {here}",
            f"run `tsa train {found.name}`",
        )


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]
