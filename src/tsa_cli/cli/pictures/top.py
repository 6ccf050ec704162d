"""
The first rows of a table, and all the others as one: what is shown must not pass for everything.
"""

from tsa_cli.cli.pictures.drawing import number
from tsa_cli.cli.plain import Plain

OTHER = "(other)"

_NAMES = ("path", "name", "page")
_SUMS = ("sessions", "entries", "exits", "share", "first", "second", "change")

Row = dict[str, Plain]


def top_rows(rows: list[Row], most: int) -> list[Row]:
    """
    The first `most` rows, and the sum of the others as `(other)`.

    `conversion_rate` is that of the others together; what cannot be told from their rows is absent:
    of the people of several paths, or of the sessions that saw one of several pages.
    """
    shown, rest = rows[:most], rows[most:]
    if not rest:
        return shown
    other: Row = {key: OTHER if key == "page" else [OTHER] for key in _NAMES if key in rest[0]}
    other |= {key: _sum(rest, key) for key in _SUMS if key in rest[0]}
    converted = [(number(r.get("conversion_rate")), number(r.get("sessions"))) for r in rest]
    sessions = sum(n for rate, n in converted if rate is not None and n)
    if sessions:
        other["conversion_rate"] = sum(rate * n for rate, n in converted if rate and n) / sessions
    return [*shown, other]


def _sum(rows: list[Row], key: str) -> float | None:
    known = [value for row in rows if (value := number(row.get(key))) is not None]
    return sum(known) if known else None
