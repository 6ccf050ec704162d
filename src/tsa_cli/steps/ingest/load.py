"""
One file into the store, in one transaction, every line accounted for.

The common case is one parallel insert and a proof by count. Only when the counts differ is the
file read a second time, in order, for the rows that are no events or whose id is known.

reads   the normalised relation of the file, raw_events (ids)
writes  raw_events, quarantined_events, ingested_files, user_traits, consent_events, plan_*
source  definitions D2 (duplicates and conflicts), D4 (quarantine)
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tsa_cli.errors import DataError, TsaError
from tsa_cli.privacy.field_crypto import Keys
from tsa_cli.steps.ingest import plan, quarantine_rows
from tsa_cli.steps.ingest.lines_file import Line, Refused
from tsa_cli.steps.ingest.personal import cleaned_line, store_people
from tsa_cli.steps.ingest.quarantine_rows import DETAILS, Quarantined
from tsa_cli.steps.ingest.relation import Policies, Relation
from tsa_cli.steps.ingest.report import FileReport
from tsa_cli.store import Fragment, Store, fragment_of

FEWEST_LINES_TO_DOUBT = 100
LATEST_TRUSTED_TS = datetime(2100, 1, 1)
CLOCK_IS_OFF = "most of its lines lie ahead of this machine's clock; they were taken as they are"
_ALL_EVENTS = Fragment("is_event")
_FIRST_REPEATS = Fragment("ordinal in (select ordinal from repeats where is_first)")
_EXACT_ROWS = Fragment("select * from exact_rows")


class _RepeatedIds(Exception):
    """The first load of a store turned out to repeat ids; it is taken back and done with care."""


class _ClockIsOff(Exception):
    """Most of a file lies ahead of this machine's clock: it is the clock that is wrong."""


class _DryRun(Exception):
    """Takes a file back after it was counted."""

    def __init__(self, report: FileReport) -> None:
        super().__init__(report.path)
        self.report = report


