"""Devices and switches between them equal those found visit by visit."""

from itertools import pairwise

import numpy as np
import pytest

from tests.kernels.test_visit_tallies import of_users, random_visits
from tsa_cli.kernels.device_switches import order_of, switches_of, tied_visits
from tsa_cli.kernels.visit_tallies import tallies_of_users, visits_of_travellers


@pytest.mark.parametrize("seed", range(30))
def test_devices_and_switches_are_those_of_visits_in_order(seed: int) -> None:
    visits = random_visits(seed)
    travels = visits_of_travellers(visits)
    order = order_of(travels)
    tied = tied_visits(travels, order)
    own = of_users(visits)
    by_travellers = {
        user: rows for user, rows in own.items() if len({row["device_key"] for row in rows}) > 1
    }
    assert sorted(tied.tolist()) == sorted(
        row["first_event_seq"]
        for rows in by_travellers.values()
        for row in rows
        if sum(row["start_us"] == other["start_us"] for other in rows) > 1
    )
    ranks = np.random.default_rng(seed).permutation(tied)
    rank_of = {seq: at for at, seq in enumerate(ranks.tolist())}
    users = tallies_of_users(visits)["user_key"]
    if len(ranks):
        order = order_of(travels, ranks)
    found = switches_of(users, travels, order)
    for at, user in enumerate(users.tolist()):
        rows = sorted(
            own[user],
            key=lambda row: (row["start_us"], rank_of.get(row["first_event_seq"], 0)),
        )
        devices = [row["device_key"] for row in rows]
        switched = sum(one != other for one, other in pairwise(devices))
        assert found["devices"][at] == len({*devices})
        assert found["switching_rate"][at] == switched / max(len(devices) - 1, 1)
