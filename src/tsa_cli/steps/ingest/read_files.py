"""
New files, read: found, judged byte by byte, the rows of a small one taken.

Of many files the next ones are read in a thread while those before are stored: small ones together,
as a bundle. They are taken up in their turn only, and only as they are by then, so what is stored,
and what is said of it, is the same.

reads   the file as it was given, ingested_files
writes  copies in the spool
"""

from collections.abc import Container, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace

from tsa_cli.errors import DataError
from tsa_cli.interrupts import exit_code_of_signal
from tsa_cli.steps.ingest.bundles import Bundle, SmallFile
from tsa_cli.steps.ingest.file_state import State, state_of
from tsa_cli.steps.ingest.file_to_load import FileToLoad, read_rows
from tsa_cli.steps.ingest.grown import Before, read_before
from tsa_cli.steps.ingest.inputs import Input
from tsa_cli.steps.ingest.insert_events import OtherLinesError, is_unreadable
from tsa_cli.steps.ingest.known_files import KnownFiles
from tsa_cli.steps.ingest.prepare import Reading, file_to_load
from tsa_cli.steps.ingest.read_bundle import FEWEST_FILES, MOST_BYTES, MOST_FILES, read_bundle
from tsa_cli.steps.ingest.settings import AUTO, IngestConfig
from tsa_cli.steps.ingest.spool import Given, Spool, Spooled, table_of
from tsa_cli.store import Store
from tsa_cli.store.connection import spare_files
from tsa_cli.store.translated_errors import InvalidInput

MOST_BYTES_AHEAD = 16 << 20  # a larger file keeps both cores busy by itself; packed it takes long


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


@dataclass(frozen=True)
class _BegunBundle:
    """Files that are being read ahead of their turn, perhaps fewer of them."""

    files: Sequence[SmallFile]
    read: Future[Bundle | None]


