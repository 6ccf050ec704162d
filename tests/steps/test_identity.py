"""Who is one person: the oracle of components, and each rule of D13 and D14."""

import random
from datetime import datetime, timedelta

import pytest

from tests.steps.histories import START, Event, add_events, add_links, default_config, table
from tests.steps.session_oracle import persons
from tsa_cli.config.identity import IdentityConfig
from tsa_cli.errors import DataError
from tsa_cli.steps import identities, sessionize
from tsa_cli.steps.explain.person import find
from tsa_cli.store import Store


def seen(store: Store, *pairs: str, **config: object) -> dict[str, str]:
    """The user of each "anonymous known" pair, seen one minute after the other ("-" is none)."""
    events = []
    for minute, pair in enumerate(pairs):
        anonymous_id, known = (None if part == "-" else part for part in pair.split())
        at = START + timedelta(minutes=minute)
        events.append(
            Event(f"e{minute}", "page_viewed", at, user_id=known, anonymous_id=anonymous_id)
        )
    add_events(store, events)
    sessionize.run(store, default_config(identity=IdentityConfig.model_validate(config)))
    return users(store)


def users(store: Store) -> dict[str, str]:
    rows = table(store, "select distinct anonymous_id, known_id, user_id from actors")
    return {
        f"{row['anonymous_id'] or '-'} {row['known_id'] or '-'}": str(row["user_id"])
        for row in rows
    }


def test_a_login_names_the_events_before_it(store: Store) -> None:
    assert seen(store, "a -", "a ann", "b -") == {"a -": "ann", "a ann": "ann", "b -": "b"}


def test_the_latest_known_id_wins_backwards(store: Store) -> None:
    assert set(seen(store, "a ann", "a -", "a bob").values()) == {"bob"}


def test_of_two_equally_late_ids_the_greater_wins(store: Store) -> None:
    pairs = [
        Event(user, "page_viewed", START, user_id=user, anonymous_id="a") for user in ("bob", "ann")
    ]
    add_events(store, pairs)
    sessionize.run(store, default_config())
    assert set(users(store).values()) == {"bob"}


def test_two_devices_of_one_login_are_one_person(store: Store) -> None:
    assert set(seen(store, "a -", "a ann", "b ann", "b -").values()) == {"ann"}


def test_a_device_with_too_many_known_ids_links_nobody(store: Store) -> None:
    found = seen(store, "k u1", "k u2", "k u3", "k -", max_users_per_device=2)
    assert found == {"k u1": "u1", "k u2": "u2", "k u3": "u3", "k -": "k"}
    edges = table(store, "from identity_edges")
    assert {(edge["is_cut"], edge["reason"]) for edge in edges} == {(True, "shared device")}


def test_a_device_with_just_as_many_known_ids_as_allowed_links_them(store: Store) -> None:
    assert set(seen(store, "k u1", "k u2", max_users_per_device=2).values()) == {"u2"}


def test_without_stitching_each_event_has_its_own_id(store: Store) -> None:
    assert seen(store, "a -", "a ann", stitch="none") == {"a -": "a", "a ann": "ann"}


def test_identify_and_alias_calls_link_without_an_event(store: Store) -> None:
    later = START + timedelta(hours=1)
    add_links(store, [("a", "ann", "identify", START), ("ann", "ann@new", "alias", later)])
    assert set(seen(store, "a -", "b ann").values()) == {"ann@new"}


def test_bots_link_nobody(store: Store) -> None:
    from tests.steps.histories import BOT

    bot = Event("bot", "page_viewed", START, user_id="x", anonymous_id="a", user_agent=BOT)
    add_events(store, [bot])
    assert seen(store, "a -")["a -"] == "a"


def test_a_cut_link_stays_cut_on_every_rebuild(store: Store) -> None:
    assert set(seen(store, "a -", "a ann", "b ann").values()) == {"ann"}
    assert identities.cut(store, "ann", "a").is_new
    assert not identities.cut(store, "a", "ann").is_new
    for is_full in (False, True):
        sessionize.run(store, default_config(), is_full=is_full)
        assert users(store) == {"a -": "a", "a ann": "ann", "b ann": "ann"}
    report = identities.show(store, "b")
    assert (report.user_id, report.ids) == ("ann", ["ann", "b"])
    assert [(e["anonymous_id"], e["is_cut"]) for e in report.edges] == [("a", True), ("b", False)]


