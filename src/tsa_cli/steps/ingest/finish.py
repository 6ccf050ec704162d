"""
What a load does once its events are stored: people, visits, the quarantine, the plan, the ledger.

reads   held rows (encoded), quarantined_events
writes  user_traits, consent_events, session_devices, quarantined_events, plan_results,
        plan_violations, ingested_files; raw_events, of rows whose id is known
source  definitions D2 (duplicates and conflicts), D4 (quarantine)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.privacy.field_crypto import Keys
from tsa_cli.steps.ingest import plan, quarantine_rows, read_again, repeats
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.grown import counted_in
from tsa_cli.steps.ingest.kept_keys import KeptKeys
from tsa_cli.steps.ingest.loads import Loads
from tsa_cli.steps.ingest.logins import keep_visits_whole
from tsa_cli.steps.ingest.nature import doubt
from tsa_cli.steps.ingest.personal import KnownTraits, store_people
from tsa_cli.steps.ingest.quarantine_rows import DETAILS, Quarantined
from tsa_cli.steps.ingest.report import FileReport
from tsa_cli.steps.ingest.rows import Told
from tsa_cli.steps.ingest.settings import Policies
from tsa_cli.store import Store, fragment_of


@dataclass(frozen=True)
class _Loaded:
    """What the rows of a file became; conflicts are among the quarantined."""

    inserted: int
    duplicate: int
    faults: list[Quarantined]
    conflicts: list[Quarantined]


@dataclass(frozen=True)
class Finisher:
    """Ends the loads of one run."""

    store: Store
    policies: Policies
    keys: Keys
    run_id: str
    kept_keys: KeptKeys = field(repr=False)
    known_traits: KnownTraits = field(default_factory=dict, repr=False)

    @cached_property
    def _cleaner(self) -> Cleaner:
        return Cleaner(self.policies.privacy, self.keys)

    def finish(self, files: Sequence[FileToLoad], loads: Loads, told: Told) -> list[FileReport]:
        """
        A report of each of the files, of whose rows the events are stored.

        Raises DataError and OtherFormatError when a file is none of events after all.
        """
        store = self.store
        if told.people:
            import pyarrow as pa

            spoken = pa.concat_tables(told.people)
            told.people.clear()
            with store.lent("streamed_people", spoken):
                people = fragment_of("1_events/lent_people.sql")
                store_people(store, people, self._cleaner, self.known_traits, len(spoken))
        placed = self._placed(files, loads, told)
        if keep_visits_whole(store, loads.first_id, told.device_sessions):
            self.kept_keys.forget()  # there are actors that they do not know
        reports = [
            self._close(file, load_id, loaded)
            for load_id, (file, loaded) in enumerate(
                zip(files, placed, strict=True), loads.first_id
            )
        ]
        plan.record(store, self.policies.plan, loads.first_id, told.judged)
        self._record(files, reports, loads.first_id)
        return reports

    def _placed(self, files: Sequence[FileToLoad], loads: Loads, told: Told) -> list[_Loaded]:
        """Where the rows of each file are: most were inserted at once, each other has a reason."""
        by_file = loads.by_load(told.faults)
        placed = [
            _Loaded(told.events[load_id], 0, self._explained(file, faults), [])
            for load_id, (file, faults) in enumerate(
                zip(files, by_file, strict=True), loads.first_id
            )
        ]
        if told.held:  # of a file that is loaded by itself
            placed = [self._repeats(files[0], told, placed[0].faults)]
        return placed

    def _explained(self, file: FileToLoad, faults: Mapping[int, str]) -> list[Quarantined]:
        tsa = self.policies.tsa
        lines = file.lines_of_rows(list(faults))
        return [
            quarantine_rows.explained(line, reason, tsa.max_line_bytes, tsa.max_depth)
            for line, reason in zip(lines, faults.values(), strict=True)
        ]

    def _repeats(self, file: FileToLoad, told: Told, faults: list[Quarantined]) -> _Loaded:
        """Rows whose id is known: the first is an event, the others repeat or contradict it."""
        store = self.store
        placeholders = self.policies.identity.placeholder_texts()
        cleaner = Cleaner(self.policies.privacy)
        sorted_out = repeats.sort_out(store, told.held, cleaner, placeholders, file.delivery)
        judge = plan.Judge(self.policies.plan, self.policies.privacy.is_personal)
        told.judged += judge.judged(store, repeats.documents())
        people = fragment_of("1_events/known_people.sql")
        store_people(store, people, self._cleaner, self.known_traits, sorted_out.inserted)
        conflicts = [
            Quarantined(line, "id_conflict", DETAILS["id_conflict"])
            for line in file.lines_of_rows(sorted_out.conflicts)
        ]
        inserted = told.event_count + sorted_out.inserted
        return _Loaded(inserted, sorted_out.duplicate, faults, conflicts)

    def _close(self, file: FileToLoad, load_id: int, loaded: _Loaded) -> FileReport:
        """The report of a file whose events are stored; what it has else is quarantined by then."""
        store = self.store
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
        return report

    def _record(
        self, files: Sequence[FileToLoad], reports: Sequence[FileReport], first_id: int
    ) -> None:
        """A row for each file in the ledger."""
        import polars as pl

        rows = [
            {
                "load_id": load_id, "run_id": self.run_id, "path": file.name,
                "absolute_path": file.absolute, "source": file.source_name, "sha256": file.sha256,
                "size_bytes": file.size_bytes, "left_bytes": file.left_bytes,
                "status": "ingested", "read_count": report.read, "inserted_count": report.inserted,
                "duplicate_count": report.duplicate, "conflict_count": report.conflict,
                "rejected_count": report.rejected, "ingested_at": self.policies.now_ts,
            }
            for load_id, (file, report) in enumerate(zip(files, reports, strict=True), first_id)
        ]  # fmt: skip
        texts = {"absolute_path": pl.String}
        self.store.insert("ingested_files", pl.DataFrame(rows, schema_overrides=texts))
