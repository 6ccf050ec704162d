"""Local days, weeks and months over changes of the clock."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tsa_cli.kernels.calendar import Calendar, make_calendar, period_start, shift

# Springs and falls: Berlin, New York; at midnight: Beirut, Havana; half an hour: Lord Howe.
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Beirut", "America/Havana",
         "Australia/Lord_Howe", "Asia/Kolkata"]  # fmt: skip


def calendar_of(zone: str, bucket: str, week_start: str = "monday") -> Calendar:
    first, last = datetime(2023, 2, 27, 22), datetime(2024, 4, 3, 5)
    return make_calendar(
        first,
        last,
        bucket=bucket,
        timezone=zone,
        week_start=week_start,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("bucket", ["day", "week", "month"])
def test_an_instant_lies_in_the_period_of_its_local_date(zone: str, bucket: str) -> None:
    calendar = calendar_of(zone, bucket)
    draw = random.Random(zone + bucket)
    start = datetime(2023, 3, 1)
    instants = [start + timedelta(minutes=draw.randrange(390 * 24 * 60)) for _ in range(3000)]
    numbers = calendar.numbers(np.array(instants, dtype="datetime64[us]"))
    for instant, number in zip(instants, numbers.tolist(), strict=True):
        local = instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
        assert calendar.days[number] == period_start(local, bucket)  # type: ignore[arg-type]


def test_the_days_of_a_clock_change_have_23_and_25_hours() -> None:
    calendar = calendar_of("Europe/Berlin", "day")
    hours = dict(
        zip(calendar.days, np.diff(calendar.boundaries) / np.timedelta64(1, "h"), strict=True)
    )
    assert hours[date(2023, 3, 26)] == 23
    assert hours[date(2023, 10, 29)] == 25
    assert hours[date(2023, 10, 30)] == 24


def test_a_boundary_belongs_to_the_period_it_opens() -> None:
    calendar = make_calendar(datetime(2024, 1, 1), datetime(2024, 1, 3), bucket="day")
    edges = np.array(
        ["2023-12-31T23:59:59.999999", "2024-01-02T00:00", "2024-01-04T00:00"], "datetime64[us]"
    )
    assert calendar.numbers(edges).tolist() == [-1, 1, 3]
    assert calendar.end_of(0) == datetime(2024, 1, 2)


def test_a_week_starts_on_the_day_asked_for() -> None:
    thursday = date(2020, 6, 11)
    assert period_start(thursday, "week", "monday") == date(2020, 6, 8)
    assert period_start(thursday, "week", "sunday") == date(2020, 6, 7)
    assert period_start(date(2020, 6, 7), "week", "sunday") == date(2020, 6, 7)
    assert period_start(date(2020, 6, 7), "week", "monday") == date(2020, 6, 1)


def test_months_are_counted_over_years() -> None:
    assert shift(date(2023, 11, 1), 3, "month") == date(2024, 2, 1)
    assert shift(date(2024, 1, 1), -1, "month") == date(2023, 12, 1)
