"""Metrics against plain Python over the same visits."""

import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.soak import soaked
from tests.steps.reports.conftest import Event, Given
from tests.steps.reports.measured import config_of, rows_of

from tsa_cli.config.catalog import load_file
from tsa_cli.config.metrics import MetricsConfig
from tsa_cli.steps import metrics

GivenEvents = Callable[[Sequence[Event]], Given]
START = datetime(2024, 3, 25)
NAMES = ["page_viewed", "price_checked", "service_viewed", "booking_started", "booking_completed"]
SHIPPED = Path(__file__).parents[3] / "configs" / "metrics.yaml"


@pytest.fixture(scope="module")
def shipped() -> MetricsConfig:
    return load_file(MetricsConfig, SHIPPED)


def random_events(seed: int, users: int = 15) -> list[Event]:
    draw = random.Random(seed)
    events = []
    for number in range(users):
        clock = START + timedelta(minutes=draw.randrange(20 * 24 * 60))
        devices = [f"d{number}a", f"d{number}b"][: draw.choice([1, 1, 2])]
        for _ in range(draw.randrange(1, 20)):
            clock += timedelta(seconds=draw.choice([0, 5.25, 1800, 1801, 90_000]))
            name = draw.choice(NAMES)
            key = draw.choice(["booking_id", "booking_id", "order_id"])
            booking = {key: f"b{draw.randrange(25)}"} if "booking" in name else {}
            events.append(
                Event(
                    user=f"u{number:02d}",
                    ts=clock,
                    name=name,
                    page="/",
                    properties=json.dumps(booking if draw.random() < 0.8 else {}),
                    is_server=name == "booking_completed" and draw.random() < 0.2,
                    anonymous_id=draw.choice(devices),
                    is_known=number % 4 != 0,
                )
            )
    return events


def shop_pairs(given: Given) -> dict[str, tuple[float, float]]:
    """The shipped metrics by their descriptions, one (numerator, denominator) each."""
    visits, events = given.visits, given.events
    count = len(visits)

    def has(visit_events: list[Event], name: str) -> bool:
        return any(e.name == name for e in visit_events)

    users = {e.user for e in events}
    booked = {e.user for e in events if e.name == "booking_completed"}
    of_user = {u: [v for v in visits if v.user == u] for u in users}
    known = {e.user for e in events if e.is_known}
    devices = {u: {e.anonymous_id for v in of_user[u] for e in v.events} for u in users}
    started, completed = (bookings(given, f"booking_{n}") for n in ("started", "completed"))
    viewed = [v for v in visits if has(v.events, "service_viewed")]
    hours = {e.ts.replace(minute=0, second=0, microsecond=0) for e in events}
    span = (max(hours) - min(hours)) // timedelta(hours=1) + 1
    seconds = sum((v.events[-1].ts - v.events[0].ts).total_seconds() for v in visits)
    views = sum(e.name == "page_viewed" for v in visits for e in v.events)
    return {
        "session_duration": (seconds, count),
        "pages_per_session": (views, count),
        "bounce_rate": (sum(len(v.events) == 1 for v in visits), count),
        "booking_conversion_rate": (sum(has(v.events, "booking_completed") for v in visits), count),
        "booking_conversion_rate_users": (len(booked), len(users)),
        "cart_abandonment_rate": (len(started - completed), len(started)),
        "service_view_to_booking_rate": (
            sum(has(v.events, "booking_completed") for v in viewed),
            len(viewed),
        ),
        "price_check_frequency": (sum(e.name == "price_checked" for e in events), count),
        "return_visitor_rate": (
            sum(len(v) >= 2 for v in of_user.values()),
            sum(len(v) >= 1 for v in of_user.values()),
        ),
        "multi_device_rate": (sum(len(devices[u]) >= 2 for u in known), len(known)),
        "data_collection_rate": (len(hours), span),
    }


def bookings(given: Given, name: str) -> set[str]:
    """
    Booking ids of the events; without one, their session, or the user of a server event.

    So are events with an id that no booking was started with.
    """
    session_of = {id(e): v.key for v in given.visits for e in v.events}
    begun = {booking_of(e) for e in given.events if e.name == "booking_started"}
    found = set()
    for e in given.events:
        if e.name == name:
            fallback = f"s{session_of[id(e)]}" if id(e) in session_of else f"u{e.user}"
            known = booking_of(e)
            found.add(known if known and known in begun else fallback)
    return found


def booking_of(event: Event) -> str | None:
    told = json.loads(event.properties)
    return told.get("booking_id") or told.get("order_id")


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 8))])
def test_the_shipped_metrics_are_what_their_descriptions_say(
    given: GivenEvents, shipped: MetricsConfig, seed: int
) -> None:
    store = given(random_events(seed))
    found = rows_of(store, shipped)
    expected = shop_pairs(store)
    assert {n: (r[0].numerator, r[0].denominator) for n, r in found.items() if n in expected} == (
        expected
    )
    for name, (numerator, denominator) in expected.items():
        value = found[name][0].value
        assert value == (pytest.approx(numerator / denominator) if denominator else None)


