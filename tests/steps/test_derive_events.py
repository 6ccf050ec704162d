"""Derived events against a plain-Python oracle, and the default rules at their boundaries."""

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from tests.soak import soaked
from tests.steps.histories import (
    START,
    Event,
    add_events,
    add_links,
    default_config,
    random_history,
    table,
)
from tsa_cli.config import open_catalog
from tsa_cli.config.events import DerivedEvent, EventsConfig
from tsa_cli.errors import MissingTable
from tsa_cli.steps import derive_events, sessionize
from tsa_cli.store import Store

Row = tuple[str, str, datetime, str, str | None]


def names_of(matcher: Any) -> set[str]:
    return {matcher.event} if matcher.event else {branch.event for branch in matcher.any_of}


def oracle(rule: DerivedEvent, events: list[dict[str, Any]], as_of: datetime) -> set[Row]:
    """The derived events of one rule over rows of fact_events."""
    people: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in sorted(events, key=lambda e: (e["event_timestamp"], e["event_id"])):
        if not event["is_bot"] and event["event_timestamp"] <= as_of:
            people[event["user_id"]].append(event)
    found = set()
    for user, own in people.items():
        counts: dict[tuple[Any, ...], int] = defaultdict(int)
        for at, event in enumerate(own):
            if event["event_type"] not in names_of(rule.when):
                continue
            key = key_of(event, rule)
            group = (key, event["session_id"] if rule.per == "session" else None)
            counts[group] += 1
            if rule.per == "session" and event["session_id"] is None:
                continue
            if rule.per != "event" and counts[group] != rule.at_least:
                continue
            deadline = event["event_timestamp"] + (rule.within or timedelta(0))
            if deadline > as_of or is_prevented(rule, own, at, key, deadline):
                continue
            found.add((user, rule.name, deadline, event["event_id"], event["session_id"]))
    return found


def key_of(event: dict[str, Any], rule: DerivedEvent) -> Any:
    if rule.key is None:
        return None
    told = json.loads(event["properties"])
    values = (told.get(key.removeprefix("properties.")) for key in rule.key)
    return next((value for value in values if value), None)


def is_prevented(
    rule: DerivedEvent, own: list[dict[str, Any]], at: int, key: Any, deadline: datetime
) -> bool:
    if rule.unless is None:
        return False
    for other_at, other in enumerate(own):
        other_key = key_of(other, rule)
        if other["event_type"] not in names_of(rule.unless):
            continue
        if key is not None and other_key is not None and key != other_key:
            continue
        if other_at > at and other["event_timestamp"] <= deadline:
            return True
        if other_at < at and rule.ever:
            return True
    return False


def derived(store: Store) -> set[Row]:
    rows = table(
        store,
        "select user_id, event_type, event_ts, anchor_event_id, session_id from derived_events",
    )
    return {tuple(row.values()) for row in rows}  # type: ignore[misc]


RULES: tuple[dict[str, Any], ...] = (
    {
        "when": {"event": "booking_started"},
        "key": "properties.booking_id",
        "within": "30m",
        "unless": {"any_of": [{"event": "booking_completed"}, {"event": "booking_started"}]},
    },
    {
        "when": {"event": "booking_started"},
        "within": "1d",
        "unless": {"event": "booking_completed"},
    },
    {"when": {"event": "price_checked"}, "at_least": 2, "per": "session"},
    {
        "when": {"event": "price_checked"},
        "at_least": 2,
        "per": "user",
        "key": "properties.booking_id",
    },
    {
        "when": {"any_of": [{"event": "page_viewed"}, {"event": "page_scrolled"}]},
        "at_least": 4,
        "per": "user",
        "unless": {"event": "booking_completed"},
        "within": "2h",
        "ever": True,
    },
    {
        "when": {"event": "price_checked"},
        "key": "properties.booking_id",
        "within": "3h",
        "ever": True,
        "unless": {"event": "booking_completed"},
    },
    {"when": {"event": "service_completed"}, "per": "session"},
)


def config_of(*rules: dict[str, Any]) -> EventsConfig:
    named = [{"name": f"rule_{n}", **rule} for n, rule in enumerate(rules)]
    return EventsConfig.model_validate({"derived": named})


def test_every_rule_gives_what_the_oracle_gives(store: Store) -> None:
    events = [event for seed in range(12) for event in random_history(seed)]
    random.Random(1).shuffle(events)
    add_events(store, events)
    sessionize.run(store, default_config())
    facts = table(store, "from fact_events")
    newest = max(event.event_ts for event in events)
    config = config_of(*RULES)
    for as_of in (newest, START + timedelta(hours=30), START + timedelta(hours=2)):
        result = derive_events.run(store, config, as_of)
        wanted = set().union(*(oracle(rule, facts, as_of) for rule in config.derived))
        assert derived(store) == wanted
        assert sum(result.counts.values()) == len(wanted)
        assert as_of < newest or all(result.counts[f"rule_{n}"] for n in range(6)), result.counts


