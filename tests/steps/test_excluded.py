"""Whoever is left out of analyses is so as if nothing had been sent, and comes back when asked."""

import json
from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.conftest import Ran, Tsa
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
from tsa_cli.config.sessions import SessionsConfig, network
from tsa_cli.enrich.networks import in_networks
from tsa_cli.steps import sessionize
from tsa_cli.store import open_store

ANSWERS = (
    "select * from dim_sessions",
    "select * exclude (user_key) from dim_users",
    "select * from identity_edges",
    """select e.event_id, a.user_id, c.event_ts, s.session_id from core as c
    join actors as a using (actor_key) join events as e on e.event_seq = c.event_seq
    left join sessions as s on s.session_key = c.session_key""",
    """select e.event_id, s.* exclude (event_seq, actor_key) from service_events as s
    join events as e using (event_seq)""",
)
EXCLUDE = {"ids": ["user-*-3", "anon-*-1"], "ip_addresses": ["8.8.8.77"]}
Link = tuple[str, str, str, datetime]
NONE = SessionsConfig()
SOME = SessionsConfig.model_validate({"exclude": EXCLUDE})


def is_own(event: Event) -> bool:
    ids = (event.user_id or "", event.anonymous_id or "")
    is_named = any(fnmatchcase(name, pattern) for name in ids for pattern in EXCLUDE["ids"])
    return is_named or event.ip_address == "8.8.8.0"


def answers(
    db: Path, batches: Sequence[Sequence[Event]], links: Sequence[Link], config: SessionsConfig
) -> list[list[str]]:
    """What the tables say after each batch, and then the calls, had a run of their own."""
    with open_store(db) as store:
        for batch in batches:
            add_events(store, batch)
            sessionize.run(store, default_config(sessions=config))
        add_links(store, links)
        sessionize.run(store, default_config(sessions=config), is_full=len(batches) == 1)
        return [sorted(map(repr, table(store, sql))) for sql in ANSWERS]


@pytest.mark.parametrize("seed", range(2))
def test_the_tables_are_as_if_the_shop_s_own_people_had_sent_nothing(
    tmp_path: Path, seed: int
) -> None:
    events = [event for n in range(3) for event in random_history(3 * seed + n, 40)]
    events.sort(key=lambda event: event.order)  # late events would keep ids of sessions
    events.append(Event("last", "page_viewed", max(e.event_ts for e in events), anonymous_id="ann"))
    others = [event for event in events if not is_own(event)]
    assert 20 < len(others) < len(events) - 20
    third = len(events) // 3
    batches = [events[:third], events[third : 2 * third], events[2 * third :]]
    batches = [events] if seed else batches  # all at once is a full run
    name = 3 * seed
    own_links = [
        (f"anon-{name}-0", f"user-{name}-3", "identify", START),
        (f"anon-{name}-1", f"user-{name}-2", "alias", START),
    ]
    links = [(f"anon-{name}-2", f"user-{name}-4", "identify", START)]
    want = answers(tmp_path / "others.duckdb", [others], links, NONE)
    assert answers(tmp_path / "all.duckdb", batches, own_links + links, SOME) == want


def test_another_list_counts_them_again(tmp_path: Path) -> None:
    events = random_history(0)
    with open_store(tmp_path / "t.duckdb") as store:
        add_events(store, events)
        left_out = sessionize.run(store, default_config(sessions=SOME))
        assert left_out.excluded_events == sum(is_own(e) or e.user_agent == BOT for e in events)
        flags = {r["event_id"]: r["is_bot"] for r in table(store, "from fact_events")}
        assert flags == {e.event_id: is_own(e) or e.user_agent == BOT for e in events}
        again = sessionize.run(store, default_config(sessions=NONE))
        assert (again.mode, again.excluded_events) == (
            "full",
            sum(e.user_agent == BOT for e in events),
        )


@pytest.mark.parametrize(
    ("address", "named", "is_in"),
    [
        ("203.0.113.0", "203.0.113.7", True),  # cut short when it was stored
        ("203.0.113.0", "203.0.113.64/26", True),
        ("203.0.114.0", "203.0.113.7", False),
        ("203.0.113.9", "203.0.113.7", False),  # kept whole
        ("203.0.113.7", "203.0.113.7", True),
        ("198.51.7.0", "198.51.100.0/16", True),
        ("2001:db8:1::", "2001:db8:1:2::3", True),
        ("2001:db8:2::", "2001:db8:1::/48", False),
        ("2001:db8:2::", "2001:db8::/32", True),
        ("203.0.113.0", "2001:db8::/32", False),
        ("no address", "0.0.0.0/0", False),
    ],
)
def test_an_address_lies_in_a_network_or_is_stored_as_one_of_it(
    address: str, named: str, is_in: bool
) -> None:
    assert in_networks([address], [network(named)]).tolist() == [is_in]


def sessionized(tsa: Tsa, folder: Path, exclude: dict[str, list[str]]) -> Ran:
    (folder / "configs").mkdir(exist_ok=True)
    text = json.dumps({"version": 1, "exclude": exclude}, indent=1)
    (folder / "configs" / "sessions.yaml").write_text(text)
    return tsa("sessionize")


def test_the_file_says_who_is_none_and_who_is_not_found(tsa: Tsa, tmp_path: Path) -> None:
    line = {"event": "page_viewed", "timestamp": "2026-01-01T10:00:00Z"}
    line["user_agent"] = "okhttp/4.9 (iPhone; iOS 17.0)"
    lines = [
        line | {"anonymous_id": name, "ip_address": "203.0.113.9"} for name in ("ann", r"ben[1]\x")
    ]
    (tmp_path / "e.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    tsa("ingest", "e.jsonl")
    app = {"allowed_agents": ["okhttp/*"]}
    assert sessionized(tsa, tmp_path, {}).envelope["data"]["excluded_events"] == 2
    assert sessionized(tsa, tmp_path, app).envelope["data"]["excluded_events"] == 0
    assert (
        sessionized(tsa, tmp_path, app | {"ids": ["ann"]}).envelope["data"]["excluded_events"] == 1
    )
    visit = tsa("sql", "select device_type, os from dim_sessions", "--format", "csv").out
    assert visit.split() == ["device_type,os", "mobile,iOS"]  # the app is no bot on a visit either
    other = sessionized(tsa, tmp_path, app | {"ids": [r"ben[1]\x"]}).envelope
    assert (other["data"]["excluded_events"], other["warnings"]) == (1, [])
    assert "2 events = 1 analysed + 1 left out" in tsa("check", "--format", "csv").out
    lost = {"allowed_agents": ["okhttp"], "ids": ["b?"], "ip_addresses": ["198.51.100.1"]}
    assert sessionized(tsa, tmp_path, lost).envelope["warnings"] == [
        "sessions.yaml: exclude.ids: nobody has the id 'b?'",
        "sessions.yaml: exclude.allowed_agents: no bot is named 'okhttp'",
        "sessions.yaml: exclude.ip_addresses: no event has an address of 198.51.100.1",
    ]
    wrong = sessionized(tsa, tmp_path, {"ip_addresses": ["203.0.113"]})
    assert wrong.code == 2
    assert "sessions.yaml:4:3: exclude.ip_addresses" in wrong.err
    assert "no address and no network" in wrong.err
