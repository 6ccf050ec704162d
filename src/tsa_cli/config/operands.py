"""
What the value of a condition reads as, and whether a column of some type can ever hold it.

A text is compared with a number as text, so that `days_since_last_visit: {lt: 7d}` would take
everybody of 60 days; a file that says so is wrong.
"""

import math
from datetime import UTC, datetime

EQUALS = ("eq", "ne", "in", "not_in")
ORDER = ("gt", "gte", "lt", "lte")
_NEEDS = {
    "double": "a number is needed",
    "timestamp": "a date or timestamp is needed, like 2025-01-31",
    "boolean": "true or false is needed",
}


def as_number(value: object) -> float | None:
    """The finite number that a configured value is or reads as; None for the others."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def as_moment(value: object) -> datetime | None:
    """The naive UTC moment that a configured ISO 8601 text reads as; None for the others."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def operand_fault(kind: str, operator: str, value: object) -> str:
    """Why no value of a column of this type can be what the operator asks for; "" when one can."""
    if kind not in _NEEDS or operator not in (*EQUALS, *ORDER):
        return ""
    for one in value if isinstance(value, list) else [value]:
        if not (one is None and operator in EQUALS) and not _fits(kind, operator, one):
            shown = str(one).lower() if isinstance(one, bool) else repr(one)
            return f"{_NEEDS[kind]}, not {shown}"
    return ""


def _fits(kind: str, operator: str, value: object) -> bool:
    if kind == "double":
        return as_number(value) is not None
    if kind == "timestamp":
        return as_number(value) is None and as_moment(value) is not None
    return operator in EQUALS and (isinstance(value, bool) or value in ("true", "false"))