def local(moment: datetime, zone: str) -> date:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("week_start", ["monday", "sunday"])
def test_each_period_holds_its_local_days_and_none_is_missing(
    given: GivenEvents, zone: str, grain: str, week_start: str
) -> None:
    store = given(random_events(11))
    config = config_of(
        {"count": "events", "with": {"event": "price_checked"}}, {"count": "sessions"},
        timezone=zone, week_start=week_start,
    )  # fmt: skip

    def period(moment: datetime) -> str:
        day = local(moment, zone)
        if grain == "week":
            day -= timedelta(days=(day.weekday() + (week_start == "sunday")) % 7)
        return day.isoformat()[:7] if grain == "month" else day.isoformat()

    checks = [period(e.ts) for e in store.events if e.name == "price_checked"]
    starts = [period(v.events[0].ts) for v in store.visits]
    rows = rows_of(store, config, grain=grain)["m"]
    assert {r.period: (r.numerator, r.denominator) for r in rows} == {
        r.period: (checks.count(r.period), starts.count(r.period)) for r in rows
    }
    assert sum(r.numerator for r in rows) == len(checks)
    assert sum(r.denominator for r in rows) == len(starts)
    for before, row in pairwise(rows):
        assert row.previous == before.value
        if row.value is not None and before.value:
            assert row.change == pytest.approx(row.value / before.value - 1)
    assert rows[0].previous is None
    assert [r.is_complete for r in rows] == [True] * (len(rows) - 1) + [False]


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 4))])
def test_a_dimension_divides_the_sessions_without_loss(given: GivenEvents, seed: int) -> None:
    store = given(random_events(seed))
    booked = {"count": "sessions", "with": {"event": "booking_completed"}}
    config = config_of(booked, {"count": "sessions"}, unit="share")
    rows = rows_of(store, config, by="properties.booking_id")["m"]
    first = [
        next((b for e in v.events if (b := json.loads(e.properties).get("booking_id"))), None)
        for v in store.visits
    ]
    assert {r.dimension_value: r.denominator for r in rows} == {v: first.count(v) for v in first}
    assert sum(r.denominator for r in rows) == len(store.visits)


def test_a_span_selects_sessions_by_their_start_and_compares_with_the_span_before(
    given: GivenEvents,
) -> None:
    def visit(user: str, day: int, *names: str) -> list[Event]:
        start = datetime(2024, 5, day, 12)
        return [Event(user, start + timedelta(minutes=i), n) for i, n in enumerate(names)]

    store = given(
        [
            *visit("a", 1, "page_viewed"),
            *visit("b", 2, "page_viewed", "booking_completed"),
            *visit("c", 3, "page_viewed", "booking_completed"),
            *visit("d", 4, "page_viewed", "booking_completed"),
            *visit("e", 11, "page_viewed"),
        ]
    )
    booked = {"count": "sessions", "with": {"event": "booking_completed"}}
    config = config_of(booked, {"count": "sessions"})
    since, until = datetime(2024, 5, 3), datetime(2024, 5, 5) - timedelta(microseconds=1)
    [row] = rows_of(store, config, since=since, until=until, compare="previous")["m"]
    assert (row.value, row.previous, row.change) == (1.0, 0.5, 1.0)
    assert row.period == "2024-05-03/2024-05-04"
    since, until = datetime(2024, 5, 10), datetime(2024, 5, 12) - timedelta(microseconds=1)
    [row] = rows_of(store, config, since=since, until=until, compare="weekdays")["m"]
    assert (row.value, row.previous, row.change) == (0.0, 1.0, -1.0)
    report = metrics.run(store.store, config, as_of=store.newest, compare="previous")
    assert "give --since or --grain" in report.warnings[0]


def test_an_order_that_has_its_id_only_where_it_is_placed_was_begun_in_its_visit(
    given: GivenEvents, shipped: MetricsConfig
) -> None:
    def visit(user: str, day: int, *names: str) -> list[Event]:
        known = {"booking_completed": f'{{"transaction_id": "T-{user}"}}'}
        start = datetime(2024, 5, day, 12)
        return [
            Event(user, start + timedelta(minutes=i), name, properties=known.get(name, "{}"))
            for i, name in enumerate(names)
        ]

    placed = visit("a", 1, "booking_started", "booking_completed")
    left = visit("b", 1, "booking_started")
    [row] = rows_of(given([*placed, *left]), shipped)["cart_abandonment_rate"]
    assert (row.numerator, row.denominator) == (1, 2)


def test_a_key_belongs_to_the_period_of_the_event_that_brings_it_in(given: GivenEvents) -> None:
    def event(day: int, name: str) -> Event:
        return Event("a", datetime(2024, 5, day), name, properties='{"booking_id": "b"}')

    store = given([event(1, "booking_completed"), event(2, "booking_started")])
    key = {"count": "keys", "key": "properties.booking_id", "with": {"event": "booking_started"}}
    done = {"event": "booking_completed"}
    rows = rows_of(store, config_of({**key, "without": done}, key), grain="day")["m"]
    assert [(r.period, r.numerator, r.denominator) for r in rows] == [
        ("2024-05-01", 0, 0),
        ("2024-05-02", 0, 1),
    ]


def test_a_key_has_the_value_of_its_first_event_on_whichever_device(given: GivenEvents) -> None:
    def event(hour: int, device: str, color: str) -> Event:
        told = json.dumps({"booking_id": "b", "color": color})
        moment = datetime(2024, 5, 1, hour)
        return Event("a", moment, "booking_started", properties=told, anonymous_id=device)

    store = given([event(1, "z", "red"), event(2, "y", "blue")])  # in core y comes before z
    key = {"count": "keys", "key": "properties.booking_id", "with": {"event": "booking_started"}}
    rows = rows_of(store, config_of(key, key), by="properties.color")["m"]
    assert {r.dimension_value: r.denominator for r in rows if r.denominator} == {"red": 1}
