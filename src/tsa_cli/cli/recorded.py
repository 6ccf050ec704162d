"""
A writing command is a run: when it began and ended, on what, how.

writes  runs (run_id, command, started_at, ended_at, status, exit_code, definition, counts)
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tsa_cli.cli.plain import plain
from tsa_cli.errors import BreachError, DataError, MissingTable, TsaError
from tsa_cli.interrupts import exit_code_of_signal, is_interruption, left_alone, let_clean_up
from tsa_cli.store import Store, has_store, open_store

if TYPE_CHECKING:
    from tsa_cli.cli.session import Session

INTERRUPTED = 130
INTERNAL = 4
CREATOR = "ingest"  # the one command that makes a store


@dataclass
class Run:
    """A run under way; the command notes here what the `runs` table shall say of it."""

    store: Store
    run_id: str
    definition: str
    counts: dict[str, object] = field(default_factory=dict)
    verdict: TsaError | None = None  # the work is done, but the exit code is not 0

    def note(self, counts: Mapping[str, object]) -> None:
        """Keep the numbers (and only the numbers) of a result for the `runs` table."""
        self.counts |= {k: v for k, v in counts.items() if isinstance(v, (int, float, bool, str))}


class _RolledBack(Exception):
    """Ends a dry run's transaction."""


@contextmanager
def recorded(
    session: "Session", command: str, definition: str, *, is_dry_run: bool
) -> Iterator[Run]:
    """
    The open store inside a row of `runs`, which says `failed` and the exit code when it fails.

    A dry run happens in a transaction that is rolled back; without a store, in a throw-away one.
    Raises MissingTable where there is no store and the command is not the one that makes it.
    """
    if command != CREATOR and not has_store(session.db):  # a typo in --db must not make a store
        raise MissingTable(f"{session.db}: no store here yet", "run `tsa ingest PATH` first")
    wait = session.options.wait_seconds
    with (
        _place(session.db, is_dry_run=is_dry_run) as path,
        open_store(
            path, "write", settings=session.settings, wait_seconds=wait, command=f"tsa {command}"
        ) as store,
    ):
        run = Run(store, session.run_id, definition)
        if is_dry_run:
            with suppress(_RolledBack), store.transaction():
                yield run
                raise _RolledBack
            return
        _start(store, session.run_id, command, definition, now())
        status, code = "failed", INTERNAL
        try:
            yield run
            status, code = _ending(run.verdict)
        except BaseException as error:
            code = _code_of(error)
            let_clean_up(error)
            raise
        finally:
            with suppress(DataError):  # a full disk must not hide the first error
                _end(store, session.run_id, status, code, run.counts)


def record_finished(
    session: "Session",
    command: str,
    started_at: datetime,
    verdict: TsaError | None,
    counts: Mapping[str, object],
) -> None:
    """A row for a run whose steps have rows of their own; none where there is no store."""
    wait = session.options.wait_seconds
    _record(session, command, started_at, _ending(verdict), counts, wait)


def record_broken_off(
    session: "Session",
    command: str,
    started_at: datetime,
    error: BaseException,
    counts: Mapping[str, object],
) -> None:
    """The same of a run that `error` or a signal ends; no row where none can be written at once."""
    with suppress(TsaError), left_alone():
        _record(session, command, started_at, ("failed", _code_of(error)), counts, 0)


def _record(
    session: "Session",
    command: str,
    started_at: datetime,
    ending: tuple[str, int],
    counts: Mapping[str, object],
    wait_seconds: float,
) -> None:
    if not has_store(session.db):
        return
    with open_store(
        session.db, "write", settings=session.settings, wait_seconds=wait_seconds
    ) as store:
        _start(store, session.run_id, command, "", started_at)
        _end(store, session.run_id, *ending, counts)


def _code_of(error: BaseException) -> int:
    """The exit code of a run that `error` ends; after a signal every error is the signal's."""
    if code := exit_code_of_signal():
        return code
    if isinstance(error, KeyboardInterrupt) or is_interruption(error):
        return INTERRUPTED
    return error.exit_code if isinstance(error, TsaError) else INTERNAL


def _ending(verdict: TsaError | None) -> tuple[str, int]:
    """(status, exit code) of a run that came to its end."""
    if verdict is None:
        return "done", 0
    return ("breached" if isinstance(verdict, BreachError) else "failed"), verdict.exit_code


@contextmanager
def _place(db: Path, *, is_dry_run: bool) -> Iterator[Path]:
    """The store's file; for a dry run without a store, one in a folder that is removed."""
    if not is_dry_run or db.exists():
        yield db
        return
    with tempfile.TemporaryDirectory(prefix="tsa-dry-run-") as folder:
        yield Path(folder) / db.name


def _start(store: Store, run_id: str, command: str, definition: str, started_at: datetime) -> None:
    store.execute(
        "0_store/run_started.sql",
        run_id=run_id,
        command=command,
        started_at=started_at,
        definition=definition,
    )


def _end(store: Store, run_id: str, status: str, code: int, counts: Mapping[str, object]) -> None:
    store.execute(
        "0_store/run_ended.sql",
        run_id=run_id,
        ended_at=now(),
        status=status,
        exit_code=code,
        counts=json.dumps(plain(counts)),
    )


def now() -> datetime:
    """The wall clock, naive UTC: only `runs` and ledgers may know it."""
    return datetime.now(UTC).replace(tzinfo=None)
