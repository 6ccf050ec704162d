"""
One value as one cell of a flat format.
"""

import json
from collections.abc import Iterable, Mapping

from tsa_cli.cli.plain import Plain
from tsa_cli.csv_cells import guarded_text


def text(value: Plain) -> str:
    """The cell's text: nothing for null, true/false, JSON for what is nested."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def guarded(value: Plain) -> str:
    """`text`, with an apostrophe before whatever a spreadsheet would run; numbers stay numbers."""
    return text(value) if isinstance(value, (int, float)) else guarded_text(text(value))


def is_numeric(rows: Iterable[Mapping[str, Plain]], name: str) -> bool:
    """True when every value of the column that is there is a number."""
    present = [row[name] for row in rows if row.get(name) is not None]
    return bool(present) and all(
        isinstance(value, (int, float)) and not isinstance(value, bool) for value in present
    )
