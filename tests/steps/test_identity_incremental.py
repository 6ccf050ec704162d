"""However entangled ids become from run to run, people are those that one full run finds."""

import random
from datetime import timedelta

import pytest

from tests.soak import soaked
from tests.steps.histories import START, Event, add_events, add_links, default_config, table
from tsa_cli.config.identity import IdentityConfig
from tsa_cli.steps import identities, sessionize
from tsa_cli.steps.sessionize import SessionizeConfig
from tsa_cli.store import Store

PEOPLE = {
    "edges": "from identity_edges",
    "persons": "from identity_persons",
    "actors": "select * exclude (actor_key, device_key, user_key) from actors",
    "users": "select * exclude (user_key) from dim_users",
    "sessions": "from dim_sessions",
}


def contents(store: Store) -> dict[str, list[dict[str, object]]]:
    return {name: sorted(table(store, sql), key=repr) for name, sql in PEOPLE.items()}


def entangle(store: Store, rng: random.Random, number: int) -> None:
    """A few events and calls of few ids; a known id may be an earlier id of another, too."""
    devices, names = [f"d{n}" for n in range(9)], [f"u{n}" for n in range(9)]
    moments = [START + timedelta(hours=rng.randrange(90)) for _ in range(6)]
    events = []
    for place, moment in enumerate(moments[: rng.randrange(5)]):
        device = rng.choice([None, *devices])
        known = rng.choice(names) if device is None or rng.random() < 0.5 else None
        event = Event(f"{number}-{place}", "page_viewed", moment, known, device)
        events.append(event)
    add_events(store, events, number)
    links = [
        (rng.choice([*devices, *names]), rng.choice(names), rng.choice(["identify", "alias"]), at)
        for at in moments[: rng.randrange(3)]
    ]
    add_links(store, [link for link in links if link[0] != link[1]])
    if events and rng.random() < 0.3:
        trait = (rng.choice(devices), rng.choice([None, *names]), "email", str(number))
        store.connection().execute(
            "insert into user_traits select $a, $u, $k, $v, $t, 1",
            dict(zip("aukvt", (*trait, moments[0]), strict=True)),
        ).fetchall()


def cut_one(store: Store, rng: random.Random) -> None:
    """A link that counts, or one of a shared device, which may be none without it."""
    edges = table(
        store, "from identity_edges where reason is distinct from 'cut by hand' order by all"
    )
    if edges:
        edge = rng.choice(edges)
        identities.cut(store, str(edge["anonymous_id"]), str(edge["user_id"]))


@pytest.mark.parametrize("seed", [24, *soaked([seed for seed in range(40) if seed != 24])])
def test_people_renewed_from_run_to_run_are_those_of_a_full_run(store: Store, seed: int) -> None:
    rng = random.Random(seed)
    identity = IdentityConfig(
        max_users_per_device=1 + seed % 3, stitch="none" if seed == 5 else "latest"
    )
    config: SessionizeConfig = default_config(identity=identity)
    entangle(store, rng, 0)
    sessionize.run(store, config, is_full=True)
    for number in range(1, 8):
        entangle(store, rng, number)
        if rng.random() < 0.2:
            cut_one(store, rng)
        assert sessionize.run(store, config).mode == "incremental"
        if number % 4 == 3:
            step_by_step = contents(store)
            sessionize.run(store, config, is_full=True)
            assert step_by_step == contents(store)


def test_a_store_of_an_older_layout_is_built_anew(store: Store) -> None:
    add_events(store, [Event("1", "page_viewed", START, anonymous_id="a")])
    sessionize.run(store, default_config())
    store.connection().execute(
        "update sessionize_state set definition = split_part(definition, ':', 2)"
    ).fetchall()
    assert sessionize.run(store, default_config()).mode == "full"
    assert sessionize.run(store, default_config()).mode == "incremental"
