"""
Files that are not in the store yet: each found, loaded and reported.

Loading imports the frame library and more; a run over files that are all known needs none of it.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace

from tsa_cli.steps.ingest.chosen_mapping import NoMappingError
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.grown import counted_in
from tsa_cli.steps.ingest.inputs import Input
from tsa_cli.steps.ingest.insert_events import OtherLinesError
from tsa_cli.steps.ingest.load import Loader
from tsa_cli.steps.ingest.met_keys import MetKeys
from tsa_cli.steps.ingest.nature import OtherFormatError
from tsa_cli.steps.ingest.prepare import NoLineError, Reading
from tsa_cli.steps.ingest.read_files import FileReader
from tsa_cli.steps.ingest.report import FileReport, failed
from tsa_cli.steps.ingest.settings import IngestConfig
from tsa_cli.steps.ingest.spool import Given, Spooled
from tsa_cli.steps.ingest.unseen_keys import UnseenKeyError
from tsa_cli.store import Store, damage_of


class NewFiles:
    """The new files of one run, read by `reader`."""

    def __init__(self, store: Store, config: IngestConfig, run_id: str, reader: FileReader) -> None:
        self._loader = Loader(store, config.policies, config.keys, run_id, config.is_dry_run)
        self._reader = reader
        self._config = config
        self._met: dict[str, MetKeys] = {}

    def load(self, given: Given, following: Input | None) -> FileReport:
        """
        What became of one file, which is in the store by then; DataError when it is not.

        While it is stored, the `following` one is read.
        """

        def read_ahead() -> None:
            if following is not None:
                self._reader.begin(following, Reading(met=self._met), after=given)

        try:
            return self._loaded(self._reader.unpacked(given), read_ahead)
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
        reading = Reading(met=self._met)
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
