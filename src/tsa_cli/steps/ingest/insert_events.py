"""
One pass over a file: its rows stream, in order, through the encoder into one insert.

What is no event is noted on the way; what is new among the texts is looked up at the end.

reads   the normalised relation of the file, raw_events (ids), the lookups
writes  raw_events, the lookups
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from tsa_cli import lookups
from tsa_cli.errors import DataError
from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.privacy.personal_texts import url_cleaner
from tsa_cli.steps.ingest.ahead import Ahead
from tsa_cli.steps.ingest.document_columns import DocumentReader
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.plan import Judge
from tsa_cli.steps.ingest.relation import Policies
from tsa_cli.steps.ingest.rows import Encoder, Limits, Told, encoded, schema_of
from tsa_cli.steps.ingest.word_keys import WordKeys
from tsa_cli.store import Store, fragment_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

LATEST_TRUSTED_TS = datetime(2100, 1, 1)


class ClockIsOff(Exception):
    """Most of a file lies ahead of this machine's clock: it is the clock that is wrong."""


def insert_events(
    store: Store,
    policies: Policies,
    file: FileToLoad,
    load_id: int,
    known_ids: "Hashes | None" = None,
    read: "pa.Table | None" = None,
) -> Told:
    """
    What the pass told; the events are in `raw_events`, but for rows whose id is known.

    `known_ids` are the hashes of those ids, ascending; `read` are the rows, where they were read
    before. Raises ClockIsOff, and DataError when the file changed while it was read.
    """
    told = Told()
    with (
        _rows(store, file, read) as batches,
        _encoder(store, policies, file, batches, known_ids, told) as (keys, rows),
    ):
        slots = {"rows": fragment_of("1_events/streamed_rows.sql")}
        with store.lent("streamed_rows", rows), store.unordered():
            store.execute("1_events/insert_events.sql", slots, load_id=load_id)
        new_rows = keys.new_rows()
    if told.row_count != file.row_count:
        raise DataError(
            f"{file.name}: {file.row_count} lines, but {told.row_count} were read",
            "the file is damaged, or changed while it was read: run it again",
        )
    if 2 * told.ahead_count > file.row_count:
        raise ClockIsOff
    lookups.add_new(store, policies.lookups, new_rows)
    return told


def known_ids_of(store: Store, file: FileToLoad) -> "Hashes":
    """Hashes of the ids of the file's events that the store has, or that the file has twice."""
    with store.reader() as reader:
        normalised = {"normalised": file.relation}
        ids = reader.stream("1_events/ids_of_file.sql", normalised, batch_rows=file.batch_rows)
        return _known_among(store, ids)


def repeated_ids_of(store: Store, load_id: int) -> "Hashes":
    """Hashes of the ids that the load has twice; sorting takes a third of counting ids."""
    import numpy as np

    hashes = np.sort(store.arrays("1_events/id_hashes.sql", load_id=load_id)["id_hash"])
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def read_rows(store: Store, file: FileToLoad) -> "tuple[pa.Table, Hashes]":
    """(the rows of a small file, hashes of the ids that the store has, or the file twice)."""
    import pyarrow.compute as pc

    with store.reader() as reader:
        rows = reader.arrow("1_events/rows_of_file.sql", {"normalised": file.relation})
    ids = rows.select(["event_uuid", "event_text"]).filter(pc.equal(rows["is_event"], 1))
    return rows, _known_among(store, ids)


def _known_among(store: Store, ids: "pa.Table | pa.RecordBatchReader") -> "Hashes":
    import numpy as np

    with store.lent("streamed_ids", ids):
        store.execute("1_events/load_ids.sql")
    return np.sort(store.arrays("1_events/known_ids.sql")["id_hash"])


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
def _encoder(
    store: Store,
    policies: Policies,
    file: FileToLoad,
    batches: "pa.RecordBatchReader",
    known_ids: "Hashes | None",
    told: Told,
) -> "Iterator[tuple[WordKeys, pa.RecordBatchReader]]":
    """(the keys, the encoded rows): encoded ahead of who takes them."""
    import pyarrow as pa

    with store.aside() as aside, store.reader() as engine:
        keys = WordKeys(aside, file.event_names, policies.privacy.ip, url_cleaner(policies.privacy))
        reader = DocumentReader(engine, Judge(policies.plan), Cleaner(policies.privacy))
        encoder = Encoder(keys, reader)
        limits = Limits(policies.now_ts, LATEST_TRUSTED_TS)
        ahead = Ahead(lambda: encoded(batches, encoder, told, limits, known_ids))
        try:
            yield keys, pa.RecordBatchReader.from_batches(schema_of(batches.schema), ahead)
            if ahead.error is not None:
                raise ahead.error
        except DataError:
            if ahead.error is not None:  # what the engine says of it is only an echo
                raise ahead.error from None
            raise
        finally:
            ahead.close()
