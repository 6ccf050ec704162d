"""
Rows of a table that have another number of cells than its header: written for the quarantine.

In what cell a name or a number stands cannot be told, so the line tells what the header names.
"""

import json
from collections.abc import Sequence

_DECODER = json.JSONDecoder()
_COLUMNS = " names "
_CELLS = " columns, the row has "


def odd_row(header: Sequence[str], row: Sequence[str]) -> str:
    """The row as a line that no reader takes; the header first, so that no cut can lose it."""
    return f"{json.dumps(header)}{_COLUMNS}{len(header)}{_CELLS}{len(row)} cells: {json.dumps(row)}"


def columns_of(text: str) -> tuple[list[str], int] | None:
    """(the names of the columns, where the row begins) of such a line; None of any other."""
    if text[:1] != "[" or _CELLS not in text:
        return None
    try:
        header, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    at = text.find(": [", end)
    is_row = text.startswith(_COLUMNS, end) and text.find(_CELLS, end, end + 60) > 0 and at > 0
    return ([str(name) for name in header], at + 2) if is_row else None
