"""
Put rendered columns into an open stream, as JSON lines or as Parquet.

reads   the columns of `render`
writes  bytes to the stream that the caller opened; equal columns give equal bytes
"""

from collections.abc import Iterator
from typing import BinaryIO, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tsa_cli.generator.texts import fixed_width, joined, time_characters

_PLAIN_COLUMNS = ("event_id", "timestamp")  # all other columns repeat: dictionaries
_DICTIONARY_BYTES = 1 << 28  # a column stays a dictionary however long its texts are


_BARE_COLUMNS = ("properties", "traits", "consent")  # JSON already: no quotes around
_BATCH_ROWS = 16_384  # texts of a batch stay in the cache: twice as fast as a chunk at once
_HEAD = ('{"event_id":"', '","timestamp":"', '","event":"')


def json_lines(columns: dict[str, pa.Array]) -> Iterator[pa.StringArray]:
    """One line of JSON per row, with its line end, a batch at a time; null is left out."""
    event = columns["event"]
    pools = [(joined(event.dictionary, '"'), event.indices)]
    rest = [name for name in columns if name not in (*_PLAIN_COLUMNS, "event")]
    for name in rest:
        column = columns[name]
        quote = "" if name in _BARE_COLUMNS else '"'
        end = "}\n" if name == rest[-1] else ""
        # Null takes the text after the last, so that no mask slows the join down.
        texts = joined(f',"{name}":{quote}', column.dictionary, quote + end)
        texts = pa.concat_arrays([texts, pa.array([end], pa.string())])
        pools.append((texts, column.indices.fill_null(len(texts) - 1)))
    for begin in range(0, len(event), _BATCH_ROWS):
        batch = slice(begin, begin + _BATCH_ROWS)
        heads = _heads(columns["event_id"][batch], columns["timestamp"][batch])
        yield joined(heads, *(texts.take(index[batch]) for texts, index in pools))


def _heads(ids: pa.StringArray, times: pa.Array) -> pa.StringArray:
    """The beginning of each line up to the event's name: the same length in all."""
    count = len(ids)
    begin = ids.offset * 36
    id_codes = np.frombuffer(ids.buffers()[2], dtype=np.uint8)[begin : begin + count * 36]
    time_codes = time_characters(times.cast(pa.int64()).to_numpy())
    texts = [np.frombuffer(text.encode(), dtype=np.uint8) for text in _HEAD]
    fixed = [np.broadcast_to(text, (count, len(text))) for text in texts]
    columns = [fixed[0], id_codes.reshape(count, 36), fixed[1], time_codes, fixed[2]]
    return fixed_width(np.hstack(columns))


class Writer(Protocol):
    """Takes rendered columns in order; the stream holds a whole file after `close` only."""

    def write(self, columns: dict[str, pa.Array]) -> None:
        """Append the rows of `columns`."""

    def close(self) -> None:
        """Write what ends the file."""


class JsonlWriter:
    """One JSON object a line; `compression` is None, "gzip" or "zstd"."""

    def __init__(self, stream: BinaryIO, compression: str | None) -> None:
        self._out = pa.CompressedOutputStream(stream, compression) if compression else None
        self._write = self._out.write if self._out else stream.write

    def write(self, columns: dict[str, pa.Array]) -> None:
        """Append the rows of `columns`."""
        for lines in json_lines(columns):
            # The lines end in "\n", so the bytes of the text column are the bytes of the file.
            self._write(lines.buffers()[2])

    def close(self) -> None:
        """End the compressed stream, if there is one; that closes the stream below it, too."""
        if self._out:
            self._out.close()


class ParquetWriter:
    """One row group per call; plain text columns for readers, dictionaries on disk."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._writer: pq.ParquetWriter | None = None

    def write(self, columns: dict[str, pa.Array]) -> None:
        """Append the rows of `columns`."""
        table = pa.table(columns)
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._stream,
                table.schema,
                compression="zstd",
                store_schema=False,
                use_dictionary=[name for name in columns if name not in _PLAIN_COLUMNS],
                dictionary_pagesize_limit=_DICTIONARY_BYTES,
                column_encoding={"timestamp": "DELTA_BINARY_PACKED"},
                write_statistics=["timestamp"],
            )
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))

    def close(self) -> None:
        """Write the footer, if there were rows."""
        if self._writer is not None:
            self._writer.close()


def open_writer(stream: BinaryIO, file_format: str, compression: str | None) -> Writer:
    """The writer of "jsonl" or "parquet"."""
    return ParquetWriter(stream) if file_format == "parquet" else JsonlWriter(stream, compression)
