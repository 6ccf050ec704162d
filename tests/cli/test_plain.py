"""What reaches a machine format is JSON's own types."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest

from tsa_cli.cli.plain import plain


@dataclass(frozen=True)
class Pair:
    left: object
    right: object


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 600, UTC), "2026-01-02T03:04:05.000600Z"),
        (datetime(2026, 1, 2, 1, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T23:00:00Z"),
        (date(2026, 1, 2), "2026-01-02"),
        (timedelta(minutes=30), 1800.0),
        (pa.scalar(pa.MonthDayNano([0, 2, 500_000_000])).as_py(), 172_800.5),
        (pa.scalar(pa.MonthDayNano([3, 0, 0])).as_py(), "P3M0DT0S"),
        (float("nan"), None),
        (float("inf"), None),
        (Decimal(12), 12),
        (Decimal("0.5"), 0.5),
        (Decimal("NaN"), None),
        (np.float64("nan"), None),
        (np.int32(7), 7),
        (np.bool_(True), True),
        (np.array([1.5, np.nan]), [1.5, None]),
        ({"a": {3, 1}}, {"a": [1, 3]}),
        ((1, None), [1, None]),
        (Path("a/b"), "a/b"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Pair(1, Pair("x", None)), {"left": 1, "right": {"left": "x", "right": None}}),
        (True, True),
    ],
)
def test_a_value_becomes_plain(value: object, expected: object) -> None:
    found = plain(value)
    assert found == expected
    assert type(found) is type(expected)
    json.dumps(found, allow_nan=False)
