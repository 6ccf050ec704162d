"""Retention reports against plain Python on random histories, in several time zones."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from tests.steps.reports.conftest import Event, Given

from tsa_cli.config.retention import RetentionConfig
from tsa_cli.steps import retention
from tsa_cli.steps.retention.result import CohortRow

GivenEvents = Callable[[Sequence[Event]], Given]
LENGTHS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
SPRING = datetime(2024, 3, 22)  # Berlin loses an hour on March 31st, New York on the 10th


def random_events(seed: int, days: int) -> list[Event]:
    draw = random.Random(seed)
    hours = days * 24
    return [
        Event(
            user=f"u{draw.randrange(9)}",
            ts=SPRING + timedelta(hours=draw.randrange(hours), minutes=draw.choice([0, 59])),
            name=draw.choice(["signed_up", "page_viewed", "page_viewed", "other"]),
            is_server=draw.random() < 0.2,
        )
        for _ in range(draw.randrange(20, 120))
    ]


def bucket_of(moment: datetime, config: RetentionConfig) -> date:
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(config.timezone)).date()
    if config.bucket == "week":
        back = local.weekday() if config.week_start == "monday" else (local.weekday() + 1) % 7
        return local - timedelta(days=back)
    return local.replace(day=1) if config.bucket == "month" else local


def later(day: date, count: int, bucket: str) -> date:
    for _ in range(count):
        if bucket == "month":
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        else:
            day += LENGTHS[bucket]
    return day


def start_of(day: date, config: RetentionConfig) -> datetime:
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(config.timezone))
    return local.astimezone(UTC).replace(tzinfo=None)


def end_of(day: date, config: RetentionConfig) -> datetime:
    return start_of(later(day, 1, config.bucket), config)


def oracle(events: list[Event], config: RetentionConfig, as_of: datetime) -> list[CohortRow]:
    now = bucket_of(as_of, config)
    is_calendar = config.clock == "calendar"
    limit = end_of(now, config) if is_calendar else as_of + timedelta(microseconds=1)
    known = [e for e in events if e.ts < limit]
    starts = [e for e in known if e.name == "signed_up"]
    first_day = min([now, *(bucket_of(e.ts, config) for e in known)])
    cohorts = [first_day]
    while cohorts[-1] < now:
        cohorts.append(later(cohorts[-1], 1, config.bucket))
    rows = []
    for cohort in cohorts:
        own: dict[str, datetime] = {}
        for e in starts:
            if bucket_of(e.ts, config) == cohort:
                own[e.user] = min(own.get(e.user, e.ts), e.ts)
        if config.mode == "first_time":
            own = {u: t for u, t in own.items()
                   if not any(e.user == u and e.ts < t for e in starts)}  # fmt: skip
        returned = [
            sum(came_back(u, t, cohort, k, known, config) for u, t in own.items())
            for k in range(config.periods)
        ]
        complete = [
            later(cohort, k, config.bucket) < now
            if is_calendar
            else end_of(cohort, config) + (k + 1) * LENGTHS[config.bucket] <= as_of
            for k in range(config.periods)
        ]
        begun = [
            later(cohort, k, config.bucket) <= now
            if is_calendar
            else start_of(cohort, config) + k * LENGTHS[config.bucket] <= as_of
            for k in range(config.periods)
        ]
        rows.append(CohortRow(cohort.isoformat(), len(own), returned, complete, begun))
    members = [bucket_of(e.ts, config).isoformat() for e in starts]
    shown = rows[-(config.cohorts or config.periods) :]
    return [row for row in shown if members and row.cohort >= min(members)]


def came_back(
    user: str, start: datetime, cohort: date, k: int, known: list[Event], config: RetentionConfig
) -> bool:
    if k == 0:
        return True
    moments = [e.ts for e in known if e.user == user and e.name == "page_viewed"]
    if config.clock == "rolling":
        length = LENGTHS[config.bucket]
        low, high = start + k * length, start + (k + 1) * length
        return any(low <= m and (config.measure != "on" or m < high) for m in moments)
    wanted = later(cohort, k, config.bucket)
    days = [bucket_of(m, config) for m in moments]
    return any(d == wanted if config.measure == "on" else d >= wanted for d in days)


def config_of(**given: object) -> RetentionConfig:
    return RetentionConfig.model_validate(
        {"start": {"event": "signed_up"}, "return": {"event": "page_viewed"}, **given}
    )


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Beirut"])
@pytest.mark.parametrize(("bucket", "days"), [("day", 14), ("week", 50), ("month", 150)])
def test_every_cell_equals_a_plain_count(
    given: GivenEvents, zone: str, bucket: str, days: int
) -> None:
    draw = random.Random(zone + bucket)
    events = random_events(draw.randrange(10**6), days)
    store = given(events).store
    as_of = SPRING + timedelta(hours=draw.randrange(days * 12, days * 26))
    for clock, measure, mode in product(
        ["calendar", "rolling"], ["on", "on_or_after"], ["first_time", "recurring"]
    ):
        config = config_of(
            bucket=bucket, clock=clock, measure=measure, mode=mode, timezone=zone,
            periods=draw.choice([3, 6]), cohorts=draw.choice([None, 1, 4, 9]),
            week_start=draw.choice(["monday", "sunday"]),
        )  # fmt: skip
        found = retention.run(store, "case", config, as_of=as_of).cohorts
        assert found == oracle(events, config, as_of), config


def test_a_return_after_the_clock_change_is_on_its_local_day(given: GivenEvents) -> None:
    # 22:30 UTC is 23:30 in Berlin before March 31st 2024, and 00:30 of the next day after it.
    store = given(
        [
            Event("a", datetime(2024, 3, 30, 22, 30), "signed_up"),
            Event("a", datetime(2024, 3, 31, 22, 30), "page_viewed"),
            Event("a", datetime(2024, 4, 2, 12), "other"),
        ]
    )
    berlin = config_of(bucket="day", periods=4, timezone="Europe/Berlin")
    utc = config_of(bucket="day", periods=4)
    as_of = datetime(2024, 4, 2, 12)
    assert retention.run(store.store, "c", berlin, as_of=as_of).cohorts[0].returned == [1, 0, 1, 0]
    assert retention.run(store.store, "c", utc, as_of=as_of).cohorts[0].returned == [1, 1, 0, 0]


def test_pooled_rates_leave_out_cells_that_are_not_over(given: GivenEvents) -> None:
    day = datetime(2024, 5, 1, 10)
    events = [
        Event("a", day, "signed_up"),
        Event("b", day, "signed_up"),
        Event("a", day + timedelta(days=1), "page_viewed"),
        Event("c", day + timedelta(days=1), "signed_up"),
        Event("c", day + timedelta(days=2), "page_viewed"),
    ]
    as_of = day + timedelta(days=2)
    report = retention.run(
        given(events).store, "c", config_of(bucket="day", periods=3), as_of=as_of
    )
    assert [(r.cohort, r.size, r.returned, r.complete) for r in report.cohorts] == [
        ("2024-05-01", 2, [2, 1, 0], [True, True, False]),
        ("2024-05-02", 1, [1, 1, 0], [True, False, False]),
        ("2024-05-03", 0, [0, 0, 0], [False, False, False]),
    ]
    assert [(r.period, r.n, r.rate) for r in report.pooled] == [
        (0, 3, 1.0),
        (1, 2, 0.5),
        (2, 0, None),
    ]
    assert report.pooled[1].ci_low == pytest.approx(0.0945, abs=1e-4)
    assert report.pooled[2].ci_low is None


@pytest.mark.parametrize(("late_us", "is_over"), [(-1, False), (0, True), (1, True)])
def test_a_rolling_cell_is_over_when_the_last_possible_member_had_its_time(
    given: GivenEvents, late_us: int, is_over: bool
) -> None:
    events = [Event("a", datetime(2024, 5, 1, 10), "signed_up")]
    config = config_of(bucket="day", clock="rolling", periods=2)
    as_of = datetime(2024, 5, 4) + timedelta(microseconds=late_us)  # a start at midnight, 2 days on
    found = retention.run(given(events).store, "c", config, as_of=as_of, since=events[0].ts)
    assert found.cohorts[0].complete == [True, is_over]


@pytest.mark.parametrize(
    ("clock", "limit"),
    [
        ("calendar", datetime(2024, 5, 3)),  # the end of the day of the clock
        ("rolling", datetime(2024, 5, 2, 12, 0, 0, 1)),  # what comes after the clock
    ],
)
def test_nothing_counts_from_the_limit_of_the_clock_on(
    given: GivenEvents, clock: str, limit: datetime
) -> None:
    before = limit - timedelta(microseconds=1)
    moments = {"in": before, "out": limit}
    signed = [Event(user, datetime(2024, 5, 1), "signed_up") for user in moments]
    returned = [Event(user, moment, "page_viewed") for user, moment in moments.items()]
    config = config_of(bucket="day", clock=clock, periods=3, measure="on_or_after")
    as_of = datetime(2024, 5, 2, 12)
    report = retention.run(given(signed + returned).store, "c", config, as_of=as_of)
    assert report.cohorts[0].returned == [2, 1, 0]


@pytest.mark.parametrize("clock", ["calendar", "rolling"])
@pytest.mark.parametrize("cohorts", [None, 5, 100])
def test_as_many_cohorts_as_periods_are_shown_or_as_many_as_asked_for(
    given: GivenEvents, clock: str, cohorts: int | None
) -> None:
    day = datetime(2024, 5, 1, 10)
    events = [Event(f"u{i}", day + timedelta(days=i), "signed_up") for i in range(8)]
    events += [Event("u0", day + timedelta(days=5), "signed_up")]  # its first start counts
    config = config_of(bucket="day", periods=3, clock=clock, cohorts=cohorts)
    store = given(events).store
    as_of = day + timedelta(days=7)
    report = retention.run(store, "c", config, as_of=as_of)
    shown = min(cohorts or 3, 8)
    assert [row.cohort for row in report.cohorts][:: shown - 1] == [
        f"2024-05-{9 - shown:02}",
        "2024-05-08",
    ]
    assert report.pooled[-1].n == (shown - {"calendar": 3, "rolling": 4}[clock] if cohorts else 0)
    left_out = report.left_out
    assert (left_out.cohorts, left_out.size) == (8 - shown, 8 - shown)
    assert left_out.first_cohort == ("2024-05-01" if shown < 8 else None)
    everyone = retention.run(store, "c", config, as_of=as_of, since=day)
    assert sum(row.size for row in everyone.cohorts) == 8
    assert everyone.left_out.size == 0


def test_since_and_until_choose_cohorts_not_returns(given: GivenEvents) -> None:
    day = datetime(2024, 5, 1, 10)
    events = [Event(f"u{i}", day + timedelta(days=i), "signed_up") for i in range(6)]
    events += [Event(f"u{i}", day + timedelta(days=i + 2), "page_viewed") for i in range(6)]
    report = retention.run(
        given(events).store,
        "c",
        config_of(bucket="day", periods=3),
        as_of=day + timedelta(days=7),
        since=day + timedelta(days=1),
        until=day + timedelta(days=2),
    )
    assert [(r.cohort, r.returned) for r in report.cohorts] == [
        ("2024-05-02", [1, 0, 1]),
        ("2024-05-03", [1, 0, 1]),
    ]


def test_lifecycle_and_stickiness_count_each_active_user_once(given: GivenEvents) -> None:
    def on(user: str, *days: int) -> list[Event]:
        return [Event(user, datetime(2024, 5, d, 9), "page_viewed") for d in days]

    store = given([*on("a", 1, 2, 4), *on("b", 2), *on("c", 3, 4), *on("d", 1, 4)]).store
    config = config_of(bucket="day", periods=4)
    as_of = datetime(2024, 5, 4, 12)
    rows = retention.run_lifecycle(store, "c", config, as_of=as_of).periods
    assert [(r.period, r.new, r.returning, r.resurrecting, r.dormant) for r in rows] == [
        ("2024-05-01", 2, 0, 0, 0),
        ("2024-05-02", 1, 1, 0, 1),
        ("2024-05-03", 1, 0, 0, 2),
        ("2024-05-04", 0, 1, 2, 0),
    ]
    assert [r.pulse for r in rows] == [None, 1.0, 0.5, None]
    assert [r.is_complete for r in rows] == [True, True, True, False]
    sticky = retention.run_stickiness(store, "c", config, as_of=as_of)
    assert (sticky.first_period, sticky.last_period, sticky.users) == (
        "2024-05-01",
        "2024-05-03",
        4,
    )
    assert [(r.active_periods, r.users, r.users_at_least) for r in sticky.rows] == [
        (1, 3, 4),
        (2, 1, 1),
        (3, 0, 0),
    ]
    assert sticky.usual_return_periods == 3  # first returns after 1 (a), 1 (c), 3 (d) days


def test_an_unknown_time_zone_names_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"did you mean 'Europe/Berlin'"):
        config_of(timezone="Europe/Berlni")