@dataclass(frozen=True)
class FileToLoad:
    """A file as the loader needs it: its rows, its lines by ordinal, what was refused before."""

    name: str
    source_name: str
    sha256: str
    size_bytes: int
    left_bytes: int
    relation: Relation
    row_count: int
    refused: list[Refused]
    lines_of_rows: Callable[[list[int]], Iterable[Line]]
    detail: str
    event_names: Mapping[str, str]  # as sent → canonical
    is_replay: bool = False


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

    def load(self, file: FileToLoad, release: Mapping[str, object] | None = None) -> FileReport:
        """
        The counts of a file that is now in the store, whole.

        `release` names the quarantined lines that the file is made of; they leave the quarantine
        in the same transaction. Raises DataError, and leaves the store as it was, when most of
        the file is no event.
        """
        try:
            return self._load(file, release)
        except _ClockIsOff:
            ahead = (LATEST_TRUSTED_TS - self.policies.now_ts).total_seconds()
            trusted = replace(file, relation=file.relation.trusting(ahead))
            report = self._load(trusted, release)
            return replace(report, warning=f"{file.name}: {CLOCK_IS_OFF}")

    def _load(self, file: FileToLoad, release: Mapping[str, object] | None) -> FileReport:
        try:
            if not self.store.value("1_events/has_events.sql"):
                try:
                    return self._in_transaction(self._load_into_empty, file, release)
                except _RepeatedIds:
                    pass
            return self._in_transaction(self._load_knowing_ids, file, release)
        except _DryRun as dry:
            return dry.report

    def _in_transaction(
        self,
        load: Callable[[FileToLoad], FileReport],
        file: FileToLoad,
        release: Mapping[str, object] | None,
    ) -> FileReport:
        import polars

        names = polars.DataFrame(
            {"raw_name": list(file.event_names), "event_type": list(file.event_names.values())},
            schema={"raw_name": polars.String, "event_type": polars.String},
        )
        with self.store.lent("event_names", names), self.store.transaction():
            if release is not None:
                self.store.execute("1_events/quarantine_release.sql", **release)
            report = load(file)
            if self.is_dry_run:
                raise _DryRun(report)
        return report

    def _load_into_empty(self, file: FileToLoad) -> FileReport:
        """No id is known yet: insert first, then see that none came twice."""
        load_id = self.store.count("1_events/next_load_id.sql")
        inserted = self._insert(file, load_id, _ALL_EVENTS)
        if self.store.count("1_events/repeated_ids.sql", load_id=load_id):
            raise _RepeatedIds  # raw_events is append-only: nothing is deleted, all is taken back
        self.store.execute("1_events/no_known_ids.sql")
        return self._finish(file, load_id, inserted, _ALL_EVENTS, has_known=False)

    def _load_knowing_ids(self, file: FileToLoad) -> FileReport:
        load_id = self.store.count("1_events/next_load_id.sql")
        self.store.execute("1_events/load_ids.sql", {"normalised": file.relation.rows})
        self.store.execute("1_events/known_ids.sql")
        has_known = self.store.count("1_events/known_id_count.sql") > 0
        accepted = fragment_of("1_events/accepted.sql") if has_known else _ALL_EVENTS
        inserted = self._insert(file, load_id, accepted)
        return self._finish(file, load_id, inserted, accepted, has_known=has_known)

    def _insert(self, file: FileToLoad, load_id: int, accepted: Fragment) -> int:
        slots = {"normalised": file.relation.rows, "accepted": accepted}
        with self.store.unordered():
            return self.store.count("1_events/insert_events.sql", slots, load_id=load_id)

    def _finish(
        self, file: FileToLoad, load_id: int, inserted: int, accepted: Fragment, *, has_known: bool
    ) -> FileReport:
        store, privacy = self.store, self.policies.privacy
        store_people(store, file.relation.rows, accepted, load_id, privacy, self.keys)
        loaded = _Loaded(inserted, 0, [], [])
        if inserted != file.row_count:
            loaded = self._second_look(file, load_id, inserted, has_known=has_known)
        ahead = [Quarantined(r.line, str(r.verdict.reason), r.verdict.detail) for r in file.refused]
        report = FileReport(
            file.name, "ingested", file.row_count + len(ahead), loaded.inserted, loaded.duplicate,
            len(loaded.conflicts), len(loaded.faults) + len(ahead), file.source_name, file.detail,
            file.left_bytes,
        )  # fmt: skip
        self._assert_conserved(report)
        if not file.is_replay:
            self._doubt(report)
        quarantine_rows.write(
            store, [*ahead, *loaded.faults, *loaded.conflicts], source_file=file.name,
            source=file.source_name, load_id=load_id, ingested_at=self.policies.now_ts,
            clean=lambda raw: cleaned_line(raw, privacy, self.keys),
        )  # fmt: skip
        plan.record(store, self.policies.plan, load_id)
        self._record(file, report, load_id, self.policies.now_ts)
        return report

    def _second_look(
        self, file: FileToLoad, load_id: int, inserted: int, *, has_known: bool
    ) -> _Loaded:
        """The rows that were not inserted, in file order, each for its own reason."""
        store, tsa = self.store, self.policies.tsa
        store.execute("1_events/exact_rows.sql", {"numbered": file.relation.numbered})
        looked_at = store.count("1_events/exact_row_count.sql")
        if inserted + looked_at != file.row_count:
            raise TsaError(
                f"{file.name}: {file.row_count} lines, but {inserted} + {looked_at} were read",
                "the file changed while it was read: run it again",
            )
        ahead = store.count(
            "1_events/ahead_of_clock.sql", now_ts=self.policies.now_ts, latest_ts=LATEST_TRUSTED_TS
        )
        if 2 * ahead > file.row_count:
            raise _ClockIsOff
        reasons = {int(str(o)): str(r) for o, r in store.rows("1_events/exact_faults.sql")}
        lines = file.lines_of_rows(list(reasons))
        faults = [
            quarantine_rows.explained(line, reason, tsa.max_line_bytes, tsa.max_depth)
            for line, reason in zip(lines, reasons.values(), strict=True)
        ]
        if not has_known:
            return _Loaded(inserted, 0, faults, [])
        store.execute("1_events/repeats.sql")
        [(first_count, same_count)] = store.rows("1_events/repeat_counts.sql")
        first_slots = {"normalised": _EXACT_ROWS, "accepted": _FIRST_REPEATS}
        store.execute("1_events/insert_events.sql", first_slots, load_id=load_id)
        privacy = self.policies.privacy
        store_people(store, _EXACT_ROWS, _FIRST_REPEATS, load_id, privacy, self.keys)
        suspects = store.rows("1_events/repeat_suspects.sql")
        differing = [int(str(o)) for o, same, mine, first in suspects
                     if not (same and _same_content(str(mine), str(first)))]  # fmt: skip
        conflicts = [
            Quarantined(line, "id_conflict", DETAILS["id_conflict"])
            for line in file.lines_of_rows(differing)
        ]
        duplicate = int(str(same_count)) + len(suspects) - len(differing)
        return _Loaded(inserted + int(str(first_count)), duplicate, faults, conflicts)

    def _assert_conserved(self, report: FileReport) -> None:
        kept = report.inserted + report.duplicate + report.conflict + report.rejected
        if kept != report.read:
            raise TsaError(
                f"{report.path}: {report.read} lines read, {kept} accounted for",
                "nothing of the file was stored; please report this",
            )

    def _doubt(self, report: FileReport) -> None:
        """A file that is mostly refused is most likely in another format."""
        limit = self.policies.tsa.max_file_rejected
        if report.read >= FEWEST_LINES_TO_DOUBT and report.rejected > limit * report.read:
            raise DataError(
                f"{report.path}: {report.rejected} of {report.read} lines rejected when read as"
                f" {report.source}; nothing of it was stored",
                "name another mapping with --source, or see the reasons with --dry-run",
            )

    def _record(
        self, file: FileToLoad, report: FileReport, load_id: int, ingested_at: datetime
    ) -> None:
        self.store.execute(
            "1_events/record_file.sql", load_id=load_id, run_id=self.run_id, path=file.name,
            source=file.source_name, sha256=file.sha256, size_bytes=file.size_bytes,
            left_bytes=file.left_bytes, read_count=report.read, inserted_count=report.inserted,
            duplicate_count=report.duplicate, conflict_count=report.conflict,
            rejected_count=report.rejected, ingested_at=ingested_at,
        )  # fmt: skip


def _same_content(mine: str, first: str) -> bool:
    """True when two objects differ only in the order of keys, or in keys that are null."""
    return _without_nulls(json.loads(mine)) == _without_nulls(json.loads(first))


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value
