"""
CSV and TSV rows become JSON lines, so that one reader judges them all.

What each cell is, is in `table_cells`.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import IO, TYPE_CHECKING

from tsa_cli.errors import DataError
from tsa_cli.steps.ingest.column_names import Mapped, in_lower_case
from tsa_cli.steps.ingest.file_bytes import FileBytes
from tsa_cli.steps.ingest.spool import Spool, Spooled
from tsa_cli.steps.ingest.table_cells import is_cut_short, json_row

if TYPE_CHECKING:
    from _csv import Reader

MAX_OBJECT_BYTES = 16 << 20
_END = "\ue000 the end of the table"  # a row of its own, but where a quote is still open
_DELIMITERS = ",;\t|"


def rows_to_lines(
    spooled: Spooled,
    spool: Spool,
    columns: Sequence[str],
    mapped: Mapped = (),
    *,
    is_final: bool = True,
) -> tuple[Spooled, list[int], int]:
    """
    (the CSV or TSV as JSON lines, the first physical line of each row, bytes that are left).

    `columns` name the cells of a file without header: one whose first row has as many. `mapped` is
    what mappings need: a header in upper case that none reads so is read in lower case. Empty cells
    are absent. A row of another length than the header becomes a line that no reader takes, so
    that it is quarantined; but a last one without a line end that lacks cells, or ends within
    quotes or an object, is being written, and left unless `is_final`.
    """
    target = spool.new_path()
    numbers: list[int] = []
    lossless = "surrogateescape"
    tail_bytes = 0 if is_final or not spooled.is_growing else _bytes_of_unfinished_line(spooled)
    is_left = False
    with (
        spooled.path.open(newline="", encoding="utf-8-sig", errors=lossless) as source,
        target.open("w", encoding="utf-8", errors=lossless) as out,
    ):
        rows = _json_rows(source, spooled, list(columns), mapped, is_open=tail_bytes > 0)
        for number, text in rows:
            is_left = text is None
            if text is not None:
                numbers.append(number)
                out.write(text + "\n")
    lines = replace(spooled, path=target, shape="lines", is_growing=False)
    return lines, numbers, tail_bytes if is_left else 0


def _bytes_of_unfinished_line(spooled: Spooled) -> int:
    """How many bytes come after the last line end; 0 where they are blank or too many for a row."""
    data = FileBytes(spooled.path)
    tail = data[max(data.rfind(b"\n") + 1, data.size - MAX_OBJECT_BYTES) :]
    tail = tail[tail.rfind(b"\r") + 1 :]
    return len(tail) if tail.strip() and len(tail) < MAX_OBJECT_BYTES else 0


def first_row_width(spooled: Spooled) -> int:
    """How many cells the first row of a TSV has."""
    with spooled.path.open("rb") as handle:
        return handle.readline().count(b"\t") + 1


def _json_rows(
    source: IO[str],
    spooled: Spooled,
    columns: list[str],
    mapped: Mapped,
    *,
    is_open: bool,
) -> Iterator[tuple[int, str | None]]:
    """(the row's first line, the row as a line); None for a last row that `is_open` and cut."""
    csv.field_size_limit(MAX_OBJECT_BYTES)
    first = source.readline()
    source.seek(0)
    is_headerless = bool(columns) and first.count("\t") == len(columns) - 1
    if is_headerless:
        found = _numbered(csv.reader(source, delimiter="\t", quoting=csv.QUOTE_NONE), spooled)
    else:
        delimiter = "\t" if spooled.shape == "tsv" else _delimiter(first)
        rows = csv.reader(chain(source, [_END]), delimiter=delimiter)
        found = _numbered(rows, spooled, is_open=is_open)
    header = written = columns if is_headerless else []
    before: tuple[int, list[str]] | None = None
    for number, row in found:
        if before is not None:
            yield before[0], json_row(header, before[1])
        before = None
        if row is None:
            yield number, None
        elif not header:
            written = _header(row)
            header = list(in_lower_case(written, mapped).values())
        elif any(row) and row != written:  # files put together repeat their header
            before = number, row
    if before is not None:
        number, row = before
        yield number, None if is_open and _is_cut(header, row) else json_row(header, row)


def _numbered(
    rows: "Reader", spooled: Spooled, *, is_open: bool = False
) -> Iterator[tuple[int, list[str] | None]]:
    """(first line, cells) of each row; of a last one that `is_open`, and ends in quotes, None."""
    before = 0
    try:
        for row in rows:
            number, before = before + 1, rows.line_num
            if not row or not row[-1].endswith(_END):
                yield number, row
            elif row != [_END]:
                if not is_open or rows.line_num > number + 1:
                    what = f"{spooled.name}: line {number}: a quote that is never closed"
                    raise DataError(what, "mend the CSV")  # the rows behind it are in one cell
                yield number, None
    except csv.Error as error:
        raise DataError(f"{spooled.name}: line {rows.line_num}: {error}", "mend the CSV") from None


def _is_cut(header: list[str], row: list[str]) -> bool:
    """Cells are missing, or the last one is nothing yet, or no whole object: `"{""a"` is a cell."""
    return len(row) < len(header) or not row[-1] or is_cut_short(row[-1])


def _delimiter(first: str) -> str:
    """What separates the names of the header, outside of quotes."""
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_DELIMITERS, key=bare.count)


def _header(row: list[str]) -> list[str]:
    """The names of the columns, each once; of a first one without name, none."""
    names: list[str] = []
    for at, cell in enumerate(row, start=1):
        name = cell.strip() or (f"column_{at}" if names else "")
        names.append(f"{name}_{at}" if name in names else name)
    return names
