"""Features against a plain-Python oracle, at any moment, and that nothing later moves them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import Once
from tests.steps.feature_oracle import features as oracle
from tests.steps.histories import (
    START,
    Event,
    add_events,
    add_links,
    default_config,
    random_history,
    table,
)
from tsa_cli.config.features import FeaturesConfig
from tsa_cli.config.identity import IdentityConfig
from tsa_cli.errors import DataError, MissingTable
from tsa_cli.steps import features, sessionize
from tsa_cli.steps.features import FeaturesInput
from tsa_cli.store import Store, open_store


def compare(store: Store, want: dict[str, dict[str, object]]) -> None:
    got = {str(row["user_id"]): row for row in table(store, "from user_behavior_features")}
    assert got.keys() == want.keys()
    for user, row in want.items():
        for name, value in row.items():
            have = got[user][name]
            if isinstance(value, (float, Decimal)):
                assert float(str(have)) == pytest.approx(float(value), abs=1e-9), f"{user}: {name}"
            else:
                assert have == value, f"{user}: {name}"


HISTORIES = [event for seed in range(40) for event in random_history(seed, 60)]


@pytest.fixture
def shop(once: Once, tmp_path: Path) -> Iterator[Store]:
    def build() -> None:
        with open_store(tmp_path / "t.duckdb") as made:
            add_events(made, HISTORIES)
            sessionize.run(made, default_config())

    once("shop", build)
    with open_store(tmp_path / "t.duckdb") as opened:
        yield opened


def test_features_of_now_equal_the_oracle(shop: Store) -> None:
    newest = max(event.event_ts for event in HISTORIES)
    result = features.run(shop, FeaturesInput())
    assert result.as_of == newest
    compare(shop, oracle(HISTORIES, newest + timedelta(microseconds=1), newest))


@pytest.mark.parametrize(
    ("share", "name"),
    [
        (0.05, "page_viewed"),
        (0.3, "booking_completed"),
        (0.6, "feedback_submitted"),
        (0.8, "price_checked"),
    ],
)
def test_features_of_then_equal_the_oracle(shop: Store, share: float, name: str) -> None:
    """An event of that name, with the worst rating, lies exactly at the moment: it is later."""
    moments = [
        event.event_ts
        for event in HISTORIES
        if event.event_type == name and event.properties.get("rating") == 1
    ]
    as_of = sorted(moments)[int(share * len(moments))]
    features.run(shop, FeaturesInput(), as_of)
    compare(shop, oracle(HISTORIES, as_of, as_of))


def test_the_order_of_rows_moves_no_digit(shop: Store) -> None:
    found = []
    for changed in (
        "* replace (end_ts + to_microseconds(session_key * 7919 % 1000003) as end_ts)",
        "* from session_rows order by md5(session_id::varchar) --",
    ):
        shop.connection().execute(
            f"create or replace table session_rows as select {changed} from session_rows"
        ).fetchall()
        features.run(shop, FeaturesInput())
        found.append(table(shop, "from user_behavior_features order by user_id"))
    assert found[0] == found[1]


def test_nothing_that_happens_later_moves_a_feature(store: Store) -> None:
    as_of = sorted(event.event_ts for event in HISTORIES)[len(HISTORIES) // 2]
    past = [event for event in HISTORIES if event.event_ts < as_of]
    add_events(store, past)
    sessionize.run(store, default_config())
    features.run(store, FeaturesInput(), as_of)
    before = table(store, "from user_behavior_features order by user_id")
    add_events(store, [event for event in HISTORIES if event.event_ts >= as_of], 2)
    sessionize.run(store, default_config())
    features.run(store, FeaturesInput(), as_of)
    assert table(store, "from user_behavior_features order by user_id") == before


def test_a_snapshot_leaves_the_public_table_alone(shop: Store) -> None:
    features.run(shop, FeaturesInput())
    before = table(shop, "from user_behavior_features order by user_id")
    as_of = sorted(event.event_ts for event in HISTORIES)[len(HISTORIES) // 2]
    then = features.snapshot(shop, FeaturesInput(), as_of, identities="then")
    now = features.snapshot(shop, FeaturesInput(), as_of)
    assert table(shop, "from user_behavior_features order by user_id") == before
    assert set(then["user_id"]) == oracle(HISTORIES, as_of, as_of).keys()
    today = {row["user_id"] for row in table(shop, "select user_id from actors")}
    assert set(now["user_id"]) <= today
    assert now["total_sessions"].sum() == then["total_sessions"].sum()


def test_a_login_at_the_moment_itself_is_not_known_then(store: Store) -> None:
    login = START + timedelta(hours=1)
    add_events(store, [Event("1", "page_viewed", START, anonymous_id="a")])
    add_links(store, [("a", "ann", "identify", login)])
    sessionize.run(store, default_config())
    for as_of, user in ((login, "a"), (login + timedelta(microseconds=1), "ann")):
        features.run(store, FeaturesInput(), as_of)
        assert [row["user_id"] for row in table(store, "from user_behavior_features")] == [user]


def test_a_visit_that_goes_on_is_that_of_the_latest_known_id_in_it(store: Store) -> None:
    steps = [(0, "ann"), (60, None), (120, None)]
    add_events(
        store,
        [
            Event(str(at), "page_viewed", START + timedelta(seconds=at), user, "device")
            for at, user in steps
        ],
    )
    identity = IdentityConfig(stitch="none")
    sessionize.run(store, default_config(identity=identity))
    as_of = START + timedelta(seconds=90)
    features.run(store, FeaturesInput(identity=identity), as_of)
    rows = table(store, "from user_behavior_features")
    assert {row["user_id"]: row["total_sessions"] for row in rows} == {"ann": 1, "device": 0}


def test_a_snapshot_knows_the_channel_of_then(store: Store) -> None:
    def seen(name: str, minutes: int, ad: str = "", **told: str) -> Event:
        at, page = START + timedelta(minutes=minutes), f"https://shop.example/{ad}"
        return Event(f"{told}{minutes}", name, at, page_url=page, **told)

    add_events(
        store,
        [
            seen("service_completed", 0, user_id="served"),
            seen("page_viewed", 9000, "?gclid=1", user_id="served"),  # the first visit
            seen("page_viewed", 0, user_id="cut", referrer_url="https://shop.example/"),
            seen("page_viewed", 20, "?gclid=1", user_id="cut"),
            seen("page_viewed", 0, "?gclid=1", anonymous_id="device"),
            seen("page_viewed", 9000, anonymous_id="device", user_id="known"),
        ],
    )
    sessionize.run(store, default_config())

    def channels(minutes: int, identities: Literal["now", "then"]) -> dict[str, str | None]:
        as_of = START + timedelta(minutes=minutes)
        found = features.snapshot(store, FeaturesInput(), as_of, identities)
        return dict(found.select("user_id", "acquisition_channel").rows())

    paid = "Paid Search"
    assert channels(10, "now") == {"served": None, "cut": None, "known": paid}
    assert channels(60, "then") == {"served": None, "cut": paid, "device": paid}
    assert features.snapshot(store, FeaturesInput(), None)["acquisition_channel"].to_list() == (
        [paid] * 3
    )


def test_a_switching_rate_counts_visits_on_another_device_than_the_one_before(store: Store) -> None:
    devices = {"ann": "abba", "bob": "cc", "cy": "d"}
    add_events(
        store,
        [
            Event(f"{user}{day}", "page_viewed", START + timedelta(days=day), user, device)
            for user, visits in devices.items()
            for day, device in enumerate(visits)
        ],
    )
    sessionize.run(store, default_config())
    features.run(store, FeaturesInput())
    rows = table(store, "from user_behavior_features order by user_id")
    rates = [row["device_switching_rate"] for row in rows]
    assert rates == [pytest.approx(2 / 3), 0, None]
    assert [row["device_switches"] for row in rows] == [1, 0, 0]


def test_visits_at_one_moment_come_in_the_order_of_their_event_ids(store: Store) -> None:
    page = "https://shop.example/"
    visits = [("ac", 0, "?gclid=x"), ("bb", 0, ""), ("bb", 1, "")]
    add_events(
        store,
        [
            Event(
                f"{n}{place}", "page_viewed", START + timedelta(days=day),
                f"user-{n}", f"{device[n % 2]}{n}", page + ad,
            )
            for n in range(8)
            for place, (device, day, ad) in enumerate(visits)
        ],
    )  # fmt: skip
    sessionize.run(store, default_config())
    found = features.snapshot(store, FeaturesInput(), None)
    assert set(found["device_switching_rate"]) == {0.5}  # a, b, b
    assert set(found["acquisition_channel"]) == {"Paid Search"}


def test_an_event_that_is_negative_by_name_and_by_rating_counts_once(store: Store) -> None:
    names = ["complaint_form", "complaint_form", "feedback_submitted", "feedback_submitted"]
    ratings = [1, 5, 1, 5]
    add_events(
        store,
        [
            Event(str(n), name, START, user_id="ann", properties={"rating": rating})
            for n, (name, rating) in enumerate(zip(names, ratings, strict=True))
        ],
    )
    feedback = {"events": ["complaint_*"], "rated": ["complaint_form", "feedback_submitted"]}
    config = FeaturesConfig.model_validate({"negative_feedback": feedback})
    sessionize.run(store, replace(default_config(), features=config))
    features.run(store, FeaturesInput(features=config))
    [row] = table(store, "from user_behavior_features")
    assert row["negative_feedback_count"] == 3


def test_trends_are_slopes_over_equal_windows(store: Store) -> None:
    events = [
        Event(
            f"{week}-{n}", "page_viewed", START + timedelta(weeks=week, hours=n), anonymous_id="a"
        )
        for week in range(4)
        for n in range(week + 1)
    ]
    add_events(store, events)
    sessionize.run(store, default_config())
    config = FeaturesConfig.model_validate({"trend": {"windows": 4, "width": "7d"}})
    features.run(store, FeaturesInput(features=config), START + timedelta(weeks=4))
    [row] = table(store, "from user_behavior_features")
    assert row["session_frequency_trend"] == pytest.approx(1.0)
    assert float(str(row["engagement_score_trend"])) > 0


def test_the_local_clock_of_the_config_tells_the_time_of_day(store: Store) -> None:
    add_events(store, [Event("1", "page_viewed", datetime(2024, 3, 3, 23, 30), anonymous_id="a")])
    sessionize.run(store, default_config())
    for zone, part, day in (("UTC", "evening", "sunday"), ("Asia/Tokyo", "morning", "monday")):
        features.run(store, FeaturesInput(features=FeaturesConfig(timezone=zone)))
        [row] = table(store, "from user_behavior_features")
        assert (row["preferred_time_of_day"], row["preferred_day_of_week"]) == (part, day)


def test_the_parts_of_the_day_begin_at_midnight_six_noon_and_six(store: Store) -> None:
    firsts = {0: "night", 6: "morning", 12: "afternoon", 18: "evening"}
    lasts = {5: "night", 11: "morning", 17: "afternoon", 23: "evening"}
    moments = {f"{h:02}:00:00": part for h, part in firsts.items()}
    moments |= {f"{h:02}:59:59": part for h, part in lasts.items()}
    add_events(
        store,
        [
            Event(clock, "page_viewed", datetime.fromisoformat(f"2024-03-03 {clock}"), clock)
            for clock in moments
        ]
        + [Event("tie", "page_viewed", datetime(2024, 3, 3, 3), "06:00:00")],
    )
    sessionize.run(store, default_config())
    features.run(store, FeaturesInput())
    rows = table(store, "from user_behavior_features")
    assert {row["user_id"]: row["preferred_time_of_day"] for row in rows} == moments


def test_a_clock_that_is_put_back_within_an_hour_is_followed(store: Store) -> None:
    """In 2010 Newfoundland put its clocks back at 00:01, which was 02:31 UTC."""
    moments = {minute: datetime(2010, 11, 7, 2, minute, 30) for minute in (29, 30, 31)}
    events = [Event(f"{m}", "page_viewed", at, anonymous_id=f"{m}") for m, at in moments.items()]
    add_events(store, events)
    sessionize.run(store, default_config())
    features.run(store, FeaturesInput(features=FeaturesConfig(timezone="America/St_Johns")))
    rows = table(store, "from user_behavior_features")
    assert {
        row["user_id"]: (row["preferred_time_of_day"], row["preferred_day_of_week"]) for row in rows
    } == {"29": ("evening", "saturday"), "30": ("night", "sunday"), "31": ("evening", "saturday")}


def test_an_as_of_with_an_offset_is_turned_to_utc(shop: Store) -> None:
    as_of = datetime(2024, 3, 3, 12, tzinfo=UTC)
    east = as_of.astimezone(ZoneInfo("Asia/Tokyo"))
    assert features.run(shop, FeaturesInput(), east) == features.run(shop, FeaturesInput(), as_of)


def test_features_need_sessions_and_events(store: Store) -> None:
    with pytest.raises(MissingTable):
        features.run(store, FeaturesInput())
    sessionize.run(store, default_config())
    with pytest.raises(DataError, match="no events"):
        features.run(store, FeaturesInput())
