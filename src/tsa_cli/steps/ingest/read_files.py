"""
New files, read: found, judged byte by byte, the rows of a small one taken.

Of many files the next one is read in a thread while the one before is stored. It is taken up in
its turn only, and only as it is by then, so what is stored, and what is said of it, is the same.

reads   the file as it was given, ingested_files
writes  copies in the spool
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tsa_cli.errors import DataError
from tsa_cli.interrupts import exit_code_of_signal
from tsa_cli.steps.ingest.file_to_load import FileToLoad, read_rows
from tsa_cli.steps.ingest.grown import Before, is_known_place, read_before
from tsa_cli.steps.ingest.inputs import Input
from tsa_cli.steps.ingest.insert_events import OtherLinesError, is_unreadable
from tsa_cli.steps.ingest.known_files import KnownFiles
from tsa_cli.steps.ingest.prepare import Reading, file_to_load
from tsa_cli.steps.ingest.settings import AUTO, IngestConfig
from tsa_cli.steps.ingest.spool import Given, Spool, Spooled, table_of
from tsa_cli.store import Store
from tsa_cli.store.translated_errors import InvalidInput

MOST_BYTES_AHEAD = 16 << 20  # a larger file keeps both cores busy by itself; packed it takes long
State = tuple[int, int] | None  # size and time of change; None of a file that is gone


@dataclass(frozen=True)
class ReadFile:
    """A file that was read, and the state in which what the engine reads of it was before."""

    spooled: Spooled
    file: FileToLoad
    state: State

    def unchanged(self) -> AbstractContextManager[None]:
        """Of what goes wrong in the block, tell what a change of the file is to blame for."""
        return _unchanged(self.spooled, self.state)


@dataclass(frozen=True)
class _Begun:
    """A file that is being read ahead of its turn."""

    given: Given
    state: State  # of the file as given, before anything of it was read
    unpacked: Future[Spooled]
    read: Future[ReadFile]


class FileReader:
    """Reads the new files of one run, one at a time."""

    def __init__(
        self,
        store: Store,
        spool: Spool,
        config: IngestConfig,
        known: KnownFiles | None,
        run_id: str,
    ) -> None:
        self._store = store
        self._spool = spool
        self._config = config
        self._known = known
        self._run_id = run_id
        self._pool: ThreadPoolExecutor | None = None
        self._begun: _Begun | None = None

    def unpacked(self, given: Given) -> Spooled:
        """The file as lines or as Parquet; DataError when it cannot be read."""
        begun = self._begun_of(given)
        return begun.unpacked.result() if begun else self._spool.unpacked(given)

    def read(self, spooled: Spooled, reading: Reading) -> ReadFile:
        """
        The file, ready to be loaded: for the first time as `reading` says, perhaps read already.

        Raises what `file_to_load` raises, and OtherLinesError where the file was cut meanwhile.
        """
        begun = self._begun_of(spooled)
        if begun and reading.is_first:
            self._begun = None
            return begun.read.result()
        before = None
        if not self._config.is_forced:
            wanted = "" if self._config.source == AUTO else self._config.source
            before = read_before(self._store, spooled, wanted, self._run_id)
        if before is not None and before.source_name not in self._config.sources:
            before = None
        if self._pool is None:
            return self._read(spooled, reading, before)
        # One at a time: what a file's lines have tells the next one what to look for.
        return self._pool.submit(self._read, spooled, reading, before).result()

    def begin(self, item: Input, reading: Reading, after: Given) -> None:
        """
        Read the next file, unless it may not be read at all, or is no small one.

        `after` is the file before it; as long as that, it may be the same one under another name.
        """
        with suppress(DataError, OSError):  # said in its turn
            if item.path is None or not item.path.is_file():
                return
            given = self._spool.given_ahead(item)
            is_begun = self._begun is not None and self._begun.given is given
            if not is_begun and given.size_bytes != after.size_bytes and self._is_worth(given):
                self._begin(given, reading)

    def forget(self) -> None:
        """What was begun is read in its turn: by then more is known of what its lines may have."""
        self._begun = None

    def close(self) -> None:
        """Wait for what is being read; it is dropped."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _is_worth(self, given: Given) -> bool:
        is_small = 0 < given.size_bytes <= MOST_BYTES_AHEAD
        if not is_small or table_of(given.name) or is_known_place(self._store, given):
            return False
        return self._known is None or not self._known.name_of(given)

    def _begin(self, given: Given, reading: Reading) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "tsa-reader")
        state = _state(given.path)
        unpacked = self._pool.submit(self._spool.unpacked, given)
        read = self._pool.submit(lambda: self._read(unpacked.result(), reading, None))
        self._begun = _Begun(given, state, unpacked, read)

    def _begun_of(self, file: Given) -> _Begun | None:
        """
        What was begun of the file, unless another program wrote to it since.

        Its rows would be those of before, and what is asked of its lines later those of now.
        """
        begun = self._begun
        if begun is None or begun.given.digest is not file.digest:
            return None
        return begun if _state(begun.given.path) == begun.state else None

    def _read(self, spooled: Spooled, reading: Reading, before: Before | None) -> ReadFile:
        state = _state(spooled.path)
        with _unchanged(spooled, state):
            file = file_to_load(self._store, self._spool, self._config, spooled, before, reading)
            if file.is_small:
                file = replace(file, rows=read_rows(self._store, file.relation))
        return ReadFile(spooled, file, state)


@contextmanager
def _unchanged(spooled: Spooled, state: State) -> Iterator[None]:
    try:
        yield
    except (IndexError, InvalidInput):
        # Other lines than were counted are no fault of ours where the file is another now.
        if exit_code_of_signal() or _state(spooled.path) == state:
            raise
        what = f"{spooled.name}: written over while it was read"
        raise DataError(what, "run it again when it is whole") from None
    except OSError as error:
        if spooled.shape == "parquet" or not is_unreadable(error):
            raise
        raise OtherLinesError(f"{spooled.name}: cut short while it was read", "") from None


def _state(path: Path) -> State:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
