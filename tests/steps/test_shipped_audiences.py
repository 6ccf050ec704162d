"""The PRD's six audiences and three retargeting lists, as they are shipped."""

from datetime import timedelta

import pytest

from tests.steps.audience_shop import NOW, Shop
from tsa_cli.config.audiences import AudienceConfig
from tsa_cli.config.catalog import open_catalog
from tsa_cli.steps import export_audiences
from tsa_cli.steps.export_audiences import Request
from tsa_cli.store import open_store


@pytest.fixture
def shop(tmp_path):
    with open_store(tmp_path / "tsa.duckdb") as store:
        yield Shop(store, tmp_path / "audiences")


SHIPPED = [
    "abandoned_booking_users", "cart_abandoners", "high_intent_visitors", "mobile_first_users",
    "price_checkers_no_booking", "price_sensitive_segment", "repeat_visitors_no_conversion",
    "service_specific_retargeting", "technical_service_interest",
]  # fmt: skip


def test_the_prds_nine_audiences_find_whom_the_prd_describes(shop):
    catalog = open_catalog(None)
    audiences = dict(catalog.entries(AudienceConfig, "audiences", SHIPPED))
    shop.person("intent", price_check_events=4, booking_attempts=1, days_since_last_visit=6,
                total_bookings=1)  # fmt: skip
    shop.person("stale", price_check_events=4, booking_attempts=1, days_since_last_visit=7,
                total_bookings=1)  # fmt: skip
    shop.person("frugal", price_check_events=9, avg_price_checks=4, price_comparison_events=6,
                booking_conversion_rate=None, total_bookings=0)  # fmt: skip
    shop.person("mobile", mobile_usage_rate=0.81, total_sessions=4, total_bookings=0)
    shop.person("quitter", booking_attempts=1, total_bookings=0)
    shop.store.execute("5_scores/user_scores.sql")
    for user, score in (("intent", 71), ("stale", 99)):
        shop.sql("insert into user_scores values ($u, 'lead_score', 'v', $t, $s, .7, 'Hot', '{}')",
                 {"u": user, "s": score, "t": NOW})  # fmt: skip
    add_events(shop)
    request = Request(audiences, [], shop.privacy, shop.keys, NOW, shop.root)
    reports = {r.name: r for r in export_audiences.export(shop.store, request)}
    assert [str(r.error) for r in reports.values() if r.error] == []
    assert {name: shop.ids("members.csv", name) for name in reports} == {
        "abandoned_booking_users": ["open"],
        "cart_abandoners": ["quitter"],
        "high_intent_visitors": ["intent"],
        "mobile_first_users": ["mobile"],
        "price_checkers_no_booking": ["frugal"],
        "price_sensitive_segment": ["frugal"],
        "repeat_visitors_no_conversion": ["mobile"],
        "service_specific_retargeting": ["iphone", "other"],
        "technical_service_interest": ["nerd"],
    }


def add_events(shop):
    """Events by hand behind a table in the place of the fact_events view."""
    shop.sql("drop view fact_events")
    shop.sql("create table fact_events (user_id varchar, event_type varchar,"
             " event_timestamp timestamp, properties json, is_bot boolean)")  # fmt: skip
    day = timedelta(days=1)
    kinds = ("data_recovery", "motherboard_repair", "advanced_diagnostics", "data_recovery")
    events = [
        ("open", "booking_started", 2 * day, "{}"),
        ("open", "booking_completed", 3 * day, "{}"),
        ("done", "booking_started", 2 * day, "{}"),
        ("done", "booking_completed", 1 * day, "{}"),
        ("phoned", "booking_started", 2 * day, "{}"),
        ("phoned", "service_booked", 1 * day, "{}"),
        ("bot", "booking_started", 2 * day, "{}"),
        ("bot", "service_viewed", 2 * day, '{"service_type": "iPhone screen"}'),
        *(
            ("bot", "service_viewed", day, f'{{"service_category": "{k}", "service_id": {i}}}')
            for i, k in enumerate(kinds)
        ),
        ("old", "booking_started", 7 * day, "{}"),
        ("future", "booking_started", -1 * day, "{}"),
        *(
            ("nerd", "service_viewed", day, f'{{"service_category": "{k}", "service_id": {i}}}')
            for i, k in enumerate(kinds)
        ),
        *(
            (
                "same",
                "service_viewed",
                day,
                f'{{"service_category": "{kinds[0]}", "service_id": 1}}',
            )
            for _ in range(5)
        ),
        ("iphone", "service_viewed", 2 * day, '{"service_type": "iPhone screen"}'),
        ("iphone", "service_viewed", 3 * day, '{"service_type": "iPhone screen"}'),
        ("booked", "service_viewed", 2 * day, '{"service_type": "iPhone screen"}'),
        ("booked", "booking_completed", 1 * day, '{"service_type": "iPhone screen"}'),
        ("other", "service_viewed", 2 * day, '{"service_type": "iPhone screen"}'),
        ("other", "booking_completed", 1 * day, '{"service_type": "Laptop fan"}'),
    ]
    for user, event, ago, properties in events:
        shop.sql("insert into fact_events values ($u, $e, $t, $p, $u = 'bot')",
                 {"u": user, "e": event, "t": NOW - ago, "p": properties})  # fmt: skip
    for user in {event[0] for event in events}:
        shop.sql("insert into consent_events values (null, $u, 'marketing', true, $t, 1)",
                 {"u": user, "t": NOW - day})  # fmt: skip
