"""What is said of a journey report, or of a group of its comparison, that holds no session."""

from datetime import datetime, timedelta

import pytest
from tests.steps.reports.conftest import Event
from tests.steps.reports.visits import START, GivenEvents, report_of

from tsa_cli.config.journeys import JourneyConfig
from tsa_cli.steps import journey

LATE = START + timedelta(days=3)


def said(given: GivenEvents, document: dict[str, object], **span: datetime) -> list[str]:
    """The warnings on two desktops, a mobile and, three days later, a console."""
    devices = {"a": "desktop", "b": "desktop", "c": "mobile", "d": "console"}
    events = [
        Event(user, LATE if user == "d" else START, "page_viewed", "/", device_type=device)
        for user, device in devices.items()
    ]
    config = JourneyConfig.model_validate(document)
    span = {"as_of": LATE, **span}
    store = given(events)
    report = report_of(store, config, **span)
    return journey.empty_warnings(store.store, report, config.compare, **span)


def by(key: str, *values: str) -> dict[str, object]:
    return {"compare": {"by": key, "values": list(values)}}


@pytest.mark.parametrize("document", [{}, by("device_type", "desktop", "mobile")])
def test_nothing_is_said_where_every_group_has_sessions(
    given: GivenEvents, document: dict[str, object]
) -> None:
    assert said(given, document) == []


@pytest.mark.parametrize(
    ("value", "span", "known"),
    [
        ("moble", {}, "desktop, console, mobile"),
        ("console", {"until": START}, "desktop, mobile"),
    ],
)
def test_a_group_that_nobody_is_in_is_named_with_the_values_that_exist(
    given: GivenEvents, value: str, span: dict[str, datetime], known: str
) -> None:
    expected = f"case: no session has device_type={value} at its first event; there are {known}"
    assert said(given, by("device_type", value, "desktop"), **span) == [expected]


def test_at_most_five_values_are_told(given: GivenEvents) -> None:
    events = [Event(f"u{n}", START, "page_viewed", "/", device_type=f"d{n}") for n in range(7)]
    config = JourneyConfig.model_validate(by("device_type", "d0", "x"))
    store = given(events)
    report = report_of(store, config)
    [warning] = journey.empty_warnings(store.store, report, config.compare, as_of=START)
    assert warning.endswith("; there are d0, d1, d2, d3, d4, …")


def test_a_key_that_is_empty_throughout_is_said_to_be(given: GivenEvents) -> None:
    store = given([Event("a", START, "page_viewed", "/", device_type=None)])
    config = JourneyConfig.model_validate(by("device_type", "x", "y"))
    report = report_of(store, config)
    assert journey.empty_warnings(store.store, report, config.compare, as_of=START) == [
        f"case: no session has device_type={value} at its first event; none has a device_type"
        for value in "xy"
    ]


@pytest.mark.parametrize("key", ["anonymous_id", "user_id", "properties.plan"])
def test_values_of_a_person_are_not_told(given: GivenEvents, key: str) -> None:
    assert said(given, by(key, "x", "y")) == [
        f"case: no session has {key}={value} at its first event" for value in "xy"
    ]


@pytest.mark.parametrize(
    "span", [{"as_of": START - timedelta(1)}, {"since": LATE + timedelta(1), "as_of": LATE}]
)
def test_a_time_without_sessions_is_said_once(
    given: GivenEvents, span: dict[str, datetime]
) -> None:
    expected = ["case: no session in the asked time"]
    assert said(given, by("device_type", "desktop", "mobile"), **span) == expected


def test_filters_that_leave_no_session_are_told_from_a_time_without_any(given: GivenEvents) -> None:
    expected = ["case: no session of the asked time has a page it asks for"]
    assert said(given, {"start": "/nowhere"}) == expected
