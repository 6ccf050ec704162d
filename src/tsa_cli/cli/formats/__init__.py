"""
The formats, one module each: `write(answer, run_id, stream)`.

To add one: a module here, a name in `Format`, a line in `WRITERS` (a test loops over both).
"""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.formats import as_csv, as_json, as_jsonl, as_markdown, as_table
from tsa_cli.errors import UsageError


class Format(StrEnum):
    """What `--format` takes."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    md = "md"


WRITERS: dict[Format, Callable[[Answer, str, TextIO], None]] = {
    Format.table: as_table.write,
    Format.json: as_json.write,
    Format.jsonl: as_jsonl.write,
    Format.csv: as_csv.write,
    Format.md: as_markdown.write,
}

_ENDINGS = {
    ".txt": Format.table,
    ".json": Format.json,
    ".jsonl": Format.jsonl,
    ".ndjson": Format.jsonl,
    ".csv": Format.csv,
    ".md": Format.md,
}


def of_file(path: Path, option: str = "--out") -> Format:
    """The format that a file's ending names; UsageError when it names none."""
    found = _ENDINGS.get(path.suffix.lower())
    if found is None:
        raise UsageError(
            f"{option} {path}: no format has this ending",
            f"end it in {', '.join(_ENDINGS)}, or give --format",
        )
    return found
