"""Events counted by user and flag equal those counted one by one."""

from collections import Counter

import numpy as np
import pytest

from tests.kernels.test_visit_tallies import rows
from tsa_cli.kernels.event_tallies import tallies_of_events


@pytest.mark.parametrize("seed", range(30))
def test_each_user_s_events_are_counted_by_flag(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.permutation(9)[: rng.integers(0, 8)].astype(np.uint16)
    flags = {
        "event_code": codes,
        **{name: rng.random(len(codes)) < 0.4 for name in ("checks", "views", "support")},
    }
    actor_keys = rng.permutation(20)[:12].astype(np.int32)
    known = actor_keys[:10]
    actors = {"actor_key": known, "user_key": rng.choice([-7, -1, 3, 9], 10).astype(np.int32)}
    count = int(rng.integers(0, 50)) if len(codes) else 0
    events = {
        "actor_key": rng.choice(actor_keys, count),
        "event_code": rng.choice(codes, count) if count else codes[:0],
    }
    user_of = dict(zip(known.tolist(), actors["user_key"].tolist(), strict=True))
    says = {row["event_code"]: row for row in rows(flags)}
    want: Counter[tuple[int, str]] = Counter()
    for event in rows(events):
        for name in ("checks", "views", "support") if event["actor_key"] in user_of else ():
            want[user_of[event["actor_key"]], name] += says[event["event_code"]][name]
    users = sorted({user for (user, _), number in want.items() if number})
    assert rows(tallies_of_events(events, actors, flags)) == [
        {"user_key": user, **{name: want[user, name] for name in ("checks", "views", "support")}}
        for user in users
    ]


def test_in_a_store_without_people_nothing_is_counted() -> None:
    nobody = np.zeros(0, np.int32)
    flags = {"event_code": np.array([1], np.uint16), "checks": np.array([True])}
    tallies = tallies_of_events(
        {"actor_key": nobody, "event_code": nobody.astype(np.uint16)},
        {"actor_key": nobody, "user_key": nobody},
        flags,
    )
    assert rows(tallies) == []
