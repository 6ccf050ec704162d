"""
Visits, given as columns, counted for each user and for each of a user's windows of time.

The keys of users have no large gaps, so that each place stands for one and a column takes one
addition a visit: grouping by a hash takes four times as long for these many counts.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsa_cli.kernels.dense_keys import keys_at, placed

Columns = Mapping[str, NDArray[Any]]
Tallies = dict[str, NDArray[Any]]
_QUARTERS = ("nights", "mornings", "afternoons", "evenings")  # of six hours each
_WEEKDAYS = (
    "mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays",
)  # fmt: skip
_SECOND_US = 1_000_000


def totals_of_users(visits: Columns) -> Tallies:
    """
    One row for each user with a visit: `user_key`, `total_sessions`, the sums `duration_us`,
    `page_views` and `interactive_count`, `first_visit_us` and `last_visit_us`.

    `visits` are columns of equal length: user_key, start_us, end_us (µs), page_views,
    interactive_count.
    """
    users, least_key, size = placed(visits["user_key"])
    counts = np.bincount(users, minlength=size)
    keys = np.flatnonzero(counts)
    found: Tallies = {"user_key": keys_at(keys, least_key), "total_sessions": counts[keys]}
    for name, summed in (
        ("page_views", visits["page_views"]),
        ("interactive_count", visits["interactive_count"]),
        ("duration_us", visits["end_us"] - visits["start_us"]),
    ):
        found[name] = _sums(users, summed, size)[keys]
    found["first_visit_us"] = _least(users, visits["start_us"], size)[keys]
    found["last_visit_us"] = -_least(users, -visits["end_us"], size)[keys]
    return found


def tallies_of_users(visits: Columns) -> Tallies:
    """
    The totals of each user, `conversion_count`, `mobile_count`, and visits by quarter of the day
    and by weekday.

    `visits` as in `totals_of_users`, with is_conversion, is_mobile, local_hour 0-23,
    local_weekday 1-7.
    """
    found = totals_of_users(visits)
    users, least_key, size = placed(visits["user_key"])
    keys = found["user_key"] - least_key
    for name, flags in (
        ("conversion_count", visits["is_conversion"]),
        ("mobile_count", visits["is_mobile"]),
    ):
        found[name] = _sums(users, flags, size)[keys]
    for names, places in (
        (_QUARTERS, visits["local_hour"].astype(np.int64) // 6),
        (_WEEKDAYS, visits["local_weekday"].astype(np.int64) - 1),
    ):
        width = len(names)
        grid = np.bincount(users * width + places, minlength=size * width).reshape(size, width)
        found.update(zip(names, grid[keys].T, strict=True))
    return found


def tallies_of_windows(visits: Columns, window_count: int) -> Tallies:
    """
    One row for each user and window with a visit: `user_key`, `window_index`, `total_sessions`,
    the sums `duration_us`, `page_views`, `interactive_count`.

    `visits` as in `tallies_of_users`, with window_index in [0, window_count), or -1 in none.
    """
    is_in = visits["window_index"] >= 0
    users, least_key, _ = placed(visits["user_key"][is_in])
    pairs, group = np.unique(
        users * window_count + visits["window_index"][is_in], return_inverse=True
    )
    size = len(pairs)
    durations = visits["end_us"][is_in] - visits["start_us"][is_in]
    return {
        "user_key": keys_at(pairs // window_count, least_key),
        "window_index": pairs % window_count,
        "total_sessions": np.bincount(group, minlength=size),
        "duration_us": _sums(group, durations, size),
        "page_views": _sums(group, visits["page_views"][is_in], size),
        "interactive_count": _sums(group, visits["interactive_count"][is_in], size),
    }


def values_of_users(visits: Columns, name: str) -> Tallies:
    """
    One row for each user and value of the column `name` among their visits: `user_key`, and it.

    `visits` are columns user_key and `name`, keys from 1; 0 is none.
    """
    users, least_key, size = placed(visits["user_key"])
    is_met = np.zeros(int(visits[name].max(initial=0)) + 1, np.bool_)
    is_met[visits[name]] = True
    is_met[0] = False
    met = np.flatnonzero(is_met)
    place_of = np.cumsum(is_met) - 1
    has_one = visits[name] > 0
    grid = np.zeros((size, len(met)), np.bool_)
    grid[users[has_one], place_of[visits[name][has_one]]] = True
    found, places = np.nonzero(grid)
    return {"user_key": keys_at(found, least_key), name: met[places].astype(np.int32)}


def visits_of_travellers(visits: Columns) -> Columns:
    """The visits of users who came on several devices: user, device, first event, start (µs)."""
    users, _, size = placed(visits["user_key"])
    devices = visits["device_key"].astype(np.int64)
    has_devices = _least(users, devices, size) != -_least(users, -devices, size)
    is_theirs = has_devices[users]
    names = ("user_key", "device_key", "first_event_seq", "start_us")
    return {name: visits[name][is_theirs] for name in names}


def first_visits(visits: Columns) -> Columns:
    """The visits that begin when the first one of their user does: user, session, first event."""
    users, _, size = placed(visits["user_key"])
    is_first = visits["start_us"] == _least(users, visits["start_us"], size)[users]
    names = ("user_key", "session_key", "first_event_seq")
    return {name: visits[name][is_first] for name in names}


def _sums(groups: NDArray[np.int64], values: NDArray[Any], size: int) -> NDArray[np.int64]:
    """(size,) int64: exact; a sum of doubles is so below 2^53, which 285 years are in µs."""
    if values.dtype.itemsize < np.dtype(np.int64).itemsize:
        return np.bincount(groups, values, size).astype(np.int64)
    whole, rest = np.divmod(values, _SECOND_US)
    return np.bincount(groups, whole, size).astype(np.int64) * _SECOND_US + np.bincount(
        groups, rest, size
    ).astype(np.int64)


def _least(groups: NDArray[np.int64], values: NDArray[Any], size: int) -> NDArray[np.int64]:
    """(size,) int64: the least value of each group; of an empty one the greatest number."""
    least = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(least, groups, values)
    return least
