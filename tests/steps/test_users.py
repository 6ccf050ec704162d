"""dim_users: worth, services, devices, segments and contact data of each person."""

import json
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest

from tests.steps import feature_oracle
from tests.steps.histories import (
    AGENTS,
    START,
    Event,
    add_events,
    default_config,
    random_history,
    table,
)
from tests.steps.session_oracle import analysed, persons, sessions
from tsa_cli.config.identity import IdentityConfig
from tsa_cli.config.sessions import SessionsConfig
from tsa_cli.config.users import UsersConfig
from tsa_cli.steps import features, sessionize
from tsa_cli.store import Store

WEIGHTS = {"service_viewed": 1, "price_checked": 2, "booking_completed": 5}
DEVICES = {AGENTS[1]: "mobile", AGENTS[2]: "desktop"}


def add_traits(store: Store, *rows: tuple[str | None, str | None, str, str, int]) -> None:
    names = ["anonymous_id", "user_id", "key", "value", "minute"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        seen_ts=START + pl.duration(minutes="minute"), load_id=pl.lit(1, dtype=pl.Int32)
    )
    store.insert("user_traits", frame.drop("minute"))


def one_user(store: Store, name: str = "dim_users") -> dict[str, object]:
    [row] = table(store, f"from {name}")
    return row


def test_users_equal_the_oracle(store: Store) -> None:
    events = [event for seed in range(24) for event in random_history(seed)]
    add_events(store, events)
    assert sessionize.run(store, default_config()).users == len(table(store, "from dim_users"))
    people = persons(events, IdentityConfig())
    newest = max(event.event_ts for event in events)
    figures = feature_oracle.features(events, newest + timedelta(microseconds=1), newest)
    rows = {str(row["user_id"]): row for row in table(store, "from dim_users")}
    assert rows.keys() == figures.keys()
    devices: dict[str, set[str]] = {user: set() for user in rows}
    for _, visit in sessions(events, SessionsConfig()):
        owner = ([e for e in visit if e.user_id] or visit)[-1]
        agent = next((e.user_agent for e in visit if e.user_agent), None)
        devices[people[(owner.anonymous_id, owner.user_id)]] |= {DEVICES[agent]} if agent else set()
    for user, row in rows.items():
        own = [e for e in analysed(events) if people[(e.anonymous_id, e.user_id)] == user]
        assert row["total_bookings"] == figures[user]["total_bookings"]
        assert row["lifetime_value"] == figures[user]["monetary_value"]
        assert row["device_types"] == sorted(devices[user])
        assert row["browser_fingerprints"] == sorted(
            {e.anonymous_id for e in own if e.anonymous_id}
        )
        assert row["preferred_services"] == services(own)
        assert (row["created_at"], row["updated_at"]) == (own[0].event_ts, own[-1].event_ts)
        assert row["first_seen_date"] == own[0].event_ts.date()
        assert row["customer_segment"] == segment(figures[user])


def services(events: list[Event]) -> list[str]:
    scores: dict[str, list[object]] = {}
    for event in events:
        name = event.properties.get("service_type")
        if name and event.event_type in WEIGHTS:
            score = scores.setdefault(str(name), [0, event.event_ts])
            score[0] = int(str(score[0])) + WEIGHTS[event.event_type]
            score[1] = max(score[1], event.event_ts)  # type: ignore[call-overload]
    order = sorted(scores, key=lambda n: (-int(str(scores[n][0])), -scores[n][1].timestamp(), n))  # type: ignore[attr-defined]
    return order[:3]


def segment(figures: dict[str, object]) -> str:
    bookings, value = int(str(figures["total_bookings"])), Decimal(str(figures["monetary_value"]))
    if bookings >= 3 and value >= 500 and float(str(figures["engagement_score"])) >= 0.7:
        return "VIP"
    if bookings:
        return "repeat customer" if bookings >= 2 else "customer"
    return "one-time visitor" if int(str(figures["total_sessions"])) <= 1 else "browser"


def test_events_of_one_booking_id_are_one_booking(store: Store) -> None:
    names = ["booking_completed", "service_booked", "booking_completed", "booking_completed"]
    ids = ["b1", "b1", "", ""]
    add_events(
        store,
        [
            Event(
                str(n), name, START, user_id="ann", properties={"booking_id": key, "amount": 10 + n}
            )
            for n, (name, key) in enumerate(zip(names, ids, strict=True))
        ],
    )
    sessionize.run(store, default_config())
    row = one_user(store)
    assert (row["total_bookings"], row["lifetime_value"]) == (3, Decimal("36.00"))
    features.run(store, features.FeaturesInput())
    row = one_user(store, "user_behavior_features")
    assert (row["total_bookings"], row["monetary_value"]) == (3, Decimal("36.00"))


