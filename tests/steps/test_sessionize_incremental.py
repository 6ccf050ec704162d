"""After any split of the log into batches, in any order, the tables are those of one full run."""

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from tests.soak import soaked
from tests.steps.histories import (
    BOT,
    START,
    Event,
    add_events,
    add_links,
    default_config,
    random_history,
    table,
)
from tsa_cli.config.sessions import SessionsConfig
from tsa_cli.steps import identities, sessionize
from tsa_cli.steps.sessionize import layout
from tsa_cli.store import Store, open_store

PUBLIC = {
    "dim_sessions": "select * from dim_sessions",
    "dim_users": "select * exclude (user_key) from dim_users",
    "fact_events": "select * exclude (event_seq) from fact_events",
    "identity_edges": "select * from identity_edges",
    "identity_persons": "select * from identity_persons",
    "actors": """select anonymous_id, known_id, device_id, user_id, event_count, first_ts, last_ts
        from actors""",
    "service_events": """select e.event_id, s.event_ts, s.is_booking, s.service_weight,
        s.booking_value, s.booking_id, s.service, s.rating
        from service_events s join events e using (event_seq)""",
    "core": """select a.device_id, a.anonymous_id, a.known_id, c.event_ts, w.event_type, p.page_url,
        s.session_id, e.event_id, c.is_server, r.referrer_url, u.user_agent, i.ip_address,
        c.is_known,
        row_number() over (partition by a.device_id order by c.core_seq) as place
        from core c join actors a using (actor_key) join event_types w using (event_code)
        join events e using (event_seq)
        left join pages p on p.page_key = c.page_key
        left join referrers r on r.referrer_key = c.referrer_key
        left join user_agents u on u.agent_key = c.agent_key
        left join ips i on i.ip_key = c.ip_key
        left join sessions s on s.session_key = c.session_key""",
    "core_by_type": """select w.event_type, x.user_id, e.event_id,
        make_timestamp((user_time & ((1::bigint << time_bits) - 1)) * tick_us + epoch_us) as ts
        from core_by_type t cross join user_time_scale join event_types w using (event_code)
        join users_index x on x.user_key = t.user_time >> time_bits
        join events e using (event_seq)""",
}


def contents(store: Store, without: Sequence[str] = ()) -> dict[str, list[dict[str, object]]]:
    found = {}
    for name, sql in PUBLIC.items():
        rows = [{k: v for k, v in row.items() if k not in without} for row in table(store, sql)]
        found[name] = sorted(rows, key=repr)
    return found


def batches(seed: int) -> list[list[Event]]:
    rng = random.Random(seed)
    events = [
        event
        for n in range(3)
        for event in random_history(1000 * seed + n, rng.choice((5, 30, 60)))
    ]
    if seed % 3 == 0:
        events.sort(key=lambda event: event.order)
    else:
        rng.shuffle(events)
    cuts = sorted(rng.sample(range(1, len(events)), rng.choice((1, 3, 6))))
    return [events[a:b] for a, b in zip([0, *cuts], [*cuts, len(events)], strict=True)]


def assert_readable_in_order(store: Store) -> None:
    """A scan gives rising row numbers; each session lies in one piece, each device in order."""
    rows = table(store, "select core_seq, session_key, device_key, event_ts from core")
    numbers = [row["core_seq"] for row in rows]
    assert numbers == sorted(set(numbers), key=int)
    visits = [row["session_key"] for row in rows if row["session_key"] is not None]
    pieces = [key for n, key in enumerate(visits) if n == 0 or visits[n - 1] != key]
    assert len(pieces) == len(set(pieces))
    by_device = sorted(rows, key=lambda row: int(str(row["device_key"])))
    assert by_device == sorted(by_device, key=lambda row: (row["device_key"], row["event_ts"]))


@pytest.mark.parametrize("seed", [1, *soaked([0, *range(2, 60)])])
def test_batches_in_any_order_give_the_tables_of_a_full_run(
    store: Store, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "UNSORTED_SHARE", (0, 0.2, 1000)[seed % 3])
    changes = {
        "timeout": "2h",
        "max_duration": "40m",
        "split_on_campaign": seed % 4 == 1,
        "split_at_midnight": seed % 4 == 3,
    }
    sessions = SessionsConfig.model_validate(changes if seed % 2 else {})
    config = default_config(sessions=sessions)
    modes = []
    for number, batch in enumerate(batches(seed)):
        add_events(store, batch, number)
        if number % 2:
            add_links(
                store, [(str(batch[0].device), f"linked-{number}", "alias", batch[0].event_ts)]
            )
        modes.append(sessionize.run(store, config).mode)
        if seed % 2 and number % 3 == 2:
            cuts = table(store, "from identity_edges order by all limit 1")
            for edge in cuts:
                if edge["anonymous_id"] != edge["user_id"]:
                    identities.cut(store, str(edge["anonymous_id"]), str(edge["user_id"]))
    sessionize.run(store, config)
    assert modes == ["full"] + ["incremental"] * (len(modes) - 1)
    step_by_step = contents(store)
    assert_readable_in_order(store)
    assert sessionize.run(store, config, is_full=True).mode == "full"
    at_once = contents(store)
    for name in PUBLIC:
        assert step_by_step[name] == at_once[name], name


