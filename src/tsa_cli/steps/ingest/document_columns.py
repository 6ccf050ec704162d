"""
What the properties of events say, read once per distinct document of a batch.

Most events say the same as others do: a shop's batch has an eighth as many documents as rows.

reads   the properties of a batch, in an engine beside the store
writes  nothing: columns of the promoted properties, and what the tracking plan judges by
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tsa_cli.config.keys import PROMOTED_PROPERTIES
from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.steps.ingest.actor_keys import PAIR_BITS, PAIR_MASK
from tsa_cli.steps.ingest.distinct import Distinct, distinct_of
from tsa_cli.steps.ingest.plan import Judge, Judged
from tsa_cli.steps.ingest.unseen_keys import UnseenKeys
from tsa_cli.steps.ingest.words import Numbers
from tsa_cli.store import FEW_ROWS, Store, fragment_of

if TYPE_CHECKING:
    import pyarrow as pa

CODE_BITS = 16  # of a column of uint16
CODE_MASK = (1 << CODE_BITS) - 1


def documents_of(properties: "pa.ChunkedArray") -> Distinct:
    """The distinct documents of a column of JSON."""
    import pyarrow as pa

    texts = [chunk.storage for chunk in properties.chunks]
    return distinct_of(pa.chunked_array(texts, properties.type.storage_type))


def column_of(documents: Distinct, kind: "pa.DataType") -> "pa.ChunkedArray":
    """The column of JSON, of that type, that the documents stand for."""
    import pyarrow as pa

    texts = [documents.values.take(places) for places in documents.places]
    return pa.chunked_array([pa.ExtensionArray.from_storage(kind, text) for text in texts], kind)


def promoted_type() -> "pa.DataType":
    """The type of a promoted column."""
    import pyarrow as pa

    return pa.dictionary(pa.int32(), pa.large_string())


@dataclass(frozen=True)
class DocumentReader:
    """Reads documents in `engine`, which stands beside the store."""

    engine: Store
    judge: Judge
    cleaner: Cleaner
    unseen: UnseenKeys | None = None  # of a file that was sampled

    def cleaned(self, documents: Distinct) -> Distinct:
        """
        The documents without personal values; the same object when none had any.

        Raises UnseenKeyError when the file has to be read another way.
        """
        import polars as pl

        texts = pl.Series(documents.values)
        clean = self.cleaner.documents(texts)
        if self.unseen is not None:
            self.unseen.look(texts, clean)
        if not clean:
            return documents
        values = texts.scatter(list(clean), list(clean.values())).to_arrow()
        return Distinct(values.cast(documents.values.type), documents.places)

    def look_at_faults(self, documents: Distinct) -> None:
        """Raises UnseenKeyError when what is no event may be one when it is read another way."""
        import polars as pl

        if self.unseen is not None:
            self.unseen.look(pl.Series(documents.values), ())

    def promoted(self, documents: Distinct) -> "list[pa.ChunkedArray]":
        """The columns of the promoted properties, as texts."""
        import pyarrow as pa

        with self.engine.lent("distinct_documents", pa.table({"document": documents.values})):
            is_small = len(documents.values) <= FEW_ROWS
            ask = self.engine.small_arrow if is_small else self.engine.arrow
            told = ask("1_events/promoted_properties.sql")
        return [_spread(told.column(name), documents) for name in PROMOTED_PROPERTIES]

    def judged(
        self, rows: "pa.Table", event_types: Mapping[int, str], documents: Distinct
    ) -> Judged:
        """
        What the tracking plan judges the events by.

        `rows` are the events, encoded, with their `documents` as they were sent; `event_types` are
        the names of the codes that are judged.
        """
        import pyarrow as pa

        loads_of, codes_of, places, counts = _groups(rows, documents)
        is_judged = np.isin(codes_of, np.fromiter(event_types, np.int64))
        present, named = np.unique(codes_of[is_judged], return_inverse=True)
        names = pa.array([event_types[code] for code in present.tolist()], pa.string())
        events = pa.table(
            {
                "load_id": loads_of[is_judged],
                "event_type": pa.DictionaryArray.from_arrays(pa.array(named, pa.int32()), names),
                "properties": documents.values.take(pa.array(places[is_judged])),
                "event_count": counts[is_judged],
            }
        )
        with self.engine.lent("counted_documents", events):
            return self.judge.judged(self.engine, fragment_of("1_events/counted_documents.sql"))


def _spread(told: "pa.ChunkedArray", documents: Distinct) -> "pa.ChunkedArray":
    """The column of rows, of what is told of each distinct document."""
    import pyarrow as pa

    of_distinct = told.combine_chunks()
    return pa.chunked_array(
        [pa.DictionaryArray.from_arrays(chunk, of_distinct) for chunk in documents.places],
        promoted_type(),
    )


def _groups(
    rows: "pa.Table", documents: Distinct
) -> tuple[Numbers, Numbers, Numbers, NDArray[np.int64]]:
    """(load, event code, place of the document, number of rows) of each distinct three of them."""
    import pyarrow as pa

    if not documents.places:
        none = np.empty(0, np.int64)
        return none, none, none, none
    places = np.concatenate([chunk.to_numpy() for chunk in documents.places])
    loads = rows.column("load_id").to_numpy().astype(np.int64)
    first = loads[0]
    codes = rows.column("event_code").to_numpy()
    keys = ((loads - first) << CODE_BITS | codes) << PAIR_BITS | places
    counted = pa.array(keys).value_counts()
    groups = counted.field("values").to_numpy()
    loads_and_codes = groups >> PAIR_BITS
    return (
        (loads_and_codes >> CODE_BITS) + first,
        loads_and_codes & CODE_MASK,
        groups & PAIR_MASK,
        counted.field("counts").to_numpy(),
    )
