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
from tsa_cli.errors import DataError, TsaError
from tsa_cli.steps.ingest.ahead import Ahead
from tsa_cli.steps.ingest.document_columns import DocumentReader
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.plan import Judge
from tsa_cli.steps.ingest.relation import Policies
from tsa_cli.steps.ingest.rows import Encoder, Told, encoded, schema_of
from tsa_cli.steps.ingest.word_keys import WordKeys
from tsa_cli.store import Fragment, Store, fragment_of

if TYPE_CHECKING:
    import pyarrow as pa

LATEST_TRUSTED_TS = datetime(2100, 1, 1)
_NONE_KNOWN = Fragment("false")


class ClockIsOff(Exception):
    """Most of a file lies ahead of this machine's clock: it is the clock that is wrong."""


def insert_events(
    store: Store,
    policies: Policies,
    file: FileToLoad,
    load_id: int,
    known_ids: "pa.Table | None" = None,
    read: "pa.Table | None" = None,
) -> Told:
    """
    What the pass told; the events are in `raw_events`, but for rows whose id is known.

    `known_ids` tell which are, or the rows themselves, where they were `read` before. Raises
    ClockIsOff, and TsaError when the file changed while it was read.
    """
    told = Told()
    with (
        _rows(store, file, known_ids, read) as batches,
        _encoder(store, policies, file, batches, told) as (keys, rows),
    ):
        slots = {"rows": fragment_of("1_events/streamed_rows.sql")}
        with store.lent("streamed_rows", rows), store.unordered():
            store.execute("1_events/insert_events.sql", slots, load_id=load_id)
        new_rows = keys.new_rows()
    if told.row_count != file.row_count:
        raise TsaError(
            f"{file.name}: {file.row_count} lines, but {told.row_count} were read",
            "the file changed while it was read: run it again",
        )
    if 2 * told.ahead_count > file.row_count:
        raise ClockIsOff
    lookups.add_new(store, policies.lookups, new_rows)
    return told


def known_ids_of(store: Store, file: FileToLoad) -> "pa.Table":
    """The ids of the file's events that the store has, or that the file has twice."""
    with store.reader() as reader:
        normalised = {"normalised": file.relation}
        ids = reader.stream("1_events/ids_of_file.sql", normalised, batch_rows=file.batch_rows)
        with store.lent("streamed_ids", ids):
            store.execute("1_events/load_ids.sql")
    return store.arrow("1_events/known_ids.sql")


def may_have_repeats(store: Store, load_id: int) -> bool:
    """False when the load has no id twice; sorting hashes takes a third of counting ids."""
    import numpy as np

    hashes = np.sort(store.arrays("1_events/id_hashes.sql", load_id=load_id)["id_hash"])
    return bool((hashes[1:] == hashes[:-1]).any())


def read_rows(store: Store, file: FileToLoad) -> "pa.Table":
    """The rows of a small file, told which have an id that the store has, or the file twice."""
    import pyarrow.compute as pc

    with store.reader() as reader:
        slots = {"normalised": file.relation, "is_known": _NONE_KNOWN}
        rows = reader.arrow("1_events/rows_of_file.sql", slots)
        ids = rows.select(["event_uuid", "event_text"]).filter(pc.equal(rows["is_event"], 1))
        with store.lent("streamed_ids", ids):
            store.execute("1_events/load_ids.sql")
        known_ids = store.arrow("1_events/known_ids.sql")
        if not len(known_ids):
            return rows
        reader.insert_as("known_ids", known_ids)
        is_known = {"is_known": fragment_of("1_events/known_id.sql")}
        with reader.lent("read_rows", rows):
            return reader.arrow("1_events/rows_with_known_ids.sql", is_known)


@contextmanager
def _rows(
    store: Store, file: FileToLoad, known_ids: "pa.Table | None", read: "pa.Table | None"
) -> "Iterator[pa.RecordBatchReader]":
    """The rows of the file in line order."""
    if read is not None:
        yield read.to_reader()
        return
    with store.reader() as reader:
        is_known = _NONE_KNOWN
        if known_ids is not None and len(known_ids):
            reader.insert_as("known_ids", known_ids)
            is_known = fragment_of("1_events/known_id.sql")
        slots = {"normalised": file.relation, "is_known": is_known}
        yield reader.stream("1_events/rows_of_file.sql", slots, batch_rows=file.batch_rows)


@contextmanager
def _encoder(
    store: Store,
    policies: Policies,
    file: FileToLoad,
    batches: "pa.RecordBatchReader",
    told: Told,
) -> "Iterator[tuple[WordKeys, pa.RecordBatchReader]]":
    """(the keys, the encoded rows): encoded ahead of who takes them."""
    import pyarrow as pa

    with store.aside() as aside, store.reader() as engine:
        keys = WordKeys(aside, file.event_names, policies.privacy.ip)
        encoder = Encoder(keys, DocumentReader(engine, Judge(policies.plan)))
        ahead = Ahead(lambda: encoded(batches, encoder, told, policies.now_ts, LATEST_TRUSTED_TS))
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
