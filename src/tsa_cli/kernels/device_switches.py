"""
How often users came on another device than at their visit before.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsa_cli.kernels.dense_keys import placed
from tsa_cli.kernels.visit_tallies import Columns, Tallies

Order = NDArray[np.int64]


def order_of(visits: Columns, tied: NDArray[np.int64] | None = None) -> Order:
    """
    The places of the visits, by `user_key` and `start_us`.

    Of those that begin at one moment `tied` are the `first_event_seq` in their order.
    """
    keys = (visits["start_us"], visits["user_key"])
    if tied is None:
        return np.lexsort(keys)
    return np.lexsort((_ranks(visits["first_event_seq"], tied), *keys))


def tied_visits(visits: Columns, order: Order) -> NDArray[np.int64]:
    """The `first_event_seq` of visits that begin when another one of their user does."""
    users, starts = visits["user_key"][order], visits["start_us"][order]
    is_next_tied = (users[1:] == users[:-1]) & (starts[1:] == starts[:-1])
    is_tied = np.zeros(len(users), np.bool_)
    is_tied[1:] |= is_next_tied
    is_tied[:-1] |= is_next_tied
    return visits["first_event_seq"][order][is_tied].astype(np.int64)


def switches_of(user_keys: NDArray[Any], visits: Columns, order: Order) -> Tallies:
    """
    For each of `user_keys`: how many `devices` their visits were on, and `switching_rate`, the
    share of visits but the first that are on another device than the one before.

    `user_keys` ascend; `visits`, whose `order` is that of `order_of`, are those of users with
    several devices: `user_key`, `device_key`. All others have one device, and never switch.
    """
    users, device = visits["user_key"][order], visits["device_key"][order]
    place = np.searchsorted(user_keys, users)
    goes_on = users[1:] == users[:-1]
    has_switched = goes_on & (device[1:] != device[:-1])
    switched = np.bincount(place[1:][has_switched], minlength=len(user_keys))
    went_on = np.bincount(place[1:][goes_on], minlength=len(user_keys))
    device_places, _, width = placed(device)
    own = np.unique(place * width + device_places) // max(width, 1)
    devices = np.bincount(own, minlength=len(user_keys))
    return {
        "devices": np.maximum(devices, 1),
        "switching_rate": switched / np.maximum(went_on, 1),
    }


def _ranks(seqs: NDArray[Any], tied: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of each of `seqs` among `tied`; 0 of one that is not."""
    ascending = np.argsort(tied)
    found = np.minimum(np.searchsorted(tied[ascending], seqs), len(tied) - 1)
    return np.where(tied[ascending][found] == seqs, ascending[found], 0)
