"""
Models trained, and everyone scored by the current version of each.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs.window import Asked, behind, nobody_yet, span
from tsa_cli.cli.plain import Plain, plain
from tsa_cli.cli.session import Session
from tsa_cli.errors import DataError
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    import polars

    from tsa_cli.config.models import ModelConfig
    from tsa_cli.store import Store

    Snapshot = Callable[[datetime], polars.DataFrame]

FOLDER = Path("models")


def train(
    session: Session,
    names: list[str],
    asked: Asked | None = None,
    folder: Path = FOLDER,
    *,
    is_dry_run: bool = False,
) -> Answer:
    """What `tsa train` answers; a model with too little data does not stop the others."""
    from tsa_cli.cli.pictures.training import picture
    from tsa_cli.config import definition_hash
    from tsa_cli.config.events import EventsConfig
    from tsa_cli.steps import train as step

    configs = definitions(session, names)
    aliases = session.catalog.load(EventsConfig, "events.yaml").canonical_names()
    definition = definition_hash(*configs.values())
    results: list[dict[str, Plain]] = []
    with session.writing("train", definition, is_dry_run=is_dry_run) as run:
        as_of = span(run.store, asked or Asked()).as_of
        warnings = behind(session, run.store)
        snapshot = snapshot_of_today(session, run.store)
        for name, config in configs.items():
            request = step.Request(name, config, snapshot, as_of, folder, aliases, is_dry_run)
            try:
                result = step.run(run.store, request)
            except DataError as error:
                run.verdict = error
                continue
            results.append({key: plain(value) for key, value in vars(result).items()})
            warnings += [f"{name}: {told}" for told in result.warnings]
            run.note({name: result.version})
    data = plain(results)
    return Answer(
        "train",
        data,
        rows=[_figures(result) for result in results],
        picture=lambda width: picture(data, width),
        as_of=as_of,
        definition=definition,
        warnings=warnings,
        summary="; ".join(f"{r['model']} {r['version']}: {r['status']}" for r in results),
        verdict=run.verdict,
    )


def score(
    session: Session,
    names: list[str],
    asked: Asked | None = None,
    folder: Path = FOLDER,
    *,
    is_dry_run: bool = False,
) -> Answer:
    """What `tsa score` answers; `user_scores` holds the new scores by then."""
    from tsa_cli.config import definition_hash
    from tsa_cli.steps import score as step

    configs = definitions(session, names)
    definition = definition_hash(*configs.values())
    results = []
    with session.writing("score", definition, is_dry_run=is_dry_run) as run:
        asked = asked or Asked()
        as_of = span(run.store, asked).as_of
        warnings = behind(session, run.store)
        snapshot = snapshot_of_then(session, run.store, is_default=asked.as_of is None)
        for name, config in configs.items():
            try:
                request = step.Request(name, config, snapshot, as_of, folder)
                results.append(step.run(run.store, request))
            except DataError as error:
                run.verdict = error
                continue
            run.note({name: results[-1].users})
        if results and not any(result.users for result in results):
            warnings += nobody_yet(run.store, as_of)
    return Answer(
        "score",
        results,
        rows=[{**vars(r), **r.bands} for r in results],
        shown=["model", "version", "users", "mean_probability", *_bands(configs)],
        as_of=as_of,
        definition=definition,
        warnings=warnings,
        summary="; ".join(f"{r.model}: {quantity(r.users, 'user')} scored" for r in results),
        verdict=run.verdict,
    )


def definitions(session: Session, names: list[str]) -> "dict[str, ModelConfig]":
    """The asked models in force, or all of them, by name."""
    from tsa_cli.config.models import ModelConfig

    return dict(session.catalog.entries(ModelConfig, "models", names))


def snapshot_of_today(session: Session, store: "Store") -> "Snapshot":
    """
    What makes the features of a cut-off, of today's users: steps never call each other.

    Who they were to become is what joins a label to them.
    """
    from tsa_cli.cli.jobs.features import input_of
    from tsa_cli.steps import features as step

    config = input_of(session.catalog)
    return lambda moment: step.snapshot(store, config, moment)


def snapshot_of_then(session: Session, store: "Store", *, is_default: bool) -> "Snapshot":
    """What makes the users and features of `tsa features`; by default the newest event counts."""
    from tsa_cli.cli.jobs.features import input_of
    from tsa_cli.steps import features as step

    config = input_of(session.catalog)
    return lambda moment: step.snapshot(store, config, None if is_default else moment, "then")


def _figures(result: dict[str, Plain]) -> dict[str, object]:
    """The hold-out's figures in one flat row."""
    figures = result.get("figures")
    held = figures.get("holdout") if isinstance(figures, dict) else None
    flat: dict[str, object] = {k: v for k, v in result.items() if k != "figures"}
    for key, value in held.items() if isinstance(held, dict) else ():
        flat[key] = value.get("value") if isinstance(value, dict) else value
    return flat


def _bands(configs: "dict[str, ModelConfig]") -> list[str]:
    return list(dict.fromkeys(band for config in configs.values() for band in config.bands))
