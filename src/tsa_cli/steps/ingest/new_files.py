"""
Files that are not in the store yet: each found, loaded and reported.

Loading imports the frame library and more; a run over files that are all known needs none of it.
"""

from contextlib import nullcontext
from dataclasses import replace

from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.grown import counted_in
from tsa_cli.steps.ingest.insert_events import OtherLinesError, is_unreadable
from tsa_cli.steps.ingest.load import Loader
from tsa_cli.steps.ingest.nature import OtherFormatError
from tsa_cli.steps.ingest.prepare import NoLineError, NoMappingError, Reading, file_to_load
from tsa_cli.steps.ingest.report import FileReport, failed
from tsa_cli.steps.ingest.settings import IngestConfig
from tsa_cli.steps.ingest.spool import Spool, Spooled
from tsa_cli.steps.ingest.unseen_keys import UnseenKeyError
from tsa_cli.store import Store, damage_of


class NewFiles:
    """The new files of one run."""

    def __init__(self, store: Store, spool: Spool, config: IngestConfig, run_id: str) -> None:
        self._loader = Loader(store, config.policies, config.keys, run_id, config.is_dry_run)
        self._spool = spool
        self._config = config

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
            return replace(report, proposal=vars(error.proposal))

    def _loaded(self, spooled: Spooled) -> FileReport:
        # Of lines the engine sees only what was judged before.
        is_parquet = spooled.shape == "parquet"
        with damage_of(spooled.name, "Parquet") if is_parquet else nullcontext():
            file, report = self._read(spooled)
        config = self._config
        is_unlike = report.rejected > config.policies.tsa.max_file_rejected * report.read
        if config.is_dry_run and file.proposal and (is_unlike or report.status == "failed"):
            return replace(report, proposal=vars(file.proposal()))
        return report

    def _read(self, spooled: Spooled) -> tuple[FileToLoad, FileReport]:
        reading = Reading()
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
