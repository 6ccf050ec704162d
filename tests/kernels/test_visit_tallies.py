"""Visits counted for each user equal those counted one by one."""

from collections import defaultdict

import numpy as np
import pytest

from tsa_cli.kernels.visit_tallies import (
    Columns,
    first_visits,
    tallies_of_users,
    tallies_of_windows,
    values_of_users,
    visits_of_travellers,
)

WINDOWS = 3
QUARTERS = ["nights", "mornings", "afternoons", "evenings"]
WEEKDAYS = ["mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays"]
Row = dict[str, int]


def random_visits(seed: int) -> Columns:
    """Few users, some with keys below 0, ties in time, visits of centuries."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(0, 60))
    start = rng.integers(-5, 5, count) * 10**15
    return {
        "user_key": rng.choice([-9, -1, 0, 4, 7], count).astype(np.int32),
        "session_key": np.arange(count, dtype=np.int32),
        "first_event_seq": rng.permutation(count),
        "device_key": rng.integers(1, 4, count).astype(np.int32),
        "agent_key": rng.choice([0, 1, 5, 900], count).astype(np.int32),
        "start_us": start,
        "end_us": start + rng.choice([0, 1, 2**53 + 1, 999_999], count),
        "page_views": rng.integers(0, 9, count).astype(np.int32),
        "interactive_count": rng.integers(0, 9, count).astype(np.int32),
        "is_conversion": rng.random(count) < 0.3,
        "is_mobile": rng.random(count) < 0.3,
        "local_hour": rng.integers(0, 24, count).astype(np.int8),
        "local_weekday": rng.integers(1, 8, count).astype(np.int8),
        "window_index": rng.integers(-1, WINDOWS, count).astype(np.int8),
    }


def rows(columns: Columns) -> list[Row]:
    values = [column.tolist() for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]


def of_users(visits: Columns) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows(visits):
        found[row["user_key"]].append(row)
    return found


def sums(visits: list[Row]) -> Row:
    return {
        "total_sessions": len(visits),
        "duration_us": sum(row["end_us"] - row["start_us"] for row in visits),
        "page_views": sum(row["page_views"] for row in visits),
        "interactive_count": sum(row["interactive_count"] for row in visits),
    }


@pytest.mark.parametrize("seed", range(20))
def test_each_user_s_visits_are_counted(seed: int) -> None:
    visits = random_visits(seed)
    want = [
        {
            "user_key": user,
            **sums(own),
            "conversion_count": sum(row["is_conversion"] for row in own),
            "mobile_count": sum(row["is_mobile"] for row in own),
            "first_visit_us": min(row["start_us"] for row in own),
            "last_visit_us": max(row["end_us"] for row in own),
            **{name: sum(row["local_hour"] // 6 == at for row in own)
               for at, name in enumerate(QUARTERS)},
            **{name: sum(row["local_weekday"] == at for row in own)
               for at, name in enumerate(WEEKDAYS, start=1)},
        }
        for user, own in sorted(of_users(visits).items())
    ]  # fmt: skip
    assert rows(tallies_of_users(visits)) == want


@pytest.mark.parametrize("seed", range(20))
def test_a_window_counts_the_visits_that_begin_in_it(seed: int) -> None:
    visits = random_visits(seed)
    want = [
        {"user_key": user, "window_index": window, **sums(within)}
        for user, own in sorted(of_users(visits).items())
        for window in range(WINDOWS)
        if (within := [row for row in own if row["window_index"] == window])
    ]
    assert rows(tallies_of_windows(visits, WINDOWS)) == want


@pytest.mark.parametrize("seed", range(20))
def test_visits_of_travellers_and_first_ones_are_found(seed: int) -> None:
    visits = random_visits(seed)
    users = of_users(visits)
    devices = {user: {row["device_key"] for row in own} for user, own in users.items()}
    first = {user: min(row["start_us"] for row in own) for user, own in users.items()}
    travelling = [row for row in rows(visits) if len(devices[row["user_key"]]) > 1]
    assert visits_of_travellers(visits)["first_event_seq"].tolist() == [
        row["first_event_seq"] for row in travelling
    ]
    assert first_visits(visits)["session_key"].tolist() == [
        row["session_key"] for row in rows(visits) if row["start_us"] == first[row["user_key"]]
    ]


@pytest.mark.parametrize("seed", range(20))
def test_each_value_of_a_user_s_visits_is_there_once(seed: int) -> None:
    visits = random_visits(seed)
    met = {(row["user_key"], row["agent_key"]) for row in rows(visits) if row["agent_key"]}
    found = values_of_users(visits, "agent_key")
    assert list(zip(found["user_key"], found["agent_key"], strict=True)) == sorted(met)
