"""Which periods are whole, and what each is compared with."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import polars as pl
import pytest
from tests.steps.reports.conftest import Event, Given
from tests.steps.reports.measured import config_of, rows_of

from tsa_cli.config.metrics import MetricsConfig

GivenEvents = Callable[[Sequence[Event]], Given]
START = datetime(2024, 4, 1)
TICK = timedelta(microseconds=1)
NAMES = ("page_viewed", "booking_completed")


@pytest.fixture
def store(given: GivenEvents) -> Given:
    """Five weeks of three visits a day, each of one event; from Monday 2024-04-01 on."""
    draw = random.Random(3)
    start = START + timedelta(hours=5)
    return given(
        [
            Event(f"u{draw.randrange(20)}", start + timedelta(hours=8 * i), draw.choice(NAMES))
            for i in range(3 * 35)
        ]
    )


def booked(**given: object) -> MetricsConfig:
    numerator = {"count": "sessions", "with": {"event": "booking_completed"}}
    return config_of(numerator, {"count": "sessions"}, unit="share", **given)


@pytest.mark.parametrize("compare", [None, "weekdays"])
@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_whole_periods_of_a_span_are_told_as_in_the_full_run(
    store: Given, grain: str, zone: str, compare: str | None
) -> None:
    config = booked(timezone=zone)
    full = {r.period: r for r in rows_of(store, config, grain=grain, compare=compare)["m"]}
    since, until = datetime(2024, 4, 10, 13), datetime(2024, 5, 2, 7)
    rows = rows_of(store, config, grain=grain, compare=compare, since=since, until=until)["m"]
    assert [r.is_cut for r in rows] == [True, *[False] * (len(rows) - 2), True]
    assert [r.is_complete for r in rows] == [not r.is_cut for r in rows]
    for row in rows:
        assert row.previous == full[row.period].previous
        if row.is_cut:
            assert row.change is None
            assert row.denominator < full[row.period].denominator
        else:
            assert row == full[row.period]


def test_the_first_period_is_compared_with_the_one_before_the_span(store: Given) -> None:
    since = datetime(2024, 4, 15)
    rows = rows_of(store, booked(), grain="week", since=since)["m"]
    full = rows_of(store, booked(), grain="week")["m"]
    assert rows == full[2:]
    assert rows[0].previous is not None


def test_a_span_that_leaves_nothing_out_cuts_nothing(store: Given) -> None:
    full = rows_of(store, booked(), grain="month")["m"]
    since, until = datetime(2024, 4, 1, 5), store.newest
    assert rows_of(store, booked(), grain="month", since=since, until=until)["m"] == full
    assert [(r.is_complete, r.is_cut) for r in full] == [(True, False), (False, False)]


def test_an_open_period_is_no_cut_one_and_tells_its_change_so_far(store: Given) -> None:
    asked = {"grain": "week", "as_of": datetime(2024, 4, 24, 12), "until": datetime(2024, 12, 31)}
    row = rows_of(store, booked(), **asked)["m"][-1]
    assert (row.period, row.is_complete, row.is_cut) == ("2024-04-22", False, False)
    assert row.change is not None


def test_the_hours_before_the_first_event_are_nobodys(store: Given) -> None:
    config = config_of(
        {"count": "hours", "outcome": "with_events"}, {"count": "hours", "outcome": "all"}
    )
    since = datetime(2024, 4, 2)
    rows = rows_of(store, config, grain="day", since=since)["m"]
    assert rows == rows_of(store, config, grain="day")["m"][1:]
    assert rows[0].previous == pytest.approx(3 / 19)


def test_the_span_before_local_days_is_of_local_days(given: GivenEvents) -> None:
    """The clocks of New York went forward on 2024-03-10, so its day has 23 hours."""
    local = [datetime(2024, 3, 9, 4, 30), datetime(2024, 3, 9, 5, 30), datetime(2024, 3, 10, 12)]
    store = given([Event(f"u{i}", ts, "page_viewed") for i, ts in enumerate(local)])
    since, until = datetime(2024, 3, 10, 5), datetime(2024, 3, 11, 4) - TICK
    as_of = datetime(2024, 3, 12)
    asked = {"since": since, "until": until, "as_of": as_of, "compare": "previous"}
    hours = config_of(
        {"count": "hours", "outcome": "all"}, {"count": "sessions"}, timezone="America/New_York"
    )
    [row] = rows_of(store, hours, **asked)["m"]
    assert (row.period, row.numerator) == ("2024-03-10/2024-03-10", 23)
    assert row.previous == 24  # of the one session after midnight


def test_lines_have_no_span_before(given: GivenEvents) -> None:
    store = given([Event("a", datetime(2024, 4, 1), "x")])
    ledger = {
        "load_id": [1], "run_id": "r", "path": "f", "source": "native", "sha256": "x",
        "size_bytes": 1, "left_bytes": 0, "status": "ingested", "ingested_at": START,
        "read_count": 9, "inserted_count": 9, "duplicate_count": 0, "conflict_count": 0,
        "rejected_count": 0,
    }  # fmt: skip
    store.store.insert("ingested_files", pl.DataFrame(ledger))
    counted = {"count": "lines", "outcome": "read"}
    asked = {"since": datetime(2024, 4, 1), "compare": "previous"}
    [row] = rows_of(store, config_of(counted, counted), **asked)["m"]
    assert (row.numerator, row.previous, row.change) == (9, None, None)


def test_a_session_belongs_to_one_user_whoever_shares_the_device(given: GivenEvents) -> None:
    """Before a login a shared device's events are its own, the session is the person's."""
    visits = [
        [("tablet", "page_viewed")],
        [("tablet", "page_viewed"), ("ann", "booking_completed")],
        [("tablet", "page_viewed"), ("ben", "booking_completed")],
        [("tablet", "page_viewed"), ("ben", "booking_completed")],
    ]
    store = given(
        [
            Event(
                user,
                START + timedelta(days=i, minutes=j),
                name,
                anonymous_id="t",
                is_known=user != "tablet",
            )
            for i, visit in enumerate(visits)
            for j, (user, name) in enumerate(visit)
        ]
    )
    config = config_of(
        {"count": "users", "at_least": {"sessions": 2}},
        {"count": "users", "at_least": {"sessions": 1}},
    )
    [row] = rows_of(store, config)["m"]
    assert (row.numerator, row.denominator) == (1, 3)  # ben, of ann, ben and the tablet


def test_both_ends_of_the_asked_time_count_whatever_is_counted(given: GivenEvents) -> None:
    moment = START.replace(hour=1)
    moments = {"before": moment - TICK, "at": moment, "after": moment + TICK}
    store = given(
        [
            Event(user, at, "booking_started", properties=f'{{"booking_id": "{user}"}}')
            for user, at in moments.items()
        ]
    )
    key = {"count": "keys", "key": "properties.booking_id", "with": {"event": "booking_started"}}
    hours = {"count": "hours", "outcome": "with_events"}
    kinds = [*({"count": name} for name in ("events", "sessions", "users")), hours, key]
    spans = ((moment - TICK, moment), (moment, moment), (moment, moment + TICK))
    for kind in kinds:
        found = [
            rows_of(store, config_of(kind, kind), since=since, until=until)["m"][0].numerator
            for since, until in spans
        ]
        assert found == ([2, 1, 1] if kind is hours else [2, 1, 2]), kind
