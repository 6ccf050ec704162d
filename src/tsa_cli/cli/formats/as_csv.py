"""CSV for spreadsheets and scripts: RFC 4180, UTF-8, LF; no cell can start a formula."""

from typing import TextIO

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.formats.cells import guarded
from tsa_cli.csv_cells import csv_line


def write(answer: Answer, run_id: str, stream: TextIO) -> None:
    """A header and one line a row; an answer without columns is an empty file."""
    rows = answer.flat()
    names = answer.names(rows)
    if not names:
        return
    stream.write(csv_line([guarded(name) for name in names]))
    stream.writelines(csv_line([guarded(row.get(name)) for name in names]) for row in rows)
