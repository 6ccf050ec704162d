"""
Files that are not in the store yet: each found, loaded and reported.

Loading imports the frame library and more; a run over files that are all known needs none of it.
"""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from tsa_cli.errors import DataError
from tsa_cli.interrupts import exit_code_of_signal
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.grown import counted_in
from tsa_cli.steps.ingest.insert_events import OtherLinesError, is_unreadable
from tsa_cli.steps.ingest.load import Loader
from tsa_cli.steps.ingest.met_keys import MetKeys
from tsa_cli.steps.ingest.nature import OtherFormatError
from tsa_cli.steps.ingest.prepare import NoLineError, NoMappingError, Reading, file_to_load
from tsa_cli.steps.ingest.report import FileReport, failed
from tsa_cli.steps.ingest.settings import IngestConfig
from tsa_cli.steps.ingest.spool import Spool, Spooled
from tsa_cli.steps.ingest.unseen_keys import UnseenKeyError
from tsa_cli.store import Store, damage_of
from tsa_cli.store.translated_errors import InvalidInput


class NewFiles:
    """The new files of one run."""

    def __init__(self, store: Store, spool: Spool, config: IngestConfig, run_id: str) -> None:
        self._loader = Loader(store, config.policies, config.keys, run_id, config.is_dry_run)
        self._spool = spool
        self._config = config
        self._met: dict[str, MetKeys] = {}

    def load(self, spooled: Spooled) -> FileReport:
        """What became of one file, which is in the store by then; DataError when it is not."""
        try:
            return self._loaded(spooled)
        except NoLineError as none:
            empty = FileReport(
                spooled.name, "ingested", detail=none.message, left_bytes=none.left_bytes
            )
            return counted_in(none.before, empty)
        except NoMappingError as error:
            report = failed(spooled.name, error)
            if not self._config.is_dry_run:
                return report
            return report.with_proposal(vars(error.proposal))

    def _loaded(self, spooled: Spooled) -> FileReport:
        # Of lines the engine sees only what was judged before.
        is_parquet = spooled.shape == "parquet"
        with damage_of(spooled.name, "Parquet") if is_parquet else nullcontext():
            file, report = self._read(spooled)
        config = self._config
        is_unlike = report.rejected > config.policies.tsa.max_file_rejected * report.read
        if config.is_dry_run and file.proposal and (is_unlike or report.status == "failed"):
            return report.with_proposal(vars(file.proposal()))
        return report

    def _read(self, spooled: Spooled) -> tuple[FileToLoad, FileReport]:
        reading = Reading(met=self._met)
        while True:
            try:
                return self._once(spooled, reading)
            except UnseenKeyError:
                reading = replace(reading, is_sampled=False)
            except OtherLinesError:
                may_grow = spooled.shape != "parquet" and spooled.is_growing
                if reading.is_copied or not may_grow:
                    raise
                # Another program writes on: what stood there when the lines were counted is copied.
                reading = replace(reading, is_copied=True)

    def _once(self, spooled: Spooled, reading: Reading) -> tuple[FileToLoad, FileReport]:
        before = _state(spooled.path)
        try:
            return self._tried(spooled, reading)
        except (IndexError, InvalidInput):
            # Other lines than were counted are no fault of ours where the file is another now.
            if exit_code_of_signal() or _state(spooled.path) == before:
                raise
            what = f"{spooled.name}: written over while it was read"
            raise DataError(what, "run it again when it is whole") from None

    def _tried(self, spooled: Spooled, reading: Reading) -> tuple[FileToLoad, FileReport]:
        loader = self._loader
        file = file_to_load(
            loader.store, self._spool, self._config, spooled, loader.run_id, reading
        )
        try:
            return file, loader.load(file)
        except OtherFormatError as error:
            return file, failed(file.name, error)
        except OSError as error:
            if spooled.shape == "parquet" or not is_unreadable(error):
                raise
            raise OtherLinesError(f"{file.name}: cut short while it was read", "") from None


def _state(path: Path) -> tuple[int, int] | None:
    """What is another after a file was written to; None where it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
