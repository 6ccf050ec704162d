"""User and time share one integer as long as they fit; the order is that of (type, user, time)."""

from datetime import datetime, timedelta

import pytest

from tests.steps.histories import START, Event, add_events, default_config, random_history, table
from tsa_cli.steps import sessionize
from tsa_cli.store import Store


def viewed(event_id: str, event_ts: datetime, person: str = "a") -> Event:
    return Event(event_id, "page_viewed", event_ts, anonymous_id=person)


def scale(store: Store) -> dict[str, object]:
    [row] = table(store, "from user_time_scale")
    return row


def test_a_full_run_leaves_every_event_of_core_in_order(store: Store) -> None:
    add_events(store, random_history(1))
    sessionize.run(store, default_config())
    rows = table(store, "from core_by_type")
    assert rows == sorted(rows, key=lambda row: (row["event_code"], row["user_time"]))
    events = table(store, "select event_seq from core order by event_seq")
    assert sorted(row["event_seq"] for row in rows) == [row["event_seq"] for row in events]


@pytest.mark.parametrize(("microseconds", "tick"), [(5000, 1000), (5001, 1)])
def test_the_unit_of_time_is_the_coarsest_that_is_exact(
    store: Store, microseconds: int, tick: int
) -> None:
    add_events(store, [viewed("1", START), viewed("2", START + timedelta(0, 0, microseconds))])
    sessionize.run(store, default_config())
    assert scale(store)["tick_us"] == tick


@pytest.mark.parametrize(
    "late",
    [
        START - timedelta(seconds=1),
        START + timedelta(days=3),
        START + timedelta(microseconds=1),
    ],
    ids=["before the first moment", "after the last one with room", "between two units"],
)
def test_events_that_do_not_fit_make_a_new_scale(store: Store, late: datetime) -> None:
    add_events(store, [viewed("1", START), viewed("2", START + timedelta(days=1))])
    sessionize.run(store, default_config())
    before = scale(store)
    add_events(store, [viewed("3", START + timedelta(hours=1))], 2)
    assert sessionize.run(store, default_config()).mode == "incremental"
    assert scale(store) == before
    add_events(store, [viewed("4", late)], 3)
    assert sessionize.run(store, default_config()).mode == "incremental"
    assert scale(store) != before
    assert len(table(store, "from core_by_type")) == 4


def test_where_user_and_time_do_not_fit_nothing_is_packed(store: Store) -> None:
    years = [datetime(1, 1, 1, 0, 0, 0, 1), datetime(9999, 1, 1)]
    people = [viewed(f"{n}", ts, f"p{n}") for n, ts in enumerate([*years, *[START] * 200])]
    add_events(store, people)
    sessionize.run(store, default_config())
    assert table(store, "from user_time_scale") == []
    assert table(store, "from core_by_type") == []
    add_events(store, [viewed("x", START)], 2)
    assert sessionize.run(store, default_config()).mode == "incremental"
    assert table(store, "from core_by_type") == []
