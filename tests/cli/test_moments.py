"""`--as-of`, `--since`, `--until` in the three ways a person writes a moment."""

from datetime import datetime

import pytest

from tsa_cli.cli import moments
from tsa_cli.errors import UsageError

NEWEST = datetime(2026, 3, 31, 18, 30)


def test_a_date_counts_as_its_whole_day() -> None:
    assert moments.since("2026-03-31", NEWEST) == datetime(2026, 3, 31)
    assert moments.until("2026-03-31", NEWEST) == datetime(2026, 3, 31, 23, 59, 59, 999999)


def test_a_date_is_the_day_of_the_report_s_time_zone() -> None:
    zone = "America/New_York"  # its clocks went forward on 2026-03-08
    assert moments.since("2026-03-08", NEWEST, zone) == datetime(2026, 3, 8, 5)
    assert moments.until("2026-03-08", NEWEST, zone) == datetime(2026, 3, 9, 3, 59, 59, 999999)
    assert moments.since("2026-03-08T00:00", NEWEST, zone) == datetime(2026, 3, 8)


def test_a_day_whose_edge_lies_outside_of_all_years_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="outside the years"):
        moments.until("9999-12-31", NEWEST)
    with pytest.raises(UsageError, match="outside the years"):
        moments.since("0001-01-01", NEWEST, "Asia/Kolkata")
    for text in ("0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00"):
        with pytest.raises(UsageError, match="outside the years"):
            moments.as_of(text, NEWEST)


def test_a_timestamp_is_inclusive_and_becomes_utc() -> None:
    assert moments.until("2026-03-31T12:00:00Z", NEWEST) == datetime(2026, 3, 31, 12)
    assert moments.until("2026-03-31T12:00:00+02:00", NEWEST) == datetime(2026, 3, 31, 10)
    assert moments.since("2026-03-31 12:00", NEWEST) == datetime(2026, 3, 31, 12)
    assert moments.since("2026-03-31t12:00:00z", NEWEST) == datetime(2026, 3, 31, 12)


def test_an_age_counts_back_from_the_newest_event() -> None:
    assert moments.since("30d", NEWEST) == datetime(2026, 3, 1, 18, 30)
    assert moments.until("90m", NEWEST) == datetime(2026, 3, 31, 17)


def test_the_clock_is_the_newest_event_where_nothing_is_asked() -> None:
    assert moments.as_of(None, NEWEST) == NEWEST
    assert moments.as_of("2026-03-01", NEWEST) == datetime(2026, 3, 1)
    assert moments.since(None, NEWEST) is None


@pytest.mark.parametrize("text", ["yesterday", "30", "30x", "2026-13-01", "2026-02-30", ""])
def test_anything_else_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="not a moment"):
        moments.since(text, NEWEST)


def test_an_age_needs_a_clock() -> None:
    with pytest.raises(UsageError, match="empty store"):
        moments.since("30d", None)
