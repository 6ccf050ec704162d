"""
What the engine reads of one file, whatever it was: a canonical relation, and ways to count it.

JSON lines are read in place, or from a copy without the lines that the engine must not see;
CSV and TSV become JSON lines; Parquet is read as it is.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from tsa_cli.errors import DataError
from tsa_cli.steps.ingest.spool import Spool, Spooled
from tsa_cli.store import Fragment

MAX_OBJECT_BYTES = 16 << 20
ROW_NUMBER = "file_row_number"


def line_columns_reader(path: Path, columns: list[str], objects: set[str]) -> Fragment:
    """Typed columns of a JSONL file; `objects` are read as JSON, the others as text."""
    types = {name: "JSON" if name in objects else "VARCHAR" for name in columns}
    return Fragment(
        "read_ndjson($line_files, columns=$line_columns, ignore_errors=true,"
        " maximum_object_size=$max_object_bytes)",
        {"line_files": [str(path)], "line_columns": types, "max_object_bytes": MAX_OBJECT_BYTES},
    )


def documents_reader(path: Path) -> Fragment:
    """One JSON document a line, null for a broken one."""
    return Fragment(
        "(select json from read_ndjson_objects($line_files, ignore_errors=true,"
        " maximum_object_size=$max_object_bytes))",
        {"line_files": [str(path)], "max_object_bytes": MAX_OBJECT_BYTES},
    )


def parquet_documents_reader(path: Path) -> Fragment:
    """One JSON document a Parquet row."""
    return Fragment(
        "(select to_json(r) as json from read_parquet($parquet_files) as r)",
        {"parquet_files": [str(path)]},
    )


def parquet_columns_reader(path: Path, shown: dict[str, str]) -> Fragment:
    """Typed columns of a Parquet file; `shown` gives each column's select expression."""
    selected = ", ".join(f"{expression} as {name}" for name, expression in shown.items())
    return Fragment(
        f"(select {selected} from read_parquet($parquet_files))", {"parquet_files": [str(path)]}
    )


def rows_to_lines(spooled: Spooled, spool: Spool, columns: list[str]) -> tuple[Spooled, list[int]]:
    """
    (the CSV or TSV as JSON lines, the first physical line of each row).

    Empty cells are absent; a cell that is a JSON object or array stays one. A row of another
    length than the header becomes a line that no reader takes, so that it is quarantined.
    """
    target = spool.new_path()
    numbers: list[int] = []
    with spooled.path.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as source:
        with target.open("w", encoding="utf-8", errors="surrogateescape") as out:
            for number, text in _json_rows(source, spooled, columns):
                numbers.append(number)
                out.write(text + "\n")
    return replace(spooled, path=target, shape="lines", is_growing=False), numbers


def _json_rows(
    source: IO[str], spooled: Spooled, columns: list[str]
) -> Iterator[tuple[int, str]]:
    if spooled.shape == "tsv":
        rows = csv.reader(source, delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        rows = csv.reader(source, dialect=_dialect(source, spooled.name))
    csv.field_size_limit(MAX_OBJECT_BYTES)
    header = columns
    before = 0
    try:
        for row in rows:
            number, before = before + 1, rows.line_num
            if not header:
                header = [name.strip() for name in row]
                continue
            if any(row):
                yield number, _json_row(header, row)
    except csv.Error as error:
        raise DataError(f"{spooled.name}: line {rows.line_num}: {error}", "mend the CSV") from None


def _dialect(source: IO[str], name: str) -> type[csv.Dialect]:
    head = source.read(8192)
    source.seek(0)
    try:
        return csv.Sniffer().sniff(head.splitlines()[0] if head else ",", delimiters=",;\t|")
    except csv.Error:
        return csv.excel


def _json_row(header: list[str], row: list[str]) -> str:
    if len(row) != len(header):  # not JSON on purpose
        return f"{json.dumps(row)} has {len(row)} cells, the header {len(header)}"
    return json.dumps({key: _cell(text) for key, text in zip(header, row, strict=False) if text})


def _cell(text: str) -> object:
    if text[0] in "{[":
        try:
            value: object = json.loads(text)
        except ValueError:
            return text
        return value
    return text
