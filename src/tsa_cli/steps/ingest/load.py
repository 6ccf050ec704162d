"""
A file into the store, or several small ones, in one transaction, every line accounted for.

A file with known ids is read again, to keep their rows apart.

reads   the normalised relation of the file, raw_events (ids), the lookups
writes  raw_events, the lookups; and what finish.py writes
source  definitions D2 (duplicates and conflicts), D4 (quarantine)
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from tsa_cli.errors import TsaError
from tsa_cli.privacy.field_crypto import Keys
from tsa_cli.steps.ingest.file_to_load import FileToLoad, read_rows
from tsa_cli.steps.ingest.finish import Finisher
from tsa_cli.steps.ingest.insert_events import (
    LATEST_TRUSTED_TS,
    ClockIsOff,
    insert_events,
)
from tsa_cli.steps.ingest.kept_keys import KeptKeys
from tsa_cli.steps.ingest.known_ids import KnownIds, known_ids_among, known_ids_of, repeated_ids_of
from tsa_cli.steps.ingest.loads import Loads
from tsa_cli.steps.ingest.relation import trusting
from tsa_cli.steps.ingest.report import FileReport
from tsa_cli.steps.ingest.rows import Told
from tsa_cli.steps.ingest.settings import Policies
from tsa_cli.steps.ingest.unseen_keys import UnseenKeyError
from tsa_cli.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

CLOCK_IS_OFF = "most of its lines lie ahead of this machine's clock; they were taken as they are"


class _RepeatedIds(Exception):
    """The first load of a store turned out to repeat ids; it is taken back and done with care."""

    def __init__(self, ids: KnownIds) -> None:
        super().__init__(f"{len(ids.all)} ids")
        self.ids = ids


class _DryRun(Exception):
    """Takes a file back after it was counted."""

    def __init__(self, report: FileReport) -> None:
        super().__init__(report.path)
        self.report = report


@dataclass(frozen=True)
class Loader:
    """What loading any file needs."""

    store: Store
    policies: Policies
    keys: Keys
    run_id: str
    is_dry_run: bool = False
    kept_keys: KeptKeys = field(default_factory=KeptKeys, repr=False)

    @cached_property
    def _finisher(self) -> Finisher:
        return Finisher(self.store, self.policies, self.keys, self.run_id, self.kept_keys)

    def load(self, file: FileToLoad, release: Mapping[str, object] | None = None) -> FileReport:
        """
        The counts of a file that is now in the store, whole.

        `release` names the quarantined lines that the file is made of; they leave the quarantine
        in the same transaction. Raises DataError, and leaves the store as it was, when most of
        the file is no event, UnseenKeyError when it has keys that its sample did not show.
        """
        try:
            report = self._load(file, release)
        except ClockIsOff:
            ahead = (LATEST_TRUSTED_TS - self.policies.now_ts).total_seconds()
            trusted = replace(file, relation=trusting(file.relation, ahead), rows=None)
            report = self._load(trusted, release)
            report = replace(report, warning=f"{file.name}: {CLOCK_IS_OFF}")
        if not self.is_dry_run:
            self.kept_keys.are_stored()
        return report

    @contextmanager
    def together(
        self, whole: FileToLoad, files: Sequence[FileToLoad]
    ) -> Iterator[list[FileReport]]:
        """
        The counts of small files, which are in the store, each whole, when the block has ended.

        `whole` has the rows of all, none of which has an id that is known. What one of the files
        raises, or the block, leaves the store as it was before all of them.
        """
        with self.store.transaction():
            loads = self._next_loads(files)
            told = self._insert(whole, loads, None, whole.rows)
            yield self._finisher.finish(files, loads, told)
        self.kept_keys.are_stored()

    def _load(self, file: FileToLoad, release: Mapping[str, object] | None) -> FileReport:
        # A small file is read at once, which tells what it repeats before anything is inserted.
        try:
            if not (file.is_small or self.store.value("1_events/has_events.sql")):
                try:
                    return self._in_transaction(self._load_into_empty, file, release)
                except _RepeatedIds as repeated:
                    ids = repeated.ids
                    return self._in_transaction(
                        lambda again: self._load_knowing(again, ids), file, release
                    )
            return self._in_transaction(self._load_into_filled, file, release)
        except _DryRun as dry:
            return dry.report

    def _in_transaction(
        self,
        load: Callable[[FileToLoad], FileReport],
        file: FileToLoad,
        release: Mapping[str, object] | None,
    ) -> FileReport:
        with self.store.transaction():
            if release is not None:
                self.store.execute("1_events/quarantine_release.sql", **release)
            if self.is_dry_run:
                raise _DryRun(self._taken_back(load, file))
            return load(file)

    def _taken_back(self, load: Callable[[FileToLoad], FileReport], file: FileToLoad) -> FileReport:
        """What `load` reports; when it fails, its rows go: a dry run is one transaction for all."""
        load_id = self.store.count("1_events/next_load_id.sql")
        try:
            return load(file)
        except (TsaError, _RepeatedIds, ClockIsOff, UnseenKeyError):
            self.store.execute("1_events/forget_load.sql", load_id=load_id)
            raise

    def _load_into_empty(self, file: FileToLoad) -> FileReport:
        """No id is known yet: insert first, then see that none came twice."""
        loads = self._next_loads([file])
        told = self._insert(file, loads)
        repeated = repeated_ids_of(self.store, loads.first_id, told.event_count)
        if len(repeated.all):  # raw_events is append-only: nothing is deleted, all is taken back
            raise _RepeatedIds(repeated)
        return self._finisher.finish([file], loads, told)[0]

    def _load_into_filled(self, file: FileToLoad) -> FileReport:
        if not file.is_small:
            may_refuse = self.policies.plan.refuses
            known_ids = known_ids_of(
                self.store, file.relation, batch_rows=file.batch_rows, may_refuse=may_refuse
            )
            return self._load_knowing(file, known_ids)
        rows = read_rows(self.store, file.relation) if file.rows is None else file.rows
        return self._load_knowing(file, known_ids_among(self.store, rows), rows)

    def _load_knowing(
        self,
        file: FileToLoad,
        known_ids: KnownIds,
        read: "pa.Table | None" = None,
    ) -> FileReport:
        loads = self._next_loads([file])
        told = self._insert(file, loads, known_ids, read)
        return self._finisher.finish([file], loads, told)[0]

    def _next_loads(self, files: Sequence[FileToLoad]) -> Loads:
        first_id = self.store.count("1_events/next_load_id.sql")
        return Loads(first_id, [file.row_count for file in files])

    def _insert(
        self,
        file: FileToLoad,
        loads: Loads,
        known_ids: KnownIds | None = None,
        read: "pa.Table | None" = None,
    ) -> Told:
        return insert_events(
            self.store, self.policies, file, loads, known_ids, read,
            kept_keys=self.kept_keys, is_dry_run=self.is_dry_run,
        )  # fmt: skip
