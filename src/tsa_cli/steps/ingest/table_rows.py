"""
CSV and TSV rows become JSON lines, so that one reader judges them all.

A cell is text, but a JSON object or array stays one, and so do true, false and numbers whose text
a number keeps to the letter (129.5, not 007 or 1.10): a file has the same types in every format.
"""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO

from tsa_cli.errors import DataError
from tsa_cli.privacy.odd_rows import odd_row
from tsa_cli.steps.ingest.spool import Spool, Spooled

MAX_OBJECT_BYTES = 16 << 20
_DELIMITERS = ",;\t|"
_NESTED = ("properties", "traits", "consent", "context")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,14})")
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,9})\.\d{1,5}")


def rows_to_lines(
    spooled: Spooled, spool: Spool, columns: Sequence[str]
) -> tuple[Spooled, list[int]]:
    """
    (the CSV or TSV as JSON lines, the first physical line of each row).

    `columns` name the cells of a file without header: one whose first row has as many. Empty cells
    are absent. A row of another length than the header becomes a line that no reader takes, so
    that it is quarantined.
    """
    target = spool.new_path()
    numbers: list[int] = []
    lossless = "surrogateescape"
    with (
        spooled.path.open(newline="", encoding="utf-8-sig", errors=lossless) as source,
        target.open("w", encoding="utf-8", errors=lossless) as out,
    ):
        for number, text in _json_rows(source, spooled, list(columns)):
            numbers.append(number)
            out.write(text + "\n")
    return replace(spooled, path=target, shape="lines", is_growing=False), numbers


def _json_rows(source: IO[str], spooled: Spooled, columns: list[str]) -> Iterator[tuple[int, str]]:
    csv.field_size_limit(MAX_OBJECT_BYTES)
    first = source.readline()
    source.seek(0)
    is_headerless = bool(columns) and first.count("\t") == len(columns) - 1
    if is_headerless:
        rows = csv.reader(source, delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        rows = csv.reader(source, delimiter="\t" if spooled.shape == "tsv" else _delimiter(first))
    header = columns if is_headerless else []
    before = 0
    try:
        for row in rows:
            number, before = before + 1, rows.line_num
            if not header:
                header = _header(row)
            elif any(row) and row != header:  # files put together repeat their header
                yield number, _json_row(header, row)
    except csv.Error as error:
        raise DataError(f"{spooled.name}: line {rows.line_num}: {error}", "mend the CSV") from None


def _delimiter(first: str) -> str:
    """What separates the names of the header, outside of quotes."""
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_DELIMITERS, key=bare.count)


def _header(row: list[str]) -> list[str]:
    """The names of the columns, each once."""
    names: list[str] = []
    for at, cell in enumerate(row, start=1):
        name = cell.strip() or f"column_{at}"
        names.append(f"{name}_{at}" if name in names else name)
    return names


def _json_row(header: list[str], row: list[str]) -> str:
    if len(row) != len(header):  # not JSON on purpose
        return odd_row(header, row)
    document: dict[str, object] = {}
    for name, text in zip(header, row, strict=True):
        if not text:
            continue
        outer, dot, inner = name.partition(".")
        holder = document.setdefault(outer, {}) if dot and outer in _NESTED else document
        while isinstance(holder, dict) and outer == "context" and "." in inner:
            outer_key, _, inner = inner.partition(".")
            holder = holder.setdefault(outer_key, {})
        if isinstance(holder, dict):
            holder[inner if holder is not document else name] = _cell(text)
        else:
            document[name] = _cell(text)
    return json.dumps(document)


def _cell(text: str) -> object:
    if text[0] in "{[":
        try:
            value: object = json.loads(text)
        except (ValueError, RecursionError):
            return text
        return value
    if text in ("true", "false"):
        return text == "true"
    if _INTEGER.fullmatch(text) and text != "-0":
        return int(text)
    if _DECIMAL.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return text
