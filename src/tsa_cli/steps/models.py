"""
The registry of trained models: which versions there are, what they are like, which is in use.

reads   MODELS/NAME/VERSION/{manifest.json, card.md}, MODELS/NAME/current
writes  MODELS/NAME/current (promote)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tsa_cli.store import model_files
from tsa_cli.store.model_files import CARD_FILE, ModelVersion


@dataclass(frozen=True)
class ModelRow:
    """One version; the figures are those of its hold-out."""

    model: str
    version: str
    is_current: bool
    as_of: datetime | None
    roc_auc: float | None
    pr_auc: float | None


@dataclass(frozen=True)
class ModelDetail:
    """One version with its manifest and its card (Markdown)."""

    model: str
    version: str
    is_current: bool
    manifest: Mapping[str, object]
    card: str


@dataclass(frozen=True)
class Promotion:
    """The version in use now, and the one before (None: there was none)."""

    model: str
    version: str
    previous: str | None


def listing(root: Path) -> tuple[list[ModelRow], list[str]]:
    """(every readable version, by name, then by age; what is wrong with each other one)."""
    versions, damaged = model_files.read_versions(root)
    return [_row(root, found) for found in versions], [error.message for error in damaged]


def one(root: Path, name: str, version: str | None) -> ModelDetail:
    """The version, by default the one in use; DataError when there is none."""
    found = model_files.read_version(root, name, version)
    card = found.folder / CARD_FILE
    text = card.read_text(encoding="utf-8") if card.is_file() else ""
    current = model_files.current_version(root, name)
    return ModelDetail(name, found.version, found.version == current, found.manifest, text)


def promote(root: Path, name: str, version: str, *, is_dry_run: bool = False) -> Promotion:
    """Put a version into use; DataError, and no change, when there is none of that name."""
    previous = model_files.current_version(root, name)
    if is_dry_run:
        found = model_files.read_version(root, name, version)
    else:
        found = model_files.promote(root, name, version)
    return Promotion(name, found.version, previous)


def _row(root: Path, found: ModelVersion) -> ModelRow:
    figures = found.manifest.get("figures")
    held = figures.get("holdout") if isinstance(figures, Mapping) else None
    as_of = found.manifest.get("as_of")
    return ModelRow(
        model=found.name,
        version=found.version,
        is_current=found.version == model_files.current_version(root, found.name),
        as_of=datetime.fromisoformat(as_of) if isinstance(as_of, str) else None,
        roc_auc=_figure(held, "roc_auc"),
        pr_auc=_figure(held, "pr_auc"),
    )


def _figure(held: object, key: str) -> float | None:
    value = held.get(key) if isinstance(held, Mapping) else None
    return float(value) if isinstance(value, (int, float)) else None
