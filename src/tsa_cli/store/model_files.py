"""
Trained models on disk: one folder per version, and which version is in use.

reads    MODELS/NAME/VERSION/{model.skops, manifest.json, card.md}, MODELS/NAME/current
writes   the same; folders 0700, files 0600, a version appears whole or not at all
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tsa_cli import __version__
from tsa_cli.atomic_file import write_bytes, write_text
from tsa_cli.config.spelling import nearest
from tsa_cli.errors import DataError
from tsa_cli.store.model_bytes import model_bytes

MODEL_FILE = "model.skops"
MANIFEST_FILE = "manifest.json"
CARD_FILE = "card.md"
CURRENT_FILE = "current"
MAX_MANIFEST_BYTES = 10_000_000

STAGED = ".new-"
LEFTOVER_SECONDS = 3_600  # a version is written in seconds; a run on another store may be at it
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class ModelVersion:
    """One trained version: where it is and what its manifest says."""

    name: str
    version: str
    folder: Path
    manifest: Mapping[str, object]


def save_version(
    root: Path,
    name: str,
    version: str,
    estimator: object,
    manifest: Mapping[str, object],
    card: str,
) -> ModelVersion:
    """
    The version as it now is on disk, in place of one of that name.

    The manifest gains `name`, `version`, `sha256` of the model file, and library versions.
    """
    folder = _folder(root, name) / _checked(version)
    _clear_leftovers(folder.parent)
    _make_private(folder.parent)
    staged = _staged(folder.parent)
    away = staged.with_name(f"{staged.name}-old")  # of what stood there, where it is replaced
    try:
        model = model_bytes(estimator)
        full = dict(manifest) | {
            "name": name,
            "version": version,
            "sha256": hashlib.sha256(model).hexdigest(),
            "libraries": library_versions(),
        }
        write_bytes(staged / MODEL_FILE, model)
        write_text(staged / CARD_FILE, card)
        write_text(staged / MANIFEST_FILE, json.dumps(full, indent=1, allow_nan=False) + "\n")
        if folder.exists():
            folder.rename(away)
        staged.rename(folder)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
        shutil.rmtree(away, ignore_errors=True)
    return read_version(root, name, version)


def _staged(folder: Path) -> Path:
    """A new folder in it, mode 0700."""
    try:
        return Path(tempfile.mkdtemp(dir=folder, prefix=STAGED))
    except OSError as error:
        raise DataError(f"{folder}: {error.strerror}", "choose a folder you may write") from None


def _clear_leftovers(folder: Path) -> None:
    """Remove what a killed run staged."""
    for staged in folder.glob(f"{STAGED}*"):
        if time.time() - staged.lstat().st_mtime > LEFTOVER_SECONDS:
            shutil.rmtree(staged, ignore_errors=True)


def read_version(root: Path, name: str, version: str | None = None) -> ModelVersion:
    """The version, by default the current one; DataError when absent or its manifest is damaged."""
    chosen = version or current_version(root, name)
    if chosen is None and (unused := list_versions(root, name)):
        raise DataError(
            f"no trained model {name!r} is in use",
            f"`tsa models promote {name} {unused[-1].version}` takes the newest",
        )
    if chosen is None:
        trained = list(dict.fromkeys(each.name for each in list_versions(root)))
        told = f"trained: {', '.join(trained)}" if trained else "none is trained yet"
        raise DataError(
            f"no trained model {name!r}{nearest(name, trained)}",
            f"{told}; `tsa train` trains those of configs/models",
        )
    folder = _folder(root, name) / _checked(chosen)
    path = folder / MANIFEST_FILE
    if not path.is_file():
        known = ", ".join(v.version for v in list_versions(root, name))
        how = f"known: {known}" if known else f"none is trained yet: run `tsa train {name}`"
        raise DataError(f"no version {chosen} of model {name}", how)
    try:
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise DataError(f"{path}: too large to be a manifest", f"run `tsa train {name}`")
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}", "check its rights and the disk") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: {error}", f"run `tsa train {name}`") from None
    if not isinstance(manifest, dict):
        raise DataError(f"{path}: not a manifest", f"run `tsa train {name}`")
    return ModelVersion(name, chosen, folder, manifest)


def promote(root: Path, name: str, version: str) -> ModelVersion:
    """The version, which is now the one in use; DataError when there is none of that name."""
    found = read_version(root, name, version)
    write_text(_folder(root, name) / CURRENT_FILE, version + "\n")
    return found


def current_version(root: Path, name: str) -> str | None:
    """The version in use; None before the first promotion."""
    path = _folder(root, name) / CURRENT_FILE
    text = path.read_text("utf-8", errors="replace").strip() if path.is_file() else ""
    return text if _NAME.fullmatch(text) else None


def is_superseded(root: Path, name: str, version: str) -> bool:
    """True when another version is in use than this one of the same folder."""
    current = current_version(root, name)
    return current not in (None, version) and (_folder(root, name) / _checked(version)).is_dir()


def list_versions(root: Path, name: str | None = None) -> list[ModelVersion]:
    """Every readable version, by name, then version (oldest training data first)."""
    return read_versions(root, name)[0]


def read_versions(
    root: Path, name: str | None = None
) -> tuple[list[ModelVersion], list[DataError]]:
    """(those versions, why each other one cannot be read)."""
    versions: list[ModelVersion] = []
    damaged: list[DataError] = []
    for place in _places(root, name):
        try:
            versions.append(read_version(root, *place))
        except DataError as error:
            damaged.append(error)
    return versions, damaged


def _places(root: Path, name: str | None) -> Iterator[tuple[str, str]]:
    """The name and version of every folder with a manifest, in order."""
    folders = [_folder(root, name)] if name else sorted(root.glob("*"))
    for folder in folders:
        if _NAME.fullmatch(folder.name):
            for path in sorted(folder.glob(f"[!.]*/{MANIFEST_FILE}")):
                yield folder.name, path.parent.name


def library_versions() -> dict[str, str]:
    """Versions of what a model file depends on."""
    from importlib.metadata import version

    libraries = {name: version(name) for name in ("scikit-learn", "skops", "numpy")}
    return libraries | {"tsa-cli": __version__}


def _folder(root: Path, name: str) -> Path:
    return root / _checked(name)


def _checked(part: str) -> str:
    """`part` as one plain path component, so that no name leads out of the folder."""
    if _NAME.fullmatch(part) is None:
        raise DataError(f"{part!r}: not a model name or version", "use letters, digits, - _ .")
    return part


def _make_private(folder: Path) -> None:
    old_mask = os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{folder}: {error.strerror}", "choose a folder you may write") from None
    finally:
        os.umask(old_mask)