@pytest.mark.parametrize("seed", [0, *soaked(range(1, 30))])
def test_a_fresh_store_gives_the_same_but_for_ids_that_late_events_kept(
    store: Store, tmp_path: Path, seed: int
) -> None:
    parts = batches(seed)
    for number, batch in enumerate(parts):
        add_events(store, batch, number)
        sessionize.run(store, default_config())
    with open_store(tmp_path / "fresh.duckdb") as fresh:
        for number, batch in enumerate(parts):
            add_events(fresh, batch, number)
        sessionize.run(fresh, default_config())
        is_in_order = seed % 3 == 0
        without = () if is_in_order else ("session_id",)
        assert contents(store, without) == contents(fresh, without)


def test_news_at_the_timeout_itself_go_on_with_the_visit_and_later_ones_do_not(
    store: Store,
) -> None:
    def seen(name: str, seconds: float) -> Event:
        at = START + timedelta(seconds=seconds)
        return Event(f"{name}{seconds}", "page_viewed", at, anonymous_id=name)

    gaps = {"at": 1800, "after": 1800.000001, "tied": 0}
    add_events(store, [seen(name, 60) for name in gaps] + [seen("at", 0), seen("tied", 0)])
    sessionize.run(store, default_config())
    add_events(store, [seen(name, 60 + gap) for name, gap in gaps.items() if gap], 2)
    add_events(store, [Event("tie", "page_viewed", START + timedelta(minutes=1), None, "tied")], 3)
    assert sessionize.run(store, default_config()).mode == "incremental"
    step_by_step = contents(store)
    found = [(row["user_id"], row["start_reason"]) for row in step_by_step["dim_sessions"]]
    assert sorted(found) == [
        ("after", "first"), ("after", "timeout"), ("at", "first"), ("tied", "first"),
    ]  # fmt: skip
    sessionize.run(store, default_config(), is_full=True)
    assert step_by_step == contents(store)


def test_a_run_without_news_changes_nothing(store: Store) -> None:
    add_events(store, random_history(1))
    sessionize.run(store, default_config())
    before = contents(store)
    result = sessionize.run(store, default_config())
    assert (result.mode, contents(store)) == ("incremental", before)


def test_another_configuration_asks_for_a_full_run(store: Store) -> None:
    add_events(store, random_history(1))
    sessionize.run(store, default_config())
    changed = default_config(sessions=SessionsConfig.model_validate({"timeout": "5m"}))
    assert sessionize.run(store, changed).mode == "full"
    assert sessionize.run(store, changed).mode == "incremental"


def test_removed_events_ask_for_a_full_run(store: Store) -> None:
    add_events(store, random_history(1))
    add_events(store, [Event("gone", "page_viewed", START, user_id="erased", anonymous_id="x")])
    sessionize.run(store, default_config())
    store.connection().execute(
        """delete from raw_events
        where actor_key in (select actor_key from actors where known_id = 'erased')"""
    ).fetchall()
    result = sessionize.run(store, default_config())
    assert result.mode == "full"
    assert result.events + result.excluded_events == 80
    names = [row["name"] for row in table(store, "show all tables")]
    held = [name for name in names if "erased" in repr(table(store, f"from {name}"))]
    assert held == []


def test_a_batch_of_bots_or_logins_alone_touches_no_session(store: Store) -> None:
    add_events(store, [Event("1", "page_viewed", START, anonymous_id="a")])
    sessionize.run(store, default_config())
    add_events(store, [Event("2", "page_viewed", START, anonymous_id="a", user_agent=BOT)], 2)
    result = sessionize.run(store, default_config())
    assert (result.mode, result.events, result.excluded_events) == ("incremental", 1, 1)
    add_links(store, [("a", "ann", "identify", START + timedelta(days=1))])
    sessionize.run(store, default_config())
    [row] = table(store, "from dim_sessions")
    assert (row["user_id"], row["events_count"]) == ("ann", 1)
    assert [r["user_id"] for r in table(store, "from dim_users")] == ["ann"]


def test_a_bot_on_somebodys_device_is_theirs_after_a_short_run_too(store: Store) -> None:
    add_events(store, [Event("1", "page_viewed", START, user_id="ann", anonymous_id="a")])
    sessionize.run(store, default_config())
    add_events(store, [Event("2", "page_viewed", START, anonymous_id="a", user_agent=BOT)], 2)
    assert sessionize.run(store, default_config()).mode == "incremental"
    assert {row["user_id"] for row in table(store, "from fact_events")} == {"ann"}


@pytest.mark.parametrize(
    "changes",
    [{"max_duration": "1h"}, {"split_at_midnight": True, "split_on_campaign": True}],
)
def test_a_visit_that_was_cut_is_renewed_from_its_beginning(
    store: Store, changes: dict[str, object]
) -> None:
    pages = [f"https://shop.example/?utm_source=s{n}" if n in (4, 8) else None for n in range(12)]
    events = [
        Event(
            f"{n:02}",
            "page_viewed",
            START + timedelta(minutes=20 * n),
            anonymous_id="a",
            page_url=page,
        )
        for n, page in enumerate(pages)
    ]
    config = default_config(sessions=SessionsConfig.model_validate(changes))
    for number, batch in enumerate((events[:5] + events[6:10], events[5:6], events[10:])):
        add_events(store, batch, number)
        sessionize.run(store, config)
    step_by_step = contents(store)
    assert len(step_by_step["dim_sessions"]) > 1
    sessionize.run(store, config, is_full=True)
    assert step_by_step == contents(store)
