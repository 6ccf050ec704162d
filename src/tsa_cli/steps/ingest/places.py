"""
What stands in a file in the places of some lines: by byte offset in lines, by number in tables.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tsa_cli.steps.ingest.lines_file import Line
from tsa_cli.store import Fragment, Store


def lines_at(path: Path, lines: Iterable[Line], max_bytes: int) -> Iterator[tuple[Line, bytes]]:
    """Of a file of lines; what is longer than `max_bytes` is one byte longer."""
    with path.open("rb") as handle:
        for line in lines:
            if line.byte_offset >= 0:
                handle.seek(line.byte_offset)
                yield line, handle.readline(max_bytes + 1).removesuffix(b"\n")


def rows_at(
    path: Path, first_lines: Sequence[int], lines: Iterable[Line], max_bytes: int
) -> Iterator[tuple[Line, bytes]]:
    """Of a CSV or TSV, as the line that `rows_to_lines` wrote to `path` of the row there."""
    wanted: dict[int, list[Line]] = {}
    for line in lines:
        row = bisect_left(first_lines, line.number)
        if row < len(first_lines) and first_lines[row] == line.number:
            wanted.setdefault(row, []).append(line)
    with path.open("rb") as handle:
        for row, raw in enumerate(handle):
            for line in wanted.get(row, ()):
                yield line, raw.removesuffix(b"\n")[: max_bytes + 1]


def parquet_rows_at(
    store: Store, slots: Mapping[str, Fragment], lines: list[Line]
) -> Iterator[tuple[Line, bytes]]:
    """Of a Parquet file, as that one of the `documents` in `slots` that its row is read as."""
    ordinals = sorted({line.number - 1 for line in lines})
    rows = store.rows("1_events/documents_at.sql", slots, ordinals=ordinals)
    texts = {int(str(ordinal)): str(text).encode() for ordinal, text in rows}
    for line in lines:
        if line.number - 1 in texts:
            yield line, texts[line.number - 1]
