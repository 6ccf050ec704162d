"""
One file into the store, in one transaction, every line accounted for.

A file with known ids is read again, to keep their rows apart.

reads   the normalised relation of the file, raw_events (ids), the lookups
writes  raw_events, the lookups, quarantined_events, ingested_files, user_traits, consent_events,
        session_devices, plan_results, plan_violations
source  definitions D2 (duplicates and conflicts), D4 (quarantine)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from tsa_cli.errors import TsaError
from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.privacy.field_crypto import Keys
from tsa_cli.steps.ingest import plan, quarantine_rows, read_again, repeats
from tsa_cli.steps.ingest.file_to_load import FileToLoad, read_rows
from tsa_cli.steps.ingest.grown import counted_in
from tsa_cli.steps.ingest.insert_events import (
    LATEST_TRUSTED_TS,
    ClockIsOff,
    insert_events,
)
from tsa_cli.steps.ingest.kept_keys import KeptKeys
from tsa_cli.steps.ingest.known_ids import KnownIds, known_ids_among, known_ids_of, repeated_ids_of
from tsa_cli.steps.ingest.logins import keep_visits_whole
from tsa_cli.steps.ingest.nature import doubt
from tsa_cli.steps.ingest.personal import KnownTraits, store_people
from tsa_cli.steps.ingest.quarantine_rows import DETAILS, Quarantined
from tsa_cli.steps.ingest.relation import trusting
from tsa_cli.steps.ingest.report import FileReport
from tsa_cli.steps.ingest.rows import Told
from tsa_cli.steps.ingest.settings import Policies
from tsa_cli.steps.ingest.unseen_keys import UnseenKeyError
from tsa_cli.store import Store, fragment_of

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
class _Loaded:
    """What the rows of a file became; conflicts are among the quarantined."""

    inserted: int
    duplicate: int
    faults: list[Quarantined]
    conflicts: list[Quarantined]


@dataclass(frozen=True)
class Loader:
    """What loading any file needs."""

    store: Store
    policies: Policies
    keys: Keys
    run_id: str
    is_dry_run: bool = False
    known_traits: KnownTraits = field(default_factory=dict, repr=False)
    kept_keys: KeptKeys = field(default_factory=KeptKeys, repr=False)

    @cached_property
    def _cleaner(self) -> Cleaner:
        return Cleaner(self.policies.privacy, self.keys)

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
        load_id = self.store.count("1_events/next_load_id.sql")
        told = self._insert(file, load_id)
        repeated = repeated_ids_of(self.store, load_id, told.event_count)
        if len(repeated.all):  # raw_events is append-only: nothing is deleted, all is taken back
            raise _RepeatedIds(repeated)
        return self._finish(file, load_id, told)

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
        load_id = self.store.count("1_events/next_load_id.sql")
        told = self._insert(file, load_id, known_ids, read)
        return self._finish(file, load_id, told)

    def _insert(
        self,
        file: FileToLoad,
        load_id: int,
        known_ids: KnownIds | None = None,
        read: "pa.Table | None" = None,
    ) -> Told:
        return insert_events(
            self.store, self.policies, file, load_id, known_ids, read,
            kept_keys=self.kept_keys, is_dry_run=self.is_dry_run,
        )  # fmt: skip

    def _finish(self, file: FileToLoad, load_id: int, told: Told) -> FileReport:
        store = self.store
        if told.people:
            import pyarrow as pa

            spoken = pa.concat_tables(told.people)
            told.people.clear()
            with store.lent("streamed_people", spoken):
                people = fragment_of("1_events/lent_people.sql")
                store_people(store, people, load_id, self._cleaner, self.known_traits, len(spoken))
        loaded = self._judged(file, load_id, told)
        if keep_visits_whole(store, load_id, told.device_sessions):
            self.kept_keys.forget()  # there are actors that they do not know
        ahead = [Quarantined(r.line, str(r.verdict.reason), r.verdict.detail) for r in file.refused]
        of_rows = FileReport(
            file.name, "ingested", file.row_count + len(ahead), loaded.inserted, loaded.duplicate,
            len(loaded.conflicts), len(loaded.faults) + len(ahead), file.source_name, file.detail,
            file.left_bytes,
        )  # fmt: skip
        report = counted_in(file.before, of_rows)
        report.assert_conserved()
        if not file.is_replay:
            reasons = [held.reason for held in (*ahead, *loaded.faults)]
            doubt(file.nature, report, self.policies.tsa.max_file_rejected, reasons)
        refused = [*ahead, *loaded.faults, *loaded.conflicts]
        read_again.let_go(store, file, of_rows, refused, self._cleaner)
        quarantine_rows.write(
            store, refused, source_file=file.name, absolute_path=file.absolute,
            source=file.source_name, load_id=load_id,
            ingested_at=self.policies.now_ts, clean=self._cleaner.lines,
        )  # fmt: skip
        plan.record(store, self.policies.plan, load_id, told.judged)
        self._record(file, report, load_id, self.policies.now_ts)
        return report

    def _judged(self, file: FileToLoad, load_id: int, told: Told) -> _Loaded:
        """Where the rows are that were not inserted at once, each for its own reason."""
        tsa = self.policies.tsa
        faults = [
            quarantine_rows.explained(line, reason, tsa.max_line_bytes, tsa.max_depth)
            for line, reason in zip(
                file.lines_of_rows(list(told.faults)), told.faults.values(), strict=True
            )
        ]
        if not told.held:
            return _Loaded(told.event_count, 0, faults, [])
        return self._repeats(file, load_id, told, faults)

    def _repeats(
        self, file: FileToLoad, load_id: int, told: Told, faults: list[Quarantined]
    ) -> _Loaded:
        """Rows whose id is known: the first is an event, the others repeat or contradict it."""
        store = self.store
        placeholders = self.policies.identity.placeholder_texts()
        cleaner = Cleaner(self.policies.privacy)
        sorted_out = repeats.sort_out(
            store, told.held, load_id, cleaner, placeholders, file.delivery
        )
        judge = plan.Judge(self.policies.plan, self.policies.privacy.is_personal)
        told.judged += judge.judged(store, repeats.documents())
        people = fragment_of("1_events/known_people.sql")
        store_people(store, people, load_id, self._cleaner, self.known_traits, sorted_out.inserted)
        conflicts = [
            Quarantined(line, "id_conflict", DETAILS["id_conflict"])
            for line in file.lines_of_rows(sorted_out.conflicts)
        ]
        inserted = told.event_count + sorted_out.inserted
        return _Loaded(inserted, sorted_out.duplicate, faults, conflicts)

    def _record(
        self, file: FileToLoad, report: FileReport, load_id: int, ingested_at: datetime
    ) -> None:
        self.store.execute(
            "1_events/record_file.sql", load_id=load_id, run_id=self.run_id, path=file.name,
            absolute_path=file.absolute, source=file.source_name, sha256=file.sha256,
            size_bytes=file.size_bytes,
            left_bytes=file.left_bytes, read_count=report.read, inserted_count=report.inserted,
            duplicate_count=report.duplicate, conflict_count=report.conflict,
            rejected_count=report.rejected, ingested_at=ingested_at,
        )  # fmt: skip