def default_events() -> EventsConfig:
    return open_catalog(None).load(EventsConfig, "events.yaml")


Step = tuple[float, str, dict[str, object]]


def found_at(store: Store, steps: list[Step], as_of: float) -> set[tuple[str, float]]:
    """(name, second) of what the default rules derive from one visitor's events."""
    return found_of_each(store, {"ann": steps}, as_of)["ann"]


def found_of_each(
    store: Store, visitors: Mapping[str, Sequence[Step]], as_of: float
) -> dict[str, set[tuple[str, float]]]:
    """The same of several visitors."""
    events = [
        Event(
            f"{visitor}-{n:03d}",
            name,
            START + timedelta(seconds=at),
            anonymous_id=visitor,
            properties=properties,
        )
        for visitor, steps in visitors.items()
        for n, (at, name, properties) in enumerate(steps)
    ]
    add_events(store, events)
    sessionize.run(store, default_config())
    derive_events.run(store, default_events(), START + timedelta(seconds=as_of))
    found: dict[str, set[tuple[str, float]]] = {visitor: set() for visitor in visitors}
    for visitor, name, moment, *_ in derived(store):
        found[visitor].add((name, (moment - START).total_seconds()))
    return found


BOOKING: dict[str, object] = {"booking_id": "b1"}


def test_a_booking_is_abandoned_after_half_an_hour_without_its_completion(store: Store) -> None:
    cases: dict[str, tuple[Step, bool]] = {
        "in time": ((1800, "booking_completed", BOOKING), False),
        "too late": ((1800.000001, "booking_completed", BOOKING), True),
        "another": ((60, "booking_completed", {"booking_id": "b2"}), True),
        "any": ((60, "booking_completed", {}), False),
        "by its other name": ((60, "service_booked", BOOKING), False),
        "as an order": ((60, "booking_completed", {"order_id": "b1"}), False),
        "another id": ((60, "booking_completed", {"transaction_id": "b2"}), False),
        "a page": ((60, "page_viewed", BOOKING), True),
    }
    begun: Step = (0.0, "booking_started", BOOKING)
    found = found_of_each(store, {case: [begun, then] for case, (then, _) in cases.items()}, 90_000)
    assert found == {
        case: {("booking_abandoned", 1800.0)} if is_abandoned else set()
        for case, (_, is_abandoned) in cases.items()
    }


def test_a_booking_is_not_abandoned_while_its_half_hour_lasts(store: Store) -> None:
    assert found_at(store, [(0, "booking_started", BOOKING)], 1799.9) == set()


def test_a_booking_begun_again_is_abandoned_once(store: Store) -> None:
    steps = [(0.0, "booking_started", BOOKING), (600.0, "booking_started", BOOKING)]
    assert found_at(store, steps, 9000) == {("booking_abandoned", 2400.0)}


def test_the_third_price_check_of_a_visit_is_the_event(store: Store) -> None:
    checks = [(float(at), "price_checked", BOOKING) for at in (0, 10, 5000, 5010, 5020, 5030)]
    assert found_at(store, checks, 5020) == {("price_checked_multiple_times", 5020.0)}