class FileReader:
    """Reads the new files of one run, one at a time."""

    def __init__(
        self,
        store: Store,
        spool: Spool,
        config: IngestConfig,
        known: KnownFiles | None,
        run_id: str,
        names_read: Container[str],
    ) -> None:
        self._store = store
        self._spool = spool
        self._config = config
        self._known = known
        self._run_id = run_id
        self._names_read = names_read  # of inputs of which an earlier run read something
        self._pool: ThreadPoolExecutor | None = None
        self._begun: _Begun | None = None
        self._begun_bundle: _BegunBundle | None = None

    def bundle(self, given: Given, following: Sequence[Input], reading: Reading) -> Bundle | None:
        """The file and some of the `following`, read as one; None when it is read by itself."""
        begun, self._begun_bundle = self._begun_bundle, None
        if begun is not None and any(each.given is given for each in begun.files):
            found = begun.read.result()
            return None if found is None else found.from_file(given)
        if not self._is_small(given, ()):
            return None
        first = SmallFile(given, state_of(given.path))
        together = [first, *self._small(following, [given], MOST_BYTES - given.size_bytes)]
        if len(together) < FEWEST_FILES:
            return None
        read = self._read_bundle
        if self._pool is None:
            return read(together, reading)
        return self._pool.submit(read, together, reading).result()

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
        if spooled.name in self._names_read and not self._config.is_forced:
            wanted = "" if self._config.source == AUTO else self._config.source
            before = read_before(self._store, spooled, wanted, self._run_id)
        if before is not None and before.source_name not in self._config.sources:
            before = None
        if self._pool is None:
            return self._read(spooled, reading, before)
        # One at a time: what a file's lines have tells the next one what to look for.
        return self._pool.submit(self._read, spooled, reading, before).result()

    def begin(self, items: Sequence[Input], reading: Reading, after: Sequence[Given]) -> None:
        """
        Read the next files, unless the first may not be read at all, or is no small one.

        `after` are the files before them; as long as one of those, it may be the same one under
        another name.
        """
        if not self._config.is_dry_run:
            small = self._small(items, after, MOST_BYTES)
            if len(small) >= FEWEST_FILES:
                read = self._in_thread().submit(self._read_bundle, small, reading)
                self._begun_bundle = _BegunBundle(small, read)
                return
        with suppress(DataError, OSError):  # said in its turn
            for given in self._ahead(items[:1]):
                is_begun = self._begun is not None and self._begun.given is given
                is_other = all(given.size_bytes != each.size_bytes for each in after)
                if not is_begun and is_other and self._is_worth(given):
                    self._begin(given, reading)

    def forget(self) -> None:
        """What was begun is read in its turn: by then more is known of what its lines may have."""
        self._begun = self._begun_bundle = None

    def close(self) -> None:
        """Wait for what is being read; it is dropped."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _ahead(self, items: Sequence[Input]) -> Iterator[Given]:
        """Those of the items, up to the first one that may not be read ahead of its turn."""
        for item in items:
            if item.path is None or not item.path.is_file():
                return
            yield self._spool.given_ahead(item)

    def _small(
        self, items: Sequence[Input], after: Sequence[Given], most_bytes: int
    ) -> list[SmallFile]:
        """As many of the first items as may be read together; `after` are the files before them."""
        found: list[SmallFile] = []
        before = [*after]
        with suppress(DataError, OSError):  # said in its turn
            for given in self._ahead(items[: _most_files() - 1]):
                most_bytes -= given.size_bytes
                if most_bytes < 0 or not self._is_small(given, before):
                    break
                found.append(SmallFile(given, state_of(given.path)))
                before.append(given)
        return found

    def _is_small(self, given: Given, before: Sequence[Given]) -> bool:
        """Whether the file is small and new, and has other bytes than those `before` it."""
        if not self._is_new(given):
            return False
        same_size = (each for each in before if each.size_bytes == given.size_bytes)
        return all(each.sha256 != given.sha256 for each in same_size)

    def _is_worth(self, given: Given) -> bool:
        return not table_of(given.name) and self._is_new(given)

    def _is_new(self, given: Given) -> bool:
        is_small = 0 < given.size_bytes <= MOST_BYTES_AHEAD
        if not is_small or given.name in self._names_read:
            return False
        return self._known is None or not self._known.name_of(given)

    def _in_thread(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "tsa-reader")
        return self._pool

    def _read_bundle(self, files: Sequence[SmallFile], reading: Reading) -> Bundle | None:
        return read_bundle(self._store, self._spool, self._config, files, reading)

    def _begin(self, given: Given, reading: Reading) -> None:
        pool = self._in_thread()
        state = state_of(given.path)
        unpacked = pool.submit(self._spool.unpacked, given)
        read = pool.submit(lambda: self._read(unpacked.result(), reading, None))
        self._begun = _Begun(given, state, unpacked, read)

    def _begun_of(self, file: Given) -> _Begun | None:
        """
        What was begun of the file, unless another program wrote to it since.

        Its rows would be those of before, and what is asked of its lines later those of now.
        """
        begun = self._begun
        if begun is None or begun.given.digest is not file.digest:
            return None
        return begun if state_of(begun.given.path) == begun.state else None

    def _read(self, spooled: Spooled, reading: Reading, before: Before | None) -> ReadFile:
        state = state_of(spooled.path)
        with _unchanged(spooled, state):
            file = file_to_load(self._store, self._spool, self._config, spooled, before, reading)
            if file.is_small:
                file = replace(file, rows=read_rows(self._store, file.relation))
        return ReadFile(spooled, file, state)


def _most_files() -> int:
    """How many files are read together: each is kept open, beside those of the bundle before."""
    spare = spare_files()
    return MOST_FILES if spare is None else max(1, min(MOST_FILES, spare // 2))


@contextmanager
def _unchanged(spooled: Spooled, state: State) -> Iterator[None]:
    try:
        yield
    except (IndexError, InvalidInput):
        # Other lines than were counted are no fault of ours where the file is another now.
        if exit_code_of_signal() or state_of(spooled.path) == state:
            raise
        what = f"{spooled.name}: written over while it was read"
        raise DataError(what, "run it again when it is whole") from None
    except OSError as error:
        if spooled.shape == "parquet" or not is_unreadable(error):
            raise
        raise OtherLinesError(f"{spooled.name}: cut short while it was read", "") from None
