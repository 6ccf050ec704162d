"""
One pass over a file: its rows stream, in order, through the encoder into one insert.

What is no event is noted on the way; what is new among the texts is looked up at the end.

reads   the normalised relation of the file, raw_events (ids), the lookups
writes  raw_events, the lookups
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from tsa_cli import lookups
from tsa_cli.errors import DataError
from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.privacy.personal_texts import url_cleaner
from tsa_cli.quantities import quantity
from tsa_cli.steps.ingest.ahead import Ahead
from tsa_cli.steps.ingest.document_columns import DocumentReader
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.kept_keys import KeptKeys
from tsa_cli.steps.ingest.known_ids import KnownIds
from tsa_cli.steps.ingest.loads import Loads
from tsa_cli.steps.ingest.plan import Judge
from tsa_cli.steps.ingest.rows import Encoder, Limits, Told, encoded, schema_of
from tsa_cli.steps.ingest.settings import Policies
from tsa_cli.steps.ingest.unseen_keys import UnseenKeyError
from tsa_cli.steps.ingest.word_keys import WordKeys
from tsa_cli.store import Store, fragment_of, give_back_memory

if TYPE_CHECKING:
    import pyarrow as pa

LATEST_TRUSTED_TS = datetime(2100, 1, 1)
GIVE_BACK_ROWS = 1_500_000  # after so many, what is free goes back


class OtherLinesError(DataError):
    """The engine read another number of lines than were counted: the file has changed."""


class ClockIsOff(Exception):
    """Most of a file lies ahead of this machine's clock: it is the clock that is wrong."""


def insert_events(
    store: Store,
    policies: Policies,
    file: FileToLoad,
    loads: Loads,
    known_ids: KnownIds | None = None,
    read: "pa.Table | None" = None,
    *,
    kept_keys: KeptKeys,
    is_dry_run: bool = False,
) -> Told:
    """
    What the pass told; the events are in `raw_events`, but for rows whose id is known.

    `known_ids` are those ids; `read` are the rows, where they were read before; `kept_keys` are of
    the files before. Raises ClockIsOff, UnseenKeyError, and OtherLinesError when the file changed
    while it was read.
    """
    told = Told()
    limits = Limits(policies.now_ts, LATEST_TRUSTED_TS)
    with (
        _rows(store, file, read) as batches,
        # A dry run commits nothing: only the connection itself sees the texts of files before.
        nullcontext(store) if is_dry_run else store.aside() as looks,
        store.reader() as engine,
    ):
        encoder = _encoder(policies, file, looks, engine, kept_keys)
        rows = partial(
            _giving_back, partial(encoded, batches, encoder, told, limits, loads, known_ids)
        )
        is_ahead = read is None and not is_dry_run  # a thread and a stream cost more than few rows
        parts = _ahead(rows, schema_of(batches.schema)) if is_ahead else _in_turns(rows)
        _insert(store, parts)
        new_rows = encoder.keys.new_rows()
    del encoder, rows  # with the texts of a large file, for what follows
    kept_keys.are_used()
    if told.row_count != file.row_count:
        raise OtherLinesError(
            f"{file.name}: {quantity(file.row_count, 'line')}, but {told.row_count} were read",
            "the file is damaged, or changed while it was read: run it again",
        )
    if file.key_count is not None:
        file.key_count.settle(told.key_count, told.faults)
    if 2 * told.ahead_count > file.row_count:
        raise ClockIsOff
    lookups.add_new(store, policies.lookups, new_rows)
    return told


def _insert(
    store: Store,
    in_parts: "AbstractContextManager[Iterable[pa.RecordBatchReader | pa.Table]]",
) -> None:
    slots = {"rows": fragment_of("1_events/streamed_rows.sql")}
    with in_parts as parts:
        for part in parts:
            with store.lent("streamed_rows", part), store.unordered():
                store.execute("1_events/insert_events.sql", slots)


def _giving_back(
    rows: "Callable[[], Iterator[pa.RecordBatch]]",
) -> "Iterator[pa.RecordBatch]":
    """The same rows; now and then, and after many of them, memory goes back to the system."""
    count = 0
    is_long = False
    for part in rows():
        yield part
        count += len(part)
        if count >= GIVE_BACK_ROWS:
            give_back_memory()
            count, is_long = 0, True
    if is_long:
        give_back_memory()


@contextmanager
def _rows(
    store: Store, file: FileToLoad, read: "pa.Table | None"
) -> "Iterator[pa.RecordBatchReader]":
    """The rows of the file in line order."""
    if read is not None:
        yield read.to_reader()
        return
    with store.reader() as reader:
        slots = {"normalised": file.relation}
        yield reader.stream("1_events/rows_of_file.sql", slots, batch_rows=file.batch_rows)


@contextmanager
def _ahead(
    rows: "Callable[[], Iterator[pa.RecordBatch]]", schema: "pa.Schema"
) -> "Iterator[Iterable[pa.RecordBatchReader]]":
    """The rows as one stream, encoded ahead of who takes them."""
    import pyarrow as pa

    ahead = Ahead(rows)
    try:
        yield [pa.RecordBatchReader.from_batches(schema, ahead)]
        if ahead.error is not None:
            raise ahead.error
    except Exception as error:
        said = ahead.error
        if isinstance(said, UnseenKeyError | DataError):
            raise said from None
        if said is not None and (isinstance(error, DataError) or is_unreadable(said)):
            raise said from None  # what the engine says of it is only an echo
        raise
    finally:
        ahead.close()


def is_unreadable(error: BaseException) -> bool:
    """Whether the engine found less of a file than there was; of a signal it says the same way."""
    is_engine = isinstance(error, OSError) and error.errno is None
    return is_engine and "INTERRUPT Error" not in str(error)


@contextmanager
def _in_turns(
    rows: "Callable[[], Iterator[pa.RecordBatch]]",
) -> "Iterator[Iterable[pa.Table]]":
    """
    The rows in parts, each encoded when the one before was taken.

    In a dry run, since looks need the connection; of a small file, since there is one part only.
    """
    import pyarrow as pa

    yield (pa.Table.from_batches([part]) for part in rows())


def _encoder(
    policies: Policies, file: FileToLoad, looks: Store, engine: Store, kept_keys: KeptKeys
) -> Encoder:
    privacy, names = policies.privacy, file.event_names

    def fresh() -> WordKeys:
        placeholders = policies.identity.placeholder_texts()
        return WordKeys(looks, names, privacy.ip, url_cleaner(privacy), placeholders)

    keys = kept_keys.lent(looks, names, fresh)
    reader = DocumentReader(
        engine, Judge(policies.plan, privacy.is_personal), Cleaner(privacy), file.unseen
    )
    return Encoder(keys, reader)
