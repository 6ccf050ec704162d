"""
Values as machine formats write them: what steps and DuckDB answer becomes JSON's own types.

Timestamps become ISO 8601 UTC with `Z`, undefined numbers null, decimals and numpy scalars
plain numbers.
"""

import dataclasses
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"


def plain(value: object) -> Plain:
    """`value` with nothing in it but JSON's types; what has no such form becomes its text."""
    if value is None or isinstance(value, (bool, str)):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, (datetime, date, time, timedelta)):
        return _moment(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return [plain(item) for item in sorted(value, key=str)]
    if isinstance(value, bytes):
        return value.hex()
    return _foreign(value)


def _number(value: int | float | Decimal) -> Plain:
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return int(value) if isinstance(value, int) else float(value)


def _moment(value: date | time | timedelta) -> Plain:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat()


def _interval(months: int, days: int, nanoseconds: int) -> Plain:
    """An interval of SQL: its seconds; with months, whose length is not known, ISO 8601."""
    if months:
        return f"P{months}M{days}DT{nanoseconds / 1e9:g}S"
    return days * 86_400 + nanoseconds / 1e9


def iso(moment: datetime) -> str:
    """ISO 8601 with `Z`; a naive `moment` is UTC, as everywhere in the store."""
    utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return utc.isoformat().replace("+00:00", "Z")


def _foreign(value: object) -> Plain:
    """Intervals of Arrow; numpy's values by their own methods; sequences by item; else text."""
    if isinstance(value, tuple) and type(value).__name__ == "MonthDayNano":
        return _interval(*value)
    for method in ("tolist", "item"):
        convert = getattr(value, method, None)
        if callable(convert):
            return plain(convert())
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)
