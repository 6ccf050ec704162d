"""
Files that are not in the store yet: each found, loaded and reported.

Loading imports the frame library and more; a run over files that are all known needs none of it.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace

from tsa_cli.interrupts import exit_code_of_signal
from tsa_cli.steps.ingest.bundles import Bundle
from tsa_cli.steps.ingest.chosen_mapping import NoMappingError
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.grown import counted_in
from tsa_cli.steps.ingest.inputs import Input
from tsa_cli.steps.ingest.insert_events import ClockIsOff, OtherLinesError
from tsa_cli.steps.ingest.judged_lines import NoLineError
from tsa_cli.steps.ingest.known_files import KnownFiles
from tsa_cli.steps.ingest.load import Loader
from tsa_cli.steps.ingest.nature import OtherFormatError
from tsa_cli.steps.ingest.prepare import Reading
from tsa_cli.steps.ingest.read_bundle import READ_ERRORS
from tsa_cli.steps.ingest.read_files import FileReader
from tsa_cli.steps.ingest.report import FileReport, failed
from tsa_cli.steps.ingest.settings import IngestConfig
from tsa_cli.steps.ingest.spool import Given, Spooled
from tsa_cli.steps.ingest.unseen_keys import UnseenKeyError
from tsa_cli.store import Store, damage_of


class NewFiles:
    """The new files of one run, read by `reader`."""

    def __init__(
        self,
        store: Store,
        config: IngestConfig,
        run_id: str,
        reader: FileReader,
        known: KnownFiles | None,
    ) -> None:
        self._loader = Loader(store, config.policies, config.keys, run_id, config.is_dry_run)
        self._store = store
        self._reader = reader
        self._config = config
        self._known = known
        self._reading = Reading()
        self._bundle: Bundle | None = None
        self._apart: set[Given] = set()  # files of a bundle that could not be stored

    def load(self, given: Given, following: Sequence[Input]) -> list[FileReport]:
        """
        What became of a file, and of those of the `following` that were stored together with it.

        They are in the store by then; DataError when the one is not. While they are stored, the
        next ones are read.
        """
        bundle = self._bundle_of(given, following)
        count = bundle.plain_count() if bundle is not None else 0
        if bundle is not None and count:
            reports = self._load_together(bundle.part(0, count))
            if reports:
                return reports
        report = self._load_alone(given, following)
        if bundle is not None and not bundle.files[0].is_as_it_was():
            self._forget_bundle()  # the others were compared to what it was
        return [report]

    def _bundle_of(self, given: Given, following: Sequence[Input]) -> Bundle | None:
        """The bundle from the file on, where it is of one."""
        if self._config.is_dry_run or given in self._apart:
            return None
        if self._bundle is not None and self._bundle.has(given):
            return self._bundle.from_file(given)
        self._forget_bundle()
        found = self._reader.bundle(given, following, self._reading)
        if found is not None:
            rest = following[len(found.files) - 1 :]
            self._reader.begin(rest, self._reading, [file.given for file in found.files])
            self._bundle = found.compared(self._store)
        return self._bundle

    def _forget_bundle(self) -> None:
        if self._bundle is not None:
            self._bundle.drop()
            self._bundle = None

    def _load_together(self, bundle: Bundle) -> list[FileReport]:
        """
        The reports of its first files: of all, or where something is wrong of the first half.

        Empty when the first file has to be loaded by itself.
        """
        given = [file.given for file in bundle.files]
        try:
            with self._loader.together(bundle.whole(self._store), bundle.loads) as reports:
                if not bundle.is_as_it_was():
                    raise OtherLinesError("", "")
        except UnseenKeyError:  # each has to be read another way
            self._apart.update(given)
            return []
        except (*READ_ERRORS, ClockIsOff):
            if exit_code_of_signal():
                raise
            if len(given) > 1:
                return self._load_together(bundle.part(0, len(given) // 2))
            self._apart.update(given)
            return []
        self._are_read(given)
        return reports

    def _are_read(self, given: Iterable[Given]) -> None:
        for each in given:
            if self._known is not None:
                self._known.was_read(each)

    def _load_alone(self, given: Given, following: Sequence[Input]) -> FileReport:
        def read_ahead() -> None:
            # Of a bundle the others were read with this one.
            if following and (self._bundle is None or not self._bundle.has(given)):
                self._reader.begin(following, self._reading, [given])

        try:
            report = self._loaded(self._reader.unpacked(given), read_ahead)
            self._are_read([given])
            return report
        except NoLineError as none:
            empty = FileReport(
                given.name, "ingested", detail=none.message, left_bytes=none.left_bytes
            )
            return counted_in(none.before, empty)
        except NoMappingError as error:
            report = failed(given.name, error)
            if not self._config.is_dry_run:
                return report
            return report.with_proposal(vars(error.proposal))

    def _loaded(self, spooled: Spooled, read_ahead: Callable[[], None]) -> FileReport:
        # Of lines the engine sees only what was judged before.
        is_parquet = spooled.shape == "parquet"
        with damage_of(spooled.name, "Parquet") if is_parquet else nullcontext():
            file, report = self._read(spooled, read_ahead)
        config = self._config
        is_unlike = report.rejected > config.policies.tsa.max_file_rejected * report.read
        if config.is_dry_run and file.proposal and (is_unlike or report.status == "failed"):
            return report.with_proposal(vars(file.proposal()))
        return report

    def _read(
        self, spooled: Spooled, read_ahead: Callable[[], None]
    ) -> tuple[FileToLoad, FileReport]:
        reading = self._reading
        while True:
            try:
                return self._once(spooled, reading, read_ahead)
            except UnseenKeyError:
                self._reader.forget()
                reading = replace(reading, is_sampled=False)
            except OtherLinesError:
                may_grow = spooled.shape != "parquet" and spooled.is_growing
                if reading.is_copied or not may_grow:
                    raise
                # Another program writes on: what stood there when the lines were counted is copied.
                reading = replace(reading, is_copied=True)

    def _once(
        self, spooled: Spooled, reading: Reading, read_ahead: Callable[[], None]
    ) -> tuple[FileToLoad, FileReport]:
        read = self._reader.read(spooled, reading)
        read_ahead()
        try:
            with read.unchanged():
                return read.file, self._loader.load(read.file)
        except OtherFormatError as error:
            return read.file, failed(read.file.name, error)
