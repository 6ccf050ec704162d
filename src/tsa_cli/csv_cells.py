"""
Text that a spreadsheet would run, or a terminal obey, and how it is kept from doing so.

source  OWASP, "CSV Injection": a spreadsheet runs a cell that begins with = + - @ TAB CR
"""

import re
from collections.abc import Sequence

# What may stand before the first visible character, then what starts a formula (or a command in
# old spreadsheets, or their full-width forms, which some of them fold).
_FORMULA = re.compile(
    "[ \u00a0\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3000\ufeff]*"
    "[=+\\-@|%\t\r\n\uff1d\uff0b\uff0d\uff20\uff5c\uff05]"
)
# C0 and C1 controls, DEL, and what turns the direction of a line around.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
_TO_QUOTE = re.compile('[",\r\n]')  # the csv module of Python 3.11 leaves a lone CR bare


def is_formula(text: str) -> bool:
    """True when a spreadsheet might run the cell."""
    return _FORMULA.match(text) is not None


def guarded_text(text: str) -> str:
    """
    `text`, with an apostrophe before whatever a spreadsheet would run, controls as escapes.

    Line ends and tabs stay: quoted, they are data. The escapes are JSON's, for cells that are JSON.
    """
    shown = _CONTROL.sub(lambda hit: f"\\u{ord(hit[0]):04x}", text)
    return "'" + shown if is_formula(text) else shown


def csv_line(cells: Sequence[str]) -> str:
    """One record of RFC 4180, ended by LF; a lone empty cell is quoted, else it would be none."""
    if len(cells) == 1 and not cells[0]:
        return '""\n'
    return ",".join(map(_quoted, cells)) + "\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _TO_QUOTE.search(cell) else cell