def test_a_value_beyond_all_reason_is_none(store: Store) -> None:
    wild = [1e300, -5, "12,50", True, {"a": 1}, "NaN", 10**12]
    add_events(
        store,
        [
            Event(str(n), "booking_completed", START, user_id="ann", properties={"value": v})
            for n, v in enumerate(wild)
        ],
    )
    sessionize.run(store, default_config())
    row = one_user(store)
    assert (row["total_bookings"], row["lifetime_value"]) == (len(wild), Decimal("-5.00"))


@pytest.mark.parametrize(
    ("values", "worth"),
    [
        ((90_000_000,) * 5, "450000000.00"),  # in dong or rupiah five repairs, not riches
        ((-(10**9),), "-1000000000.00"),
        ((999_999_999_999,) * 10_001, "9999999999999999.99"),
    ],
)
def test_a_worth_is_told_in_full_up_to_sixteen_digits(
    store: Store, values: tuple[int, ...], worth: str
) -> None:
    add_events(
        store,
        [
            Event(str(n), "booking_completed", START, user_id="ann", properties={"value": value})
            for n, value in enumerate(values)
        ],
    )
    sessionize.run(store, default_config())
    assert one_user(store)["lifetime_value"] == Decimal(worth)
    features.run(store, features.FeaturesInput())
    row = one_user(store, "user_behavior_features")
    assert row["monetary_value"] == Decimal(worth)
    assert row["avg_booking_value"] == pytest.approx(float(worth) / len(values))


def test_the_latest_trait_is_kept_and_found_by_any_of_a_persons_ids(store: Store) -> None:
    add_events(store, [Event("1", "page_viewed", START, user_id="ann", anonymous_id="a")])
    add_traits(
        store,
        (None, "ann", "email", "enc:v1:old", 0),
        (None, "ann", "email_sha256", "sha256:old", 0),
        (None, "ann", "email_sha256_google", "sha256:old", 0),
        ("a", None, "email", "enc:v1:new", 5),
        ("a", None, "email_sha256", "sha256:new", 5),
        ("a", "ann", "plan", "gold", 1),
        ("a", "ann", "plan", "amber", 1),  # of two equally late ones the greater
        ("zoe", None, "plan", "none", 9),
    )
    sessionize.run(store, default_config())
    row = one_user(store)
    assert (row["email"], row["phone"]) == ("enc:v1:new", None)
    traits = {"email": "enc:v1:new", "email_sha256": "sha256:new", "plan": "gold"}
    assert json.loads(str(row["traits"])) == traits


def test_the_first_visit_names_the_acquisition_channel(store: Store) -> None:
    pages = ["https://shop.example/?gclid=x", "https://shop.example/"]
    add_events(
        store,
        [
            Event(str(n), "page_viewed", START + timedelta(days=n), anonymous_id="a", page_url=page)
            for n, page in enumerate(pages)
        ],
    )
    sessionize.run(store, default_config())
    assert one_user(store)["acquisition_channel"] == "Paid Search"


def test_of_first_visits_at_one_moment_that_of_the_smaller_event_id_counts(store: Store) -> None:
    page = "https://shop.example/"
    add_events(
        store,
        [
            Event(f"{n}{place}", "page_viewed", START, f"user-{n}", f"{n}{place}", page + ad)
            for n in range(8)
            for place, ad in enumerate(("?gclid=x", ""))
        ],
    )
    sessionize.run(store, default_config())
    found = table(store, "select distinct acquisition_channel as channel from dim_users")
    assert found == [{"channel": "Paid Search"}]


def test_segments_are_the_config_s(store: Store) -> None:
    add_events(store, [Event("1", "page_viewed", START, anonymous_id="a")])
    rules = [
        {"name": "busy", "where": {"total_page_views": {"gte": 2}}},
        {"name": "idle", "where": {"days_since_last_visit": {"lte": 0}}},
    ]
    users = UsersConfig.model_validate({"segments": rules})
    sessionize.run(store, default_config(users=users))
    assert one_user(store)["customer_segment"] == "idle"


def test_both_bounds_of_every_measure_of_a_segment_are_included(store: Store) -> None:
    seen = [("page_viewed", 0), ("page_viewed", 1), ("booking_completed", 2), ("page_viewed", 90)]
    events = [
        Event(f"{at}", name, START + timedelta(minutes=at), "ann", properties={"value": 70})
        for name, at in seen
    ]
    add_events(store, [*events, Event("now", "email_sent", START + timedelta(days=5), "bob")])
    sessionize.run(store, default_config())
    features.run(store, features.FeaturesInput())
    [score] = table(
        store, "select engagement_score from user_behavior_features where user_id = 'ann'"
    )
    measures = {
        "total_sessions": 2, "total_page_views": 3, "total_bookings": 1, "lifetime_value": 70,
        "engagement_score": score["engagement_score"], "days_since_last_visit": 4,
    }  # fmt: skip
    beyond = [(name, bound, sign) for name in measures for bound, sign in (("gte", 1), ("lte", -1))]
    steps = {"engagement_score": 0.001}
    rules: list[dict[str, object]] = [
        {
            "name": f"{name} {bound}",
            "where": {name: {bound: float(str(measures[name])) + sign * steps.get(name, 1)}},
        }
        for name, bound, sign in beyond
    ]
    just = {name: {"gte": value, "lte": value} for name, value in measures.items()}
    rules += [{"name": "just", "where": just}, {"name": "else"}]
    users = UsersConfig.model_validate({"segments": rules})
    sessionize.run(store, default_config(users=users))
    found = table(store, "select customer_segment from dim_users where user_id = 'ann'")
    assert found == [{"customer_segment": "just"}]


