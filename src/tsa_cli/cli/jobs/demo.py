"""
The whole product on its sample data, in a folder of its own.

reads   the sample data of the package
writes  DIR/events/, DIR/tsa.duckdb, DIR/models/, DIR/audiences/; a second time, nothing new
"""

import os
import shutil
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from tsa_cli.cli.session import Session
from tsa_cli.errors import DataError, UsageError

if TYPE_CHECKING:
    from tsa_cli.config.tsa import PipelineStep

EVENTS = "events"
NAMES = {"ingest": [EVENTS], "funnel": ["booking"], "journey": ["pages"]}
_ENDINGS = (".jsonl", ".parquet")


def session_of_its_own(session: Session, folder: Path) -> Session:
    """
    The session of a demo in `folder`, which becomes the working folder.

    Its store is DIR/tsa.duckdb, whatever TSA_DB and tsa.yaml say: invented events do not belong
    among a shop's own. Its configs are those that were named, else DIR/configs, else the defaults.
    """
    from tsa_cli.config.catalog import defaults_dir

    own, named = folder / "configs", session.options.configs or os.environ.get("TSA_CONFIGS")
    chosen = named or (own if own.is_dir() else defaults_dir())
    configs = Path(chosen).absolute()
    store = session.options.db or Path("tsa.duckdb")
    return Session(replace(session.options, db=store, configs=configs), session.run_id)


def enter(folder: Path, *, is_dry_run: bool = False) -> None:
    """
    Make `folder` a demo and the working folder; UsageError when it holds something else.

    The store and the files of models and audiences are then written where the user looks.
    """
    is_new = not folder.exists() or not any(folder.iterdir())
    if not is_new and not (folder / EVENTS).is_dir():
        raise UsageError(f"{folder}: not empty, and no demo", "name a new folder: tsa demo DIR")
    if is_dry_run:
        return
    try:
        (folder / EVENTS).mkdir(parents=True, exist_ok=True)
        for source in _sample_files():
            target = folder / EVENTS / source.name
            if not target.exists():
                shutil.copyfile(source, target)
        os.chdir(folder)
    except OSError as error:
        raise DataError(f"{folder}: {error.strerror}", "choose a folder you may write to") from None


def steps(pipeline: "list[PipelineStep]") -> "list[PipelineStep]":
    """The pipeline on the sample data, with one report of each kind."""
    return [
        step.model_copy(update={"names": NAMES.get(step.step, step.names)}) for step in pipeline
    ]


def _sample_files() -> list[Path]:
    inside = Path(str(resources.files("tsa_cli"))) / "sample_data"
    beside = Path(__file__).resolve().parents[4] / "sample_data"
    folder = inside if inside.is_dir() else beside
    found = [path for path in sorted(folder.glob("*")) if path.suffix in _ENDINGS]
    if not found:
        raise DataError("the sample data is not installed", "tsa generate --out events makes some")
    return found