def test_a_device_stands_for_the_person_that_its_links_leave(store: Store) -> None:
    seen(store, "a ann", "a bob")
    assert identities.show(store, "a").ids == ["a", "ann", "bob"]
    identities.cut(store, "a", "ann")
    sessionize.run(store, default_config())
    assert identities.show(store, "a").user_id == "bob"
    assert [identities.show(store, name).ids for name in ("ann", "bob")] == [["ann"], ["a", "bob"]]
    assert find(store, "a").user_id == "bob"


def test_a_shared_device_is_nobody_s(store: Store) -> None:
    seen(store, *(f"tablet {name}" for name in ("ann", "bob", "cy", "dee")))
    assert identities.show(store, "ann").ids == ["ann"]
    tablet = identities.show(store, "tablet")
    assert (tablet.user_id, tablet.ids) == ("tablet", ["tablet"])
    assert {edge["reason"] for edge in tablet.edges} == {"shared device"}
    assert len(tablet.edges) == 4
    assert find(store, "tablet").user_id == "ann", "who has events, of those who used it"


def test_ids_that_were_never_linked_cannot_be_cut(store: Store) -> None:
    seen(store, "a ann", "b ann")
    with pytest.raises(DataError, match="not linked") as error:
        identities.cut(store, "a", "b")
    assert "ann" in error.value.hint
    with pytest.raises(DataError) as unknown:
        identities.cut(store, "a", "nobody")
    assert unknown.value.hint == "links of theirs: a – ann", "and not: they are linked through ann"
    with pytest.raises(DataError, match="no events"):
        identities.show(store, "nobody")


def random_ids(seed: int) -> tuple[list[Event], list[tuple[str, str, str, datetime]]]:
    rng = random.Random(seed)
    moments = [START + timedelta(minutes=rng.randrange(6)) for _ in range(40)]
    events = [
        Event(
            f"{seed}-{n}",
            "page_viewed",
            at,
            user_id=f"{seed}u{rng.randrange(9)}" if n % 3 else None,
            anonymous_id=f"{seed}a{rng.randrange(9)}" if n % 3 < 2 else None,
        )
        for n, at in enumerate(moments)
    ]
    links = [
        (f"{seed}{rng.choice('au')}{rng.randrange(9)}", f"{seed}u{rng.randrange(9)}", "alias", at)
        for at in moments[: rng.randrange(4)]
    ]
    return events, links


@pytest.mark.parametrize(
    "config", [{}, {"max_users_per_device": 1}, {"max_users_per_device": 2}, {"stitch": "none"}]
)
def test_users_equal_the_oracle(store: Store, config: dict[str, object]) -> None:
    identity = IdentityConfig.model_validate(config)
    want: dict[tuple[str | None, str | None], str] = {}
    rng = random.Random(1)
    all_events, all_links = [], []
    for seed in range(60):
        events, links = random_ids(seed)
        cuts = [(e.anonymous_id, e.user_id) for e in events if e.anonymous_id and e.user_id]
        cuts = rng.sample(cuts, min(len(cuts), seed % 3))
        all_events += events
        all_links += links
        for one, other in cuts:
            store.execute("2_sessions/add_cut.sql", id_a=other, id_b=one)
        want |= persons(events, identity, [(a, u, at) for a, u, _, at in links], cuts)
    add_events(store, all_events)
    add_links(store, all_links)
    sessionize.run(store, default_config(identity=identity))
    rows = table(
        store,
        """select anonymous_id, known_id, user_id from actors
        where actor_key in (select actor_key from events)""",  # pairs of calls stand there, too
    )
    assert {(row["anonymous_id"], row["known_id"]): row["user_id"] for row in rows} == want


def test_a_link_that_is_not_sessionized_yet_may_be_what_is_to_be_cut(store: Store) -> None:
    def hint() -> str:
        with pytest.raises(DataError) as error:
            identities.cut(store, "a", "bob")
        return error.value.hint

    seen(store, "a ann")
    assert hint() == "links of theirs: a – ann"
    add_events(store, [Event("later", "page_viewed", START, user_id="bob", anonymous_id="a")])
    assert hint().endswith("ann; newer events may link them: run `tsa sessionize` first")