def test_a_day_since_the_last_visit_is_a_whole_one(store: Store) -> None:
    last, now = START + timedelta(milliseconds=900), START + timedelta(days=1, milliseconds=100)
    add_events(
        store,
        [
            Event("1", "page_viewed", last, anonymous_id="a"),
            Event("2", "page_viewed", now, anonymous_id="b"),
        ],
    )
    rules = [{"name": "gone", "where": {"days_since_last_visit": {"gte": 1}}}, {"name": "here"}]
    sessionize.run(store, default_config(users=UsersConfig.model_validate({"segments": rules})))
    assert {row["customer_segment"] for row in table(store, "from dim_users")} == {"here"}


def test_a_mail_sent_is_no_visit_of_a_segment(store: Store) -> None:
    add_events(store, [Event("1", "email_sent", START, user_id="u")])
    rules = [{"name": "here", "where": {"days_since_last_visit": {"gte": 0}}}, {"name": "never"}]
    sessionize.run(store, default_config(users=UsersConfig.model_validate({"segments": rules})))
    assert one_user(store)["customer_segment"] == "never"


def worths(
    store: Store, users: UsersConfig, told: Iterable[dict[str, object]]
) -> list[Decimal | None]:
    """What each of the bookings is worth, which are of a user each."""
    events = [
        Event(f"{n}", "booking_completed", START, user_id=f"{n}", properties=properties)
        for n, properties in enumerate(told)
    ]
    add_events(store, events)
    sessionize.run(store, default_config(users=users))
    rows = table(store, "select user_id, lifetime_value from dim_users")
    found = {row["user_id"]: row["lifetime_value"] for row in rows}
    return [found[event.user_id] for event in events]


def test_a_booking_is_what_the_config_calls_one_whether_or_not_it_names_a_service(
    store: Store,
) -> None:
    names = ["deal_closed", "deal_closed", "booking_completed"]
    add_events(
        store,
        [
            Event(f"{n}", name, START, user_id="u", properties={"value": 7, "service": name})
            for n, name in enumerate(names)
        ],
    )
    sessionize.run(store, default_config(users=UsersConfig(booking_events=["deal_*"])))
    row = one_user(store)
    assert (row["total_bookings"], row["lifetime_value"]) == (2, Decimal(14))
    assert row["preferred_services"] == ["booking_completed"]


def test_a_property_may_have_any_name(store: Store) -> None:
    keys = ["a/b", "a~b", 'a"b', "a.b", "$"]
    told: list[dict[str, object]] = [{key: 7 + n} for n, key in enumerate(keys)]
    found = worths(store, UsersConfig(value_properties=keys), told)
    assert found == [Decimal(7 + n) for n in range(len(keys))]


def test_a_booking_is_worth_what_the_sources_call_its_value(store: Store) -> None:
    told: list[tuple[dict[str, object], str]] = [
        ({"revenue": "120.50", "total": 131, "price": 40}, "120.50"),  # an order of Segment's spec
        ({"total": 131, "price": 40}, "131.00"),  # the price is of one item
        ({"value": 99, "revenue": 120}, "99.00"),
        ({"price": 40, "amount": 2}, "40.00"),
        ({"$revenue": 75.5, "$price": 25, "$quantity": 3}, "75.50"),  # as Amplitude's SDKs send it
        ({"$price": 25, "$quantity": 1}, "25.00"),
        ({"tr_total": 99, "tr_tax": 9}, "99.00"),  # a transaction of Snowplow's
    ]
    found = worths(store, UsersConfig(), [properties for properties, _ in told])
    assert found == [Decimal(worth) for _, worth in told]


@pytest.mark.parametrize("key", ["booking_id", "order_id", "transaction_id", "tr_orderid"])
def test_an_order_that_comes_twice_is_one_booking_whatever_its_source_calls_the_id(
    store: Store, key: str
) -> None:
    orders: list[dict[str, object]] = [{key: "o1"}, {"booking_id": "", key: "o1"}, {key: "o2"}]
    events = [
        Event(f"{n}", "booking_completed", START, user_id="u", properties={"value": 5, **order})
        for n, order in enumerate(orders)
    ]
    add_events(store, events)
    sessionize.run(store, default_config())
    assert one_user(store)["total_bookings"] == 2
    assert one_user(store)["lifetime_value"] == Decimal(10)


def test_a_key_of_one_name_may_be_that_name() -> None:
    users = UsersConfig.model_validate({"booking_id_property": "no", "currency_property": "cur"})
    assert (users.booking_id_property, users.currency_property) == (["no"], ["cur"])
