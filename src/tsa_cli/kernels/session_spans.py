"""
The figures of each session, from the events of whole sessions that lie one after another.

A pass over sorted integers: no hashing, no sorting, and memory for one piece of the log at a time.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Columns = dict[str, NDArray[Any]]

# What an event's name counts as.
IS_PAGE_VIEW, IS_INTERACTIVE, IS_CONVERSION = 1, 2, 4


@dataclass(frozen=True)
class Lookups:
    """
    What keys mean, each an array by key; key 0 is none and means nothing.

    `counts_as` of an event code; whether a page has a campaign, and its site; whether a referrer
    is a source of traffic, and its site (0: no site). `is_page` is None where every key is a page,
    else False of those that stand for a campaign alone.
    """

    counts_as: NDArray[np.uint8]
    has_campaign: NDArray[np.bool_]
    page_site: NDArray[np.int32]
    is_source: NDArray[np.bool_]
    referrer_site: NDArray[np.int32]
    is_page: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class _Runs:
    """Where each session begins and ends (both inclusive), and how many events there are."""

    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    size: int


def measure(events: Columns, lookups: Lookups) -> Columns:
    """
    One row per session, in order: its key and place, its first and last moments, its counts.

    `events` are of whole devices, in order, the events of a session adjacent; keys
    are 0 where there is none. Of pages, agents and addresses the first (last) that there is counts,
    of actors the last known one, else the last one, and of touches the first event that names a
    source of traffic (a campaign, or a referrer that is no page of ours), else the first event.
    """
    runs = _runs(events["session_key"])
    starts, ends = runs.starts, runs.ends
    device = events["device_key"][starts]
    flags = lookups.counts_as[events["event_code"]]
    touch = _Hits(_is_touch(events, lookups), runs).first()
    has_touch = touch >= 0
    touch = np.where(has_touch, touch, starts)
    known = _Hits(events["is_known"] != 0, runs).last()
    page = events["page_key"]
    if lookups.is_page is not None:
        page = np.where(lookups.is_page[page], page, 0)
    return {
        "session_key": events["session_key"][starts],
        "first_core_seq": events["core_seq"][starts],
        "device_key": device,
        "is_device_first": _is_first(device),
        "start_us": events["event_us"][starts],
        "end_us": events["event_us"][ends],
        "events_count": (ends - starts + 1).astype(np.int64),
        "page_views": _count(flags & IS_PAGE_VIEW, runs),
        "interactive_count": _count(flags & IS_INTERACTIVE, runs),
        "conversion_count": _count(flags & IS_CONVERSION, runs),
        "first_event_seq": events["event_seq"][starts],
        "entry_page_key": _first(page, runs),
        "exit_page_key": _last(page, runs),
        "agent_key": _first(events["agent_key"], runs),
        "ip_key": _first(events["ip_key"], runs),
        "actor_key": events["actor_key"][np.where(known >= 0, known, ends)],
        "touch_page_key": events["page_key"][touch],
        "touch_referrer_key": events["referrer_key"][touch],
        "has_touch": has_touch,
    }


def _is_first(device_key: NDArray[Any]) -> NDArray[np.bool_]:
    is_first = np.ones(len(device_key), dtype=np.bool_)
    np.not_equal(device_key[1:], device_key[:-1], out=is_first[1:])
    return is_first


def _runs(session_key: NDArray[Any]) -> _Runs:
    size = len(session_key)
    changes = np.flatnonzero(session_key[1:] != session_key[:-1]) + 1
    if not size:
        return _Runs(changes, changes, size)
    return _Runs(np.append(0, changes), np.append(changes, size) - 1, size)


def _is_touch(events: Columns, lookups: Lookups) -> NDArray[np.bool_]:
    page, referrer = events["page_key"], events["referrer_key"]
    is_touch: NDArray[np.bool_] = lookups.has_campaign[page]
    referred = np.flatnonzero(referrer)  # few events, where only the first of a visit has one
    page, referrer = page[referred], referrer[referred]
    is_foreign = lookups.referrer_site[referrer] != lookups.page_site[page]
    is_touch[referred] |= lookups.is_source[referrer] & is_foreign
    return is_touch


def _count(flags: NDArray[Any], runs: _Runs) -> Integers:
    """Of each session how many values are not 0."""
    until = np.cumsum(flags != 0, dtype=np.int64)  # a third of what `add.reduceat` takes
    return np.diff(until[runs.ends], prepend=0)


class _Hits:
    """Where something holds, looked up for each session by how many hits there are until it."""

    def __init__(self, is_hit: NDArray[np.bool_], runs: _Runs) -> None:
        self._runs = runs
        self._is_hit = is_hit
        self._places = np.append(np.flatnonzero(is_hit), runs.size)  # the last one is of nobody
        self._until = np.cumsum(is_hit, dtype=np.int64)

    def first(self) -> Integers:
        """Of each session the first place; -1 without one."""
        starts, ends = self._runs.starts, self._runs.ends
        place = self._places[self._until[starts] - self._is_hit[starts]]
        return np.where(place <= ends, place, -1)

    def last(self) -> Integers:
        """Of each session the last place; -1 without one."""
        starts, ends = self._runs.starts, self._runs.ends
        place = self._places[self._until[ends] - 1]  # where none was yet, the place of nobody
        return np.where((place >= starts) & (place <= ends), place, -1)


def _first(keys: NDArray[Any], runs: _Runs) -> NDArray[Any]:
    """Of each session the first key that is not 0, else 0."""
    found = keys[runs.starts]
    if found.all():
        return found
    return _keys_at(keys, _Hits(keys != 0, runs).first())


def _last(keys: NDArray[Any], runs: _Runs) -> NDArray[Any]:
    """Of each session the last key that is not 0, else 0."""
    found = keys[runs.ends]
    if found.all():
        return found
    return _keys_at(keys, _Hits(keys != 0, runs).last())


def _keys_at(keys: NDArray[Any], places: Integers) -> NDArray[Any]:
    return np.where(places >= 0, keys[places], 0)
