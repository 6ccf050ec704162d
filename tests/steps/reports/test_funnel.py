"""A funnel's report: who got how far, how long it took, who may still convert."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from tests.kernels import oracle_funnel as oracle
from tests.steps.reports.conftest import Event, Given

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.errors import ConfigError
from tsa_cli.steps import funnel
from tsa_cli.steps.funnel import FunnelReport, Span
from tsa_cli.steps.funnel.report import PERCENTILES, percentiles
from tsa_cli.steps.funnel.result import AbandonmentRule

Give = Callable[[Sequence[Event]], Given]
START = datetime(2026, 3, 1)
LATE = START + timedelta(days=60)
STEPS = [{"name": name.upper(), "event": name} for name in "abc"]


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def config(**changes: object) -> FunnelConfig:
    return FunnelConfig.model_validate({"steps": STEPS, "window": "1h", **changes})


def run(given: Given, rules: FunnelConfig, **options: datetime) -> FunnelReport:
    return funnel.run(given.store, "f", rules, **{"as_of": LATE, **options})


def counts(report: FunnelReport) -> list[int]:
    return [step.count for step in report.steps]


def history(user: str, text: str, *, gap: float = 1, **more: str) -> list[Event]:
    return [Event(user, at(i * gap), name, **more) for i, name in enumerate(text)]


def test_every_entrant_is_converted_dropped_or_pending(given: Give) -> None:
    here = given([*history("u1", "abc"), *history("u2", "ab"), *history("u3", "a")])
    report = run(here, config())
    assert counts(report) == [3, 2, 1]
    assert (report.entered, report.converted, report.dropped, report.pending) == (3, 1, 2, 0)
    assert [(s.dropped, s.pending) for s in report.steps] == [(1, 0), (1, 0), (0, 0)]
    assert [s.rate_from_start for s in report.steps] == [1, 2 / 3, 1 / 3]
    assert [s.rate_from_previous for s in report.steps] == [None, 2 / 3, 1 / 2]


def test_a_window_still_open_is_pending_and_ends_with_its_last_moment(given: Give) -> None:
    here = given([Event("u1", at(0), "a"), Event("u2", at(0), "b")])
    open_still = run(here, config(), as_of=at(60) - timedelta(microseconds=1))
    assert (open_still.pending, open_still.dropped, open_still.matured.entered) == (1, 0, 0)
    over = run(here, config(), as_of=at(60))
    assert (over.pending, over.dropped, over.matured.entered) == (0, 1, 1)


def test_events_after_as_of_are_unknown_and_the_range_selects_entries_only(given: Give) -> None:
    here = given([*history("u1", "abc", gap=10), *history("u2", "abc", gap=20)])
    assert counts(run(here, config(), as_of=at(20))) == [2, 2, 1]
    assert counts(run(here, config(), until=at(5))) == [2, 2, 2]
    assert run(here, config(), since=at(1)).entered == 0


def test_times_are_of_those_who_got_there(given: Give) -> None:
    users = [history(f"u{i}", "ab", gap=i) for i in (1, 2, 3, 6)]
    report = run(given([event for user in users for event in user]), config(steps=STEPS[:2]))
    took = report.steps[1].seconds_from_previous
    assert took is not None
    assert (took.mean, took.median, took.p25, took.p75) == (180, 150, 105, 225)
    assert took.p90 == pytest.approx(306)
    assert report.steps[1].seconds_from_start == took
    assert report.steps[0].seconds_from_start is None


def test_percentiles_are_those_of_numpy_to_the_bit() -> None:
    random_ = np.random.default_rng(1)
    for size in (1, 2, 3, 4, 5, 10, 101, 1000):
        for values in (random_.integers(0, 10**12, size), random_.integers(0, 4, size)):
            seconds = np.sort(values) / 1e6
            own = percentiles(seconds, PERCENTILES)
            assert own == np.percentile(seconds, PERCENTILES).tolist()


def test_an_exclusion_takes_the_person_out_of_the_whole_funnel(given: Give) -> None:
    here = given([*history("u1", "axbc"), *history("u2", "abc"), *history("u3", "abxc")])
    report = run(here, config(exclude=[{"event": "x", "after": 1, "before": 2}]))
    assert (report.entered, report.excluded, report.converted) == (2, 1, 2)


def test_an_optional_step_is_measured_and_changes_nothing_else(given: Give) -> None:
    steps = [STEPS[0], {**STEPS[1], "optional": True}, STEPS[2]]
    here = given([*history("u1", "abc"), *history("u2", "ac"), *history("u3", "acb")])
    report = run(here, config(steps=steps))
    assert counts(report) == [3, 1, 3]
    assert report.steps[2].rate_from_previous == 1
    assert report.steps[2].seconds_from_previous is not None
    assert report.dropped == 0


def test_held_values_must_agree_and_be_there(given: Give) -> None:
    def event(user: str, minute: int, name: str, booking: object) -> Event:
        return Event(user, at(minute), name, properties=f'{{"booking_id": {booking}}}')

    here = given(
        [
            *(event("u1", i, n, 7) for i, n in enumerate("abc")),
            *(event("u2", i, n, i) for i, n in enumerate("abc")),
            *(event("u3", i, n, '"null"' if n == "a" else "null") for i, n in enumerate("abc")),
        ]
    )
    report = run(here, config(hold_constant=["properties.booking_id"]))
    assert counts(report) == [3, 1, 1]


def test_a_held_value_is_the_first_of_its_keys_that_is_there(given: Give) -> None:
    names = iter(("booking_id", "order_id", "booking_id"))
    here = given(
        [
            Event("u1", at(minute), event, properties=f'{{"{key}": "7", "booking_note": ""}}')
            for minute, (event, key) in enumerate(zip("abc", names, strict=True))
        ]
        + [
            Event("u2", at(minute), event, properties=f'{{"booking_id": "", "order_id": {minute}}}')
            for minute, event in enumerate("abc")
        ]
    )
    held = ["properties.booking_id", "properties.order_id"]
    assert counts(run(here, config(hold_constant=[held]))) == [2, 1, 1]
    assert counts(run(here, config(hold_constant=[held], order="strict"))) == [2, 1, 1]
    also = [held, ["event_type", "user_id"]]
    assert counts(run(here, config(hold_constant=also))) == [2, 0, 0]


def test_breakdown_rows_add_up_and_the_absent_value_is_always_listed(given: Give) -> None:
    here = given(
        [
            *history("u1", "abc", properties='{"plan": "pro"}'),
            *history("u2", "ab", properties='{"plan": "free"}'),
            *history("u3", "a"),
        ]
    )
    rows = run(here, config(breakdown={"by": "properties.plan"})).breakdown
    assert [(r.value, r.entered, r.converted) for r in rows] == [
        ("free", 1, 0),
        ("pro", 1, 1),
        (None, 1, 0),
    ]
    assert run(here, config(breakdown={"by": "device_type"})).breakdown[-1].value is None


@pytest.mark.parametrize(
    ("how", "want"),
    [
        ("first", {"1": [1, 1, 1], None: [0, 0, 0]}),
        ("last", {"2": [1, 1, 1], None: [0, 0, 0]}),
        ("step: 1", {None: [1, 1, 1]}),
        ("step: 2", {"1": [1, 1, 1], None: [0, 0, 0]}),
        ({"step": 2}, {"1": [1, 1, 1], None: [0, 0, 0]}),
        ("all", {"1": [0, 0, 0], "2": [0, 0, 0], None: [1, 0, 0]}),
    ],
)
def test_the_breakdown_value_is_read_from_the_asked_touch(
    given: Give, how: object, want: dict[str | None, list[int]]
) -> None:
    values = [("a", "{}"), ("b", '{"v": 1}'), ("c", '{"v": 2}')]
    here = given([Event("u", at(i), n, properties=p) for i, (n, p) in enumerate(values)])
    report = run(here, config(breakdown={"by": "properties.v", "value": how}))
    rows = {row.value: [step.count for step in row.steps] for row in report.breakdown}
    assert rows == {value: row for value, row in want.items() if any(row) or value is None}


@pytest.mark.parametrize("ties", ["allowed", "strict"])
@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_of_two_devices_events_at_one_moment_the_smaller_id_tells_the_value(
    given: Give, order: str, ties: str
) -> None:
    devices = ("phone", "laptop")  # ids of events ascend, keys of devices do not
    here = given([Event("u", at(0), "a", anonymous_id=device) for device in devices])
    by = {"by": "device_id", "value": "first"}
    report = run(here, config(order=order, ties=ties, breakdown=by))
    assert [row.value for row in report.breakdown if row.entered] == ["phone"]


@pytest.mark.parametrize("by", ["properties.v", "page_url"])
def test_an_event_of_the_value_stands_between_whatever_its_name(given: Give, by: str) -> None:
    rows = [("a", "1"), ("x", "1"), ("b", "1"), ("a", "2"), ("x", "1"), ("b", "2")]
    here = given(
        [
            Event("u", at(i), name, page=value, properties=f'{{"v": {value}}}')
            for i, (name, value) in enumerate(rows)
        ]
    )
    rules = config(steps=STEPS[:2], order="strict", breakdown={"by": by, "value": "all"})
    found = {row.value: [s.count for s in row.steps] for row in run(here, rules).breakdown}
    assert found == {"1": [1, 0], "2": [1, 1], None: [0, 0]}


def test_sessions_devices_and_users_count_as_asked(given: Give) -> None:
    events = [
        Event("u", at(0), "a", anonymous_id="d1"),
        Event("u", at(5), "b", anonymous_id="d2"),
        Event("u", at(50), "c", anonymous_id="d2"),
    ]
    here = given(events)
    assert counts(run(here, config())) == [1, 1, 1]
    assert counts(run(here, config(count_by="device"))) == [1, 0, 0]
    assert counts(run(here, config(count_by="session"))) == [1, 0, 0]


def test_a_strict_funnel_lets_nothing_stand_between_but_what_it_ignores(given: Give) -> None:
    here = given([*history("u1", "aabc"), *history("u2", "axbc"), *history("u3", "asbc")])
    rules = config(order="strict", strict_ignores=["s"])
    assert counts(run(here, rules)) == [3, 2, 2]


def test_the_prd_abandonment_counts_who_did_not_book_in_time(given: Give) -> None:
    here = given(
        [
            *history("gone", "ab", gap=2),
            Event("late", at(0), "a"),
            Event("late", at(1), "b"),
            Event("late", at(40), "c"),
            *history("booked", "abc"),
            *history("early", "a"),
        ]
    )
    rule = {"reason": "quote_viewed_not_booked", "step": 2, "window": "30m"}
    rows = run(here, config(abandonment=rule)).abandonment
    assert [(r.last_step, r.reason, r.count, r.median_seconds_in_funnel) for r in rows] == [
        ("B", "quote_viewed_not_booked", 2, 90),
        ("A", "window_expired", 1, 0),
    ]
    young = run(here, config(abandonment=rule), as_of=at(31) - timedelta(microseconds=1))
    assert young.abandonment == []
    over = run(here, config(abandonment=rule), as_of=at(31)).abandonment
    assert [(r.last_step, r.count) for r in over] == [("B", 1)]  # "gone" waits a minute longer


def test_the_rows_of_a_bar_are_as_many_as_the_bar_says(given: Give) -> None:
    random_ = random.Random(3)
    events = [
        Event(f"u{random_.randint(0, 30)}", at(random_.randint(0, 300)), random_.choice("abcx"))
        for _ in range(300)
    ]
    here = given(events)
    for count_by in ("user", "session", "device"):
        rules = config(count_by=count_by)
        span = Span(at(320))
        found = funnel.outcome_of(here.store, rules, span)
        report = funnel.run(here.store, "f", rules, as_of=span.as_of)
        for step in report.steps:
            for state, bar in (
                ("converted", step.count),
                ("dropped", step.dropped),
                ("pending", step.pending),
            ):
                rows = funnel.unit_rows(here.store, found, step.index, state)
                assert len(rows) == len({row.id for row in rows}) == bar


def test_the_trend_is_by_entry_and_marks_periods_that_are_not_over(given: Give) -> None:
    days = [0, 0, 2]
    here = given(
        [
            Event(f"u{i}", START + timedelta(days=day, minutes=m), n)
            for i, day in enumerate(days)
            for m, n in enumerate("abc")
        ]
    )
    span = Span(START + timedelta(days=3))
    found = funnel.outcome_of(here.store, config(), span)
    rows = funnel.trend_rows(found, "day", span)
    assert [(r.period, r.entered, r.converted, r.is_complete) for r in rows] == [
        ("2026-03-01", 2, 2, True),
        ("2026-03-02", 0, 0, True),
        ("2026-03-03", 1, 1, False),
    ]


def test_a_period_is_over_with_the_window_of_its_last_moment(given: Give) -> None:
    here = given(history("u1", "abc"))
    for late_us, is_over in ((-1, False), (0, True)):
        span = Span(at(25 * 60) + timedelta(microseconds=late_us))
        found = funnel.outcome_of(here.store, config(), span)
        assert [row.is_complete for row in funnel.trend_rows(found, "day", span)] == [is_over]


def test_a_period_that_the_asked_time_cuts_is_not_complete(given: Give) -> None:
    hours = range(0, 72, 6)
    here = given([Event(f"u{h}", START + timedelta(hours=h), "a") for h in hours])

    def cut(since: datetime, until: datetime) -> list[tuple[int, bool, bool]]:
        span = Span(LATE, since, until)
        found = funnel.outcome_of(here.store, config(), span)
        rows = funnel.trend_rows(found, "day", span)
        return [(row.entered, row.is_cut, row.is_complete) for row in rows]

    day, tick = timedelta(days=1), timedelta(microseconds=1)
    whole = [(4, False, True)] * 3
    assert cut(START, START + 3 * day - tick) == whole
    assert cut(START + tick, START + 3 * day - tick) == [(3, True, False), *whole[1:]]
    assert cut(START, START + 3 * day - 2 * tick) == [*whole[1:], (4, True, False)]


def test_the_matured_rate_is_of_those_whose_window_is_over(given: Give) -> None:
    device = {"properties": '{"device": "mobile"}'}
    late = [Event("u4", at(1441 + i), n, **device) for i, n in enumerate("abc")]
    late += [Event("u5", at(1442), "a", **device)]
    here = given(
        [*history("u1", "abc", **device), *history("u2", "ab"), *history("u3", "a"), *late]
    )
    rules = config(breakdown={"by": "properties.device"})
    span = Span(at(1450))
    report = run(here, rules, as_of=span.as_of)
    # u4 has converted and u5 still may: the rate of that day would be that of the fast alone.
    assert (report.matured.entered, report.matured.converted) == (3, 1)
    assert [(r.value, r.matured.entered, r.matured.rate) for r in report.breakdown] == [
        ("mobile", 1, 1),
        (None, 2, 0),
    ]
    rows = funnel.trend_rows(funnel.outcome_of(here.store, rules, span), "day", span)
    assert [(r.entered, r.pending, r.matured.entered, r.matured.rate) for r in rows] == [
        (3, 0, 3, 1 / 3),
        (2, 1, 0, None),
    ]
    assert rows[0].matured.ci_low == pytest.approx(0.0615, abs=1e-4)
    assert rows[1].matured.ci_low is None


def test_those_who_gave_up_add_up_to_the_dropped(given: Give) -> None:
    here = given(
        [
            *history("gone", "ab", gap=2),
            *history("late", "abc", gap=25),
            *history("early", "a"),
            *(Event("open", at(1400 + i), n) for i, n in enumerate("ab")),
        ]
    )
    rule = {"reason": "no_c", "step": 2, "window": "20m"}
    report = run(here, config(abandonment=rule), as_of=at(1430))
    assert [
        (r.last_step, r.count, r.dropped, r.converted, r.pending) for r in report.abandonment
    ] == [("B", 3, 1, 1, 1), ("A", 1, 1, 0, 0)]
    assert sum(row.dropped for row in report.abandonment) == report.dropped == 2
    # From the first step to the end of the waiting, as the PRD's time_in_funnel is.
    assert [r.median_seconds_until_abandoned for r in report.abandonment] == [22 * 60, 3600]
    assert report.abandonment_rule == AbandonmentRule("no_c", "B", "C", 1200)
    assert run(here, config()).abandonment_rule is None


def test_after_the_drop_come_the_next_events_of_the_same_unit(given: Give) -> None:
    here = given([*history("u1", "abxyzxyz"), *history("u2", "abxyzxy"), *history("u3", "ab")])
    found = funnel.outcome_of(here.store, config(), Span(LATE), needs_rows=True)
    rows = funnel.next_paths(here.store, found)
    assert [(r.last_step, r.path, r.count) for r in rows] == [
        (2, list("xyzxy"), 2),
        (2, [], 1),
    ]
    short = config(window="4m")
    found = funnel.outcome_of(here.store, short, Span(at(4)), needs_rows=True)
    assert [r.path for r in funnel.next_paths(here.store, found)] == [list("xyz"), []]


def test_events_of_two_devices_at_one_moment_come_after_the_drop_by_their_ids(given: Give) -> None:
    # The ids are e000000, e000001, … as given; in core the phone's events come first.
    tied = [("x", "tablet"), ("b", "tablet"), ("a", "tablet"), ("y", "tablet"), ("z", "phone")]
    here = given(
        [Event("u", at(1), name, anonymous_id=device) for name, device in tied]
        + [Event("u", at(2), name, anonymous_id=device) for name, device in reversed(tied[3:])]
        + [Event("u", at(2), name, anonymous_id=device) for name, device in tied[3:]]
    )
    found = funnel.outcome_of(here.store, config(), Span(LATE), needs_rows=True)
    rows = funnel.next_paths(here.store, found)
    assert [(r.last_step, r.path) for r in rows] == [(2, list("yzzyy"))]


def test_drivers_are_seen_with_equal_exposure_and_without_the_funnels_own_events(
    given: Give,
) -> None:
    events = []
    for i in range(60):
        events += history(f"yes{i:02}", "achb" if i % 2 else "acb", device_type="mobile")
        events += history(f"no{i:02}", "a" + "ch"[i % 3 == 0] + "c" * 9, device_type="desktop")
    here = given(events)
    for name in (
        "browser",
        "os",
        "geo_country",
        "channel",
        "utm_source",
        "utm_medium",
        "utm_campaign",
    ):
        here.store.connection().execute(
            f"alter table sessions add column {name} varchar"
        ).fetchall()
    rules = config(steps=STEPS[:2])
    found = funnel.outcome_of(here.store, rules, Span(LATE), needs_rows=True)
    rows = {(r.name, r.value): r for r in funnel.find_drivers(here.store, found)}
    assert rows["device_type", "mobile"].odds_ratio == 61 * 61
    assert rows["device_type", "mobile"].phi == 1
    assert (rows["h", None].converted_with, rows["h", None].dropped_with) == (30, 20)
    assert not {name for name, _ in rows} & {"a", "b"}


def test_an_unknown_property_is_a_config_error(given: Give) -> None:
    here = given(history("u", "abc"))
    with pytest.raises(ConfigError, match="divice"):
        run(here, config(breakdown={"by": "divice_type"}))


@pytest.mark.parametrize("is_fast", [True, False])
def test_random_stores_equal_the_definition(given: Give, is_fast: bool) -> None:
    random_ = random.Random(11)
    events = [
        Event(
            f"u{random_.randint(0, 40):02}",
            at(random_.randint(0, 12)),
            random_.choice("aabbcx"),
            anonymous_id=f"d{random_.randint(0, 60)}",
        )
        for _ in range(400)
    ]
    here = given(events)
    if not is_fast:
        star = [{**s, "where": {"properties.none": {"exists": False}}} for s in STEPS]
    rules = config(
        steps=STEPS if is_fast else star,
        window="5m",
        exclude=[{"event": "x", "after": 2, "before": 3}],
    )
    asked = oracle.Rules(3, "ordered", 5, exclusions=((1, 2),), since=2, until=9)
    answers = []
    for user in sorted({e.user for e in events}):
        mine = sorted((e for e in events if e.user == user), key=lambda e: e.ts)
        answers.append(
            oracle.funnel(
                [
                    oracle.Event(
                        (e.ts - START) // timedelta(minutes=1),
                        frozenset({"abc".index(e.name)} if e.name in "abc" else ()),
                        frozenset({0} if e.name == "x" else ()),
                    )
                    for e in mine
                ],
                asked,
            )
        )
    report = run(here, rules, since=at(2), until=at(9))
    reached = [a for a in answers if isinstance(a, oracle.Answer)]
    assert counts(report) == [sum(a.depth > k for a in reached) for k in range(3)]
    assert report.excluded == answers.count("excluded") > 0


def test_both_ways_to_read_events_give_one_report(given: Give) -> None:
    here = given(history("u", "aabbcc"))
    fast = run(here, config())
    slow = run(here, config(breakdown={"by": "device_type"}))
    assert replace(slow, breakdown=[]) == fast
