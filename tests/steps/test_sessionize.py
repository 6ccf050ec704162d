"""Sessions against a plain-Python oracle, and each rule of D8 to D12 at its boundary."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from tests.steps import session_oracle
from tests.steps.histories import (
    BOT,
    START,
    Event,
    add_events,
    default_config,
    random_history,
    table,
)
from tsa_cli.config.identity import IdentityConfig
from tsa_cli.config.sessions import SessionsConfig
from tsa_cli.errors import MissingTable
from tsa_cli.steps import sessionize
from tsa_cli.steps.sessionize import laying, layout
from tsa_cli.store import Store


def histories(seeds: Iterable[int]) -> list[Event]:
    """Many random histories in one random order of arrival."""
    events = [event for seed in seeds for event in random_history(seed)]
    random.Random(0).shuffle(events)
    return events


def take_little_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "RANGE_EVENTS", 90)
    monkeypatch.setattr(layout, "COUNTED_DEVICES", 3)
    monkeypatch.setattr(laying, "PIECE_ROWS", 20)


def visit(store: Store, *seconds: float, **changes: object) -> list[dict[str, object]]:
    """The sessions of one device with page views at these seconds."""
    return visits(store, {"ann": seconds}, **changes)["ann"]


def visits(
    store: Store, seconds: Mapping[str, Sequence[float]], **changes: object
) -> dict[str, list[dict[str, object]]]:
    """The sessions of each device, which has page views at these seconds."""
    events = [
        Event(f"{name}-{n}", "page_viewed", START + timedelta(seconds=at), anonymous_id=name)
        for name, moments in seconds.items()
        for n, at in enumerate(moments)
    ]
    add_events(store, events)
    sessionize.run(store, default_config(sessions=SessionsConfig.model_validate(changes)))
    rows = table(store, "select * from dim_sessions order by start_time")
    return {name: [row for row in rows if row["user_id"] == name] for name in seconds}


def test_only_a_gap_longer_than_the_timeout_splits(store: Store) -> None:
    counts = {1799.999999: 1, 1800: 1, 1800.000001: 2, 1801: 2}
    found = visits(store, {f"after {second}": (0, second) for second in counts})
    assert [len(rows) for rows in found.values()] == list(counts.values())


def test_a_session_is_cut_when_it_gets_longer_than_max_duration(store: Store) -> None:
    steps = [float(n * 1200) for n in range(72)]
    found = visits(store, {"whole": [*steps, 86_400], "cut": [*steps, 86_400.000001]})
    assert [row["is_runaway"] for row in found["whole"]] == [False]
    assert [row["is_runaway"] for row in found["cut"]] == [True, True]


def test_a_visit_is_engaged_or_a_runaway_only_beyond_the_limit(store: Store) -> None:
    moments = {"at": (0, 10), "after": (0, 10.000001), "many": (0, 1, 2)}
    events = [
        Event(f"{name}{n}", "page_scrolled", START + timedelta(seconds=second), anonymous_id=name)
        for name, seconds in moments.items()
        for n, second in enumerate(seconds)
    ]
    add_events(store, events)
    sessionize.run(store, default_config(sessions=SessionsConfig(max_events=2)))
    rows = table(store, "from dim_sessions")
    found = {row["user_id"]: (row["is_engaged"], row["is_runaway"]) for row in rows}
    assert found == {"at": (False, False), "after": (True, False), "many": (False, True)}


def test_midnight_splits_only_where_it_is_asked_for(store: Store) -> None:
    assert len(visit(store, 3599, 3601)) == 1
    config = default_config(sessions=SessionsConfig(split_at_midnight=True))
    sessionize.run(store, config, is_full=True)
    assert [r["start_reason"] for r in table(store, "from dim_sessions order by start_time")] == [
        "first",
        "midnight",
    ]
    berlin = SessionsConfig(split_at_midnight=True, timezone="Europe/Berlin")
    sessionize.run(store, default_config(sessions=berlin), is_full=True)
    assert len(table(store, "from dim_sessions")) == 1  # 23:59:59 UTC is 00:59:59 there


VARIANTS = [
    {},
    {"timeout": "59s"},
    {"split_at_midnight": True},
    {"split_on_campaign": True},
    {"max_duration": "40m"},
    {"timeout": "12h", "max_duration": "1h", "split_on_campaign": True, "split_at_midnight": True},
]


@pytest.mark.parametrize("variant", range(len(VARIANTS)))
def test_sessions_equal_the_oracle(
    store: Store, variant: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if variant % 2:
        take_little_at_once(monkeypatch)
    events = histories(range(20 * variant, 20 * variant + 20))
    config = SessionsConfig.model_validate(VARIANTS[variant])
    add_events(store, events)
    result = sessionize.run(store, default_config(sessions=config))
    people = session_oracle.persons(events, IdentityConfig())
    want = [session_oracle.session_row(*s, people) for s in session_oracle.sessions(events, config)]
    got = table(store, "from dim_sessions")
    assert result.sessions == len(got) == len({row["session_id"] for row in got})
    for row in (*want, *got):
        row["key"] = str([row[name] for name in want[0] if name != "key"])
    assert sorted(str(r["key"]) for r in got) == sorted(str(r["key"]) for r in want)


def test_every_event_belongs_to_its_session_or_to_none(store: Store) -> None:
    events = histories(range(10))
    add_events(store, events)
    result = sessionize.run(store, default_config())
    bots = [event for event in events if event.user_agent == BOT]
    assert (result.events, result.excluded_events) == (len(events) - len(bots), len(bots))
    people = session_oracle.persons(events, IdentityConfig())
    rows = {row["event_id"]: row for row in table(store, "from fact_events")}
    assert len(rows) == len(events)
    for event in events:
        assert rows[event.event_id]["is_bot"] == (event.user_agent == BOT)
        assert rows[event.event_id]["user_id"] == people[(event.anonymous_id, event.user_id)]
    outside = {e.event_id for e in events if e in bots or e.event_type in session_oracle.SERVER}
    assert {key for key, row in rows.items() if row["session_id"] is None} == outside
    for _, members in session_oracle.sessions(events, SessionsConfig()):
        assert len({rows[event.event_id]["session_id"] for event in members}) == 1


def test_core_is_sorted_by_device_time_and_id(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_little_at_once(monkeypatch)
    add_events(store, histories(range(20)))
    sessionize.run(store, default_config())
    rows = table(
        store,
        """select c.core_seq, c.device_key, c.event_ts, e.event_id
        from core c join events e using (event_seq) order by c.core_seq""",
    )
    keys = [(row["device_key"], row["event_ts"], row["event_id"]) for row in rows]
    assert keys == sorted(keys)
    assert [row["core_seq"] for row in rows] == list(range(len(rows)))
    stored = table(store, "select core_seq from core")
    assert [row["core_seq"] for row in stored] == list(range(len(rows)))


def test_a_server_event_neither_opens_nor_extends_a_session(store: Store) -> None:
    at = [(0, "page_viewed"), (1200, "service_completed"), (1801, "page_viewed")]
    add_events(
        store,
        [Event(f"e{s}", name, START + timedelta(seconds=s), anonymous_id="ann") for s, name in at],
    )
    add_events(store, [Event("x", "service_completed", START, user_id="bob")])
    assert sessionize.run(store, default_config()).sessions == 2
    assert {row["user_id"] for row in table(store, "from dim_users")} == {"ann", "bob"}


def test_a_login_inside_a_visit_does_not_split_it(store: Store) -> None:
    events = [
        Event("1", "page_viewed", START, anonymous_id="a"),
        Event("2", "page_viewed", START + timedelta(minutes=1), anonymous_id="a", user_id="ann"),
        Event("3", "page_viewed", START + timedelta(minutes=2), anonymous_id="a"),
    ]
    add_events(store, events)
    result = sessionize.run(store, default_config())
    [row] = table(store, "from dim_sessions")
    assert (row["user_id"], row["events_count"]) == ("ann", 3)
    assert result.stitching.stitched_event_count == 2
    assert result.stitching.event_share == pytest.approx(2 / 3)


def test_ga4_bounce_is_the_opposite_of_engaged(store: Store) -> None:
    add_events(store, random_history(3))
    config = SessionsConfig(bounce="ga4")
    sessionize.run(store, default_config(sessions=config))
    rows = table(store, "from dim_sessions")
    assert all(row["bounce_flag"] != row["is_engaged"] for row in rows)
    assert len({row["bounce_flag"] for row in rows}) == 2


def test_late_events_before_a_session_keep_its_id(store: Store) -> None:
    later = [
        Event(f"l{n}", "page_viewed", START + timedelta(hours=1, minutes=n), anonymous_id="a")
        for n in range(2)
    ]
    add_events(store, later)
    sessionize.run(store, default_config())
    [before] = table(store, "from dim_sessions")
    add_events(
        store, [Event("early", "page_viewed", START + timedelta(minutes=59), anonymous_id="a")], 2
    )
    sessionize.run(store, default_config(), is_full=True)
    [after] = table(store, "from dim_sessions")
    assert after["session_id"] == before["session_id"]
    assert after["start_time"] == START + timedelta(minutes=59)
    [change] = table(store, "from session_changes")
    assert (change["kind"], str(change["session_id"])) == ("begins_earlier", before["session_id"])


def test_a_late_event_that_joins_two_sessions_keeps_the_first_id(store: Store) -> None:
    ends = [
        Event(f"e{m}", "page_viewed", START + timedelta(minutes=m), anonymous_id="a")
        for m in (0, 40)
    ]
    add_events(store, ends)
    sessionize.run(store, default_config())
    first, second = table(store, "from dim_sessions order by start_time")
    add_events(
        store, [Event("mid", "page_viewed", START + timedelta(minutes=20), anonymous_id="a")], 2
    )
    assert sessionize.run(store, default_config()).session_changes == 1
    [joined] = table(store, "from dim_sessions")
    assert joined["session_id"] == first["session_id"]
    [change] = table(store, "from session_changes")
    assert (change["kind"], str(change["session_id"])) == ("merged", second["session_id"])


def test_fact_events_can_be_read_before_sessionize(store: Store) -> None:
    add_events(store, [Event("1", "page_viewed", START, anonymous_id="a", user_id="ann")])
    [row] = table(store, "from fact_events")
    assert (row["user_id"], row["session_id"], row["device_id"]) == ("ann", None, "a")
    sessionize.run(store, default_config())
    assert [*table(store, "from fact_events")[0]] == [*row]


def test_an_empty_log_gives_empty_tables(store: Store) -> None:
    result = sessionize.run(store, default_config())
    assert (result.events, result.sessions, result.users) == (0, 0, 0)
    assert result.stitching.event_share is None
    assert table(store, "from dim_sessions") == table(store, "from dim_users") == []


def test_a_table_that_sessionize_makes_is_named_with_its_command(store: Store) -> None:
    with pytest.raises(MissingTable) as error:
        store.require("core")
    assert "sessionize" in error.value.hint


def test_uuid_ids_and_text_ids_have_one_order_among_ties(store: Store) -> None:
    ids = ["aaaaaaaa-0000-4000-8000-000000000000", "b", "0", "bbbbbbbb-0000-4000-8000-000000000000"]
    for number, event_id in enumerate(ids):
        add_events(
            store, [Event(event_id, "page_viewed", datetime(2024, 1, 1), anonymous_id="a")], number
        )
    store.connection().execute(
        """update raw_events set event_uuid = event_text::uuid, event_text = null
        where len(event_text) = 36"""
    ).fetchall()
    sessionize.run(store, default_config())
    rows = table(store, "select event_id from core join events using (event_seq) order by core_seq")
    assert [row["event_id"] for row in rows] == sorted(ids)


@pytest.mark.parametrize("moment", [datetime(9999, 12, 31, 23), datetime(1, 1, 1, 2)])
def test_the_ends_of_the_calendar_have_days_too(store: Store, moment: datetime) -> None:
    add_events(store, [Event("1", "page_viewed", moment, anonymous_id="a")])
    config = SessionsConfig(split_at_midnight=True, timezone="America/New_York")
    assert sessionize.run(store, default_config(sessions=config)).sessions == 1


def test_times_too_far_apart_to_pack_are_in_order_all_the_same(store: Store) -> None:
    """Of 8,000 years only 36 devices fit into one number with the time."""
    moments = [datetime(year, 1, 1) for year in (9000, 1000, 2024)]
    events = [
        Event(f"{device}-{moment.year}", "page_viewed", moment, anonymous_id=f"d{device}")
        for moment in moments
        for device in range(60)
    ]
    add_events(store, events)
    assert sessionize.run(store, default_config()).sessions == len(events)
    places = store.connection().execute("select device_key, event_ts from core order by core_seq")
    rows = places.fetchall()
    assert rows == sorted(rows)