def test_high_engagement_is_eleven_views_without_a_booking(store: Store) -> None:
    views: list[Step] = [(float(n), "page_viewed", {}) for n in range(11)]
    booked: list[Step] = [(at, "booking_completed", BOOKING) for at in (1, 90_000)]
    high = {("high_engagement_no_conversion", 86_410.0)}
    cases: dict[str, tuple[list[Step], set[tuple[str, float]]]] = {
        "ten": (views[:10], set()),
        "eleven": (views, high),
        "booked": ([*views, booked[0]], set()),
        "booked too late": ([*views, booked[1]], high),
    }
    found = found_of_each(store, {case: steps for case, (steps, _) in cases.items()}, 100_000)
    assert found == {case: wanted for case, (_, wanted) in cases.items()}


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short run looks at those alone of whom something may be new, be they a half of all."""
    monkeypatch.setattr(derive_events, "_MOST_USERS", 1.0)


@pytest.mark.usefixtures("in_parts")
def test_an_event_that_comes_late_is_looked_at_however_old_it_is(store: Store) -> None:
    add_events(store, [Event("bob", "page_viewed", START + timedelta(days=30), user_id="bob")])
    steps = [(0.0, "booking_started", BOOKING)]
    assert found_at(store, steps, 30 * 86_400) == {("booking_abandoned", 1800.0)}
    completed = START + timedelta(minutes=10)
    add_events(
        store,
        [Event("late", "booking_completed", completed, anonymous_id="ann", properties=BOOKING)],
        2,
    )
    sessionize.run(store, default_config())
    derive_events.run(store, default_events(), START + timedelta(days=30))
    assert derived(store) == set()


@pytest.mark.usefixtures("in_parts")
def test_who_waited_at_the_last_run_is_looked_at_though_nothing_came(store: Store) -> None:
    assert found_at(store, [(0.0, "booking_started", BOOKING)], 0) == set()
    later = START + timedelta(days=3)
    add_events(store, [Event("bob", "page_viewed", later, user_id="bob")], 2)
    sessionize.run(store, default_config())
    derive_events.run(store, default_events(), later)
    assert [row[:2] for row in derived(store)] == [("ann", "booking_abandoned")]


@pytest.mark.usefixtures("in_parts")
def test_who_waited_up_to_the_last_moment_is_looked_at_again(store: Store) -> None:
    add_events(store, [Event("1", "booking_started", START, user_id="ann")])
    sessionize.run(store, default_config())
    deadline = START + timedelta(minutes=30)
    for as_of, users in ((deadline - timedelta(microseconds=1), []), (deadline, ["ann"])):
        derive_events.run(store, config_of(RULES[0]), as_of)
        assert [row[0] for row in derived(store)] == users


@pytest.mark.usefixtures("in_parts")
def test_what_was_derived_of_a_visitor_moves_with_the_login(store: Store) -> None:
    found_at(store, [(0.0, "booking_started", BOOKING)], 9000)
    later = START + timedelta(days=3)
    add_events(store, [Event("bob", "page_viewed", later, user_id="bob")], 2)
    add_links(store, [("ann", "ann@shop", "identify", later)])
    sessionize.run(store, default_config())
    derive_events.run(store, default_events(), later)
    assert [row[:2] for row in derived(store)] == [("ann@shop", "booking_abandoned")]


def test_an_event_of_that_name_in_the_log_is_not_trusted(store: Store) -> None:
    assert found_at(store, [(0, "booking_abandoned", BOOKING)], 9000) == set()


def test_a_rule_may_name_an_alias(store: Store) -> None:
    add_events(store, [Event("1", "price_checked", START, anonymous_id="ann")])
    sessionize.run(store, default_config())
    rule = {"name": "seen", "when": {"event": "PriceChecked"}, "per": "session"}
    plan = {"events": {"price_checked": {"aliases": ["PriceChecked"]}}, "derived": [rule]}
    derive_events.run(store, EventsConfig.model_validate(plan), START)
    assert [row[:2] for row in derived(store)] == [("ann", "seen")]


def test_nothing_is_derived_before_sessionize(store: Store) -> None:
    with pytest.raises(MissingTable):
        derive_events.run(store, default_events(), START)


@pytest.mark.parametrize(
    "rule",
    [
        {"when": {"event": "a"}, "unless": {"event": "b"}},
        {"when": {"event": "a"}, "within": "1h"},
        {"when": {"event": "a"}, "ever": True},
        {"when": {"event": "a"}, "at_least": 2},
    ],
)
def test_a_rule_that_says_nothing_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config_of(rule)


@pytest.mark.parametrize("seed", [1, *soaked([0, *range(2, 40)])])
@pytest.mark.usefixtures("in_parts")
def test_what_is_added_to_comes_to_the_same_as_everything_anew(store: Store, seed: int) -> None:
    rng = random.Random(seed)
    events = [event for n in range(5) for event in random_history(100 * seed + n, 40)]
    if seed % 2:
        rng.shuffle(events)
    else:
        events.sort(key=lambda event: event.order)
    config, is_waiting = config_of(*RULES), rng.random() < 0.5
    sizes = [len(events) // 2, *(rng.randrange(1, 12) for _ in range(3))]
    at = 0
    for batch, size in enumerate(sizes):
        add_events(store, events[at : at + size], batch)
        at += size
        sessionize.run(store, default_config(), is_full=rng.random() < 0.2)
        newest = store.newest_event_ts()
        assert newest is not None
        as_of = newest + timedelta(hours=batch if is_waiting else 0)
        if rng.random() < 0.2:
            continue  # the run was interrupted in between
        derive_events.run(store, config, as_of)
        found, counts = derived(store), table(store, "select count(*) as n from derived_events")
        facts = table(store, "from fact_events")
        assert found == set().union(*(oracle(rule, facts, as_of) for rule in config.derived))
        assert counts == [{"n": len(found)}]
