"""CSV for spreadsheets and scripts: RFC 4180, UTF-8, LF; no cell can start a formula."""

import re
from typing import TextIO

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.formats.cells import guarded

_TO_QUOTE = re.compile('[",\r\n]')  # the csv module of Python 3.11 leaves a lone CR bare


def write(answer: Answer, run_id: str, stream: TextIO) -> None:
    """A header and one line a row; an answer without columns is an empty file."""
    rows = answer.flat()
    names = answer.names(rows)
    if not names:
        return
    stream.write(_line([guarded(name) for name in names]))
    stream.writelines(_line([guarded(row.get(name)) for name in names]) for row in rows)


def _line(cells: list[str]) -> str:
    """One record; a lone empty cell is quoted, else it would be no record at all."""
    if cells == [""]:
        return '""\n'
    return ",".join(map(_quoted, cells)) + "\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _TO_QUOTE.search(cell) else cell
