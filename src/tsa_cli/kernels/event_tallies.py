"""
Events, given as columns, counted for each user by what their names say.

One count a user and kind of name, where an engine's hash of users takes three times as long.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsa_cli.kernels.dense_keys import keys_at, placed
from tsa_cli.kernels.visit_tallies import Columns, Tallies

_NONE = -1


def tallies_of_events(events: Columns, actors: Columns, flags: Columns) -> Tallies:
    """
    One row for each user with such an event: `user_key`, and for each flag its number of events.

    `events` are columns actor_key, event_code; `actors` are actor_key, user_key, each actor once:
    of others nothing is counted. `flags` are event_code and a column of booleans for each flag, all
    codes of `events` among them.
    """
    codes = flags["event_code"]
    names = [name for name in flags if name != "event_code"]
    # Names that say the same are one kind: there are fewer of them than names.
    table = np.stack([flags[name] for name in names], axis=1)
    kinds, kind = np.unique(table, axis=0, return_inverse=True)
    users, least_key, size = placed(actors["user_key"])
    kind_of_code = _by_key(codes, kind.reshape(-1), int(codes.max(initial=0)))
    greatest = max(int(actors["actor_key"].max(initial=0)), int(events["actor_key"].max(initial=0)))
    user_of_actor = _by_key(actors["actor_key"], users, greatest)
    of_user = user_of_actor[events["actor_key"]]
    cells = of_user * len(kinds) + kind_of_code[events["event_code"]]
    if len(of_user) and of_user.min() == _NONE:
        cells = cells[of_user != _NONE]
    grid = np.bincount(cells, minlength=size * len(kinds)).reshape(size, len(kinds))
    counts = grid @ kinds.astype(np.int64)
    found = np.flatnonzero(counts.any(axis=1))
    return {"user_key": keys_at(found, least_key), **dict(zip(names, counts[found].T, strict=True))}


def _by_key(keys: NDArray[Any], values: NDArray[np.int64], greatest: int) -> NDArray[np.int64]:
    """(greatest + 1,) int64: the value of each key, _NONE of others."""
    by_key = np.full(greatest + 1, _NONE)
    by_key[keys] = values
    return by_key
