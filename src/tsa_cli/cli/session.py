"""
One invocation: where its store and its configs are, the run it is, how it prints.

reads   --db, TSA_DB, `db:` of tsa.yaml, ./tsa.duckdb; --configs, TSA_CONFIGS, ./configs, defaults
writes  runs, one row per writing command
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tsa_cli.cli import logs, moments
from tsa_cli.cli.answer import Answer
from tsa_cli.cli.formats import Format
from tsa_cli.cli.output import emit
from tsa_cli.cli.progress_bar import Progress, progress_bar
from tsa_cli.errors import UsageError

if TYPE_CHECKING:
    from tsa_cli.cli.recorded import Run
    from tsa_cli.config import Catalog
    from tsa_cli.config.tsa import TsaConfig
    from tsa_cli.privacy.field_crypto import Keys
    from tsa_cli.store import EngineSettings, Store

Result = TypeVar("Result")


@dataclass(frozen=True)
class GlobalOptions:
    """What stands before the command, wherever it was typed."""

    db: Path | None = None
    configs: Path | None = None
    is_quiet: bool = False
    verbosity: int = 0
    wait_seconds: float = 0.0
    log_format: str = "text"
    command: str = ""  # who holds the store, for others to read


class Session:
    """What every command needs to know of the invocation it serves."""

    def __init__(self, options: GlobalOptions, run_id: str | None = None) -> None:
        self.options = options
        self.run_id = run_id or new_run_id()
        self.is_dry_run = False  # what is told was not done

    @cached_property
    def catalog(self) -> "Catalog":
        """The configs in force."""
        from tsa_cli.config import open_catalog
        from tsa_cli.config.catalog import default_user_dir

        named = self.options.configs or _from_environment("TSA_CONFIGS")
        return open_catalog(named or default_user_dir())

    @cached_property
    def config(self) -> "TsaConfig":
        """configs/tsa.yaml."""
        from tsa_cli.config.tsa import TsaConfig

        return self.catalog.load(TsaConfig, "tsa.yaml")

    @cached_property
    def db(self) -> Path:
        """The store's file."""
        return self.options.db or _from_environment("TSA_DB") or Path(self.config.db)

    @property
    def db_origin(self) -> str:
        """What is over `db:` of tsa.yaml: `--db`, `TSA_DB`, or an empty text."""
        if self.options.db:
            return "--db"
        return "TSA_DB" if _from_environment("TSA_DB") else ""

    def spare_store(self, option: str, target: Path) -> None:
        """Raise UsageError when what `option` writes would replace the store or its lock."""
        real = os.path.realpath(target)
        store = os.path.realpath(self.db)
        if real in (store, f"{store}.lock", f"{store}.wal"):
            raise UsageError(f"{option} {target}: the store itself", "name another file")

    def keep_apart(self, targets: Mapping[str, Path | None]) -> None:
        """Raise UsageError when an option would write over the store, or two over one file."""
        taken: dict[str, str] = {}
        for option, target in targets.items():
            if target is None:
                continue
            self.spare_store(option, target)
            other = taken.setdefault(os.path.realpath(target), option)
            if other != option:
                raise UsageError(f"{other} and {option} name one file: {target}", "name two")

    @property
    def settings(self) -> "EngineSettings":
        """What the engine may use."""
        from tsa_cli.store import EngineSettings

        config = self.config
        return EngineSettings(config.memory_limit, config.threads, config.temp_directory)

    @contextmanager
    def reading(self) -> Iterator["Store"]:
        """The open store, unchangeable; MissingTable when there is none yet."""
        from tsa_cli.store import open_store

        wait = self.options.wait_seconds
        with open_store(
            self.db,
            "read",
            settings=self.settings,
            wait_seconds=wait,
            command=f"tsa {self.options.command}".rstrip(),
        ) as store:
            yield store

    def if_there(self, work: "Callable[[Store | None], Result]") -> Result:
        """`work` on the store, or on None where there is no store yet."""
        if not self.db.exists():
            return work(None)
        with self.reading() as store:
            return work(store)

    def writing(
        self, command: str, definition: str, *, is_dry_run: bool = False
    ) -> AbstractContextManager["Run"]:
        """The open store inside a recorded run; a dry run is rolled back and not recorded."""
        from tsa_cli.cli.recorded import recorded

        self.is_dry_run = is_dry_run
        return recorded(self, command, definition, is_dry_run=is_dry_run)

    @cached_property
    def keys(self) -> "Keys":
        """The secrets of the environment; ConfigError when one is no key."""
        from tsa_cli.privacy.field_crypto import keys_from

        return keys_from(os.environ)

    def progress(self) -> AbstractContextManager[Progress]:
        """What a step calls with how far it is."""
        return progress_bar(is_quiet=self.options.is_quiet)

    def as_of(self, store: "Store", text: str | None) -> datetime | None:
        """The asked moment, else the newest event's; None only in an empty store."""
        return moments.as_of(text, store.newest_event_ts())

    def emit(self, answer: Answer, asked: Format | None = None, out: Path | None = None) -> None:
        """Print the answer, its warnings and summary on stderr; then raise its verdict."""
        for warning in answer.warnings:
            logs.warn(warning)
        emit(answer, self.run_id, asked, out)
        if answer.summary and answer.picture is None:  # a picture says it all
            logs.summary(("dry run: " if self.is_dry_run else "") + answer.summary)
        if answer.verdict is not None:
            raise answer.verdict

    def child(self, number: int, step: str) -> "Session":
        """The session of one step of this run; its run id begins with this one's."""
        session = Session(self.options, f"{self.run_id}.{number}-{step}")
        session.__dict__.update(catalog=self.catalog, config=self.config, db=self.db)
        return session


def new_run_id() -> str:
    """A name for this invocation that sorts by time and is not guessed twice."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.urandom(3).hex()}"


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None
