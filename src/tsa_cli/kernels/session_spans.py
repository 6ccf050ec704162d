"""
The figures of each session, from the events of whole sessions that lie one after another.

A pass over sorted integers: no hashing, no sorting, and memory for one piece of the log at a time.
"""

from collections.abc import Callable
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
class Visited:
    """The events that are in sessions: at `places` of all `events`."""

    events: Columns
    places: NDArray[np.intp]

    def whole(self, name: str) -> NDArray[Any]:
        """The column of these events."""
        column = self.events[name]
        return column if len(self.places) == len(column) else column[self.places]

    def at(self, name: str, index: Integers) -> NDArray[Any]:
        """Of the column what these events have at `index`, without a copy of the whole."""
        return self.events[name][self.places[index]]


@dataclass(frozen=True)
class _Runs:
    """Where each session begins and ends (both inclusive), and the session of each event."""

    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    session_key: NDArray[np.int32]

    def first_of(self, hits: NDArray[np.intp]) -> Integers:
        """Of each session the first of the ascending `hits` in it; -1 without one."""
        session = self.sessions_of(hits)
        is_first = np.ones(len(hits), dtype=np.bool_)
        np.not_equal(session[1:], session[:-1], out=is_first[1:])
        return self._placed(session[is_first], hits[is_first])

    def last_of(self, hits: NDArray[np.intp]) -> Integers:
        """Of each session the last of the ascending `hits` in it; -1 without one."""
        session = self.sessions_of(hits)
        is_last = np.ones(len(hits), dtype=np.bool_)
        np.not_equal(session[1:], session[:-1], out=is_last[:-1])
        return self._placed(session[is_last], hits[is_last])

    def sessions_of(self, hits: NDArray[np.intp]) -> NDArray[np.int32]:
        """The number of the session, from 0, of each of these events."""
        return self.session_key[hits] - 1

    def _placed(self, session: NDArray[np.int32], hits: NDArray[np.intp]) -> Integers:
        found = np.full(len(self.starts), -1, dtype=np.int64)
        found[session] = hits
        return found


def measure(visited: Visited, session_key: NDArray[np.int32], lookups: Lookups) -> Columns:
    """
    One row per session, in order: its key and place, its first and last moments, its counts.

    The events are of whole devices, in order, those of a session adjacent; `session_key`, of each
    of them, counts from 1, and keys are 0 where there is none. Of pages, agents and addresses the
    first (last) that there is counts, of actors the last known one, else the last one, and of
    touches the first event that names a source of traffic (a campaign, or a referrer that is no
    page of ours), else the first event.
    """
    runs = _runs(session_key)
    starts, ends = runs.starts, runs.ends
    device, page = visited.at("device_key", starts), visited.whole("page_key")
    touch = runs.first_of(_touches(visited, page, lookups))
    has_touch = touch >= 0
    touch = np.where(has_touch, touch, starts)
    known = runs.last_of(np.flatnonzero(visited.whole("is_known") != 0))
    touch_page = page[touch]
    if lookups.is_page is not None:
        page = np.where(lookups.is_page[page], page, 0)
    return {
        "session_key": session_key[starts],
        "first_core_seq": visited.places[starts].astype(np.int64),
        "device_key": device,
        "is_device_first": _is_first(device),
        "start_us": visited.at("event_us", starts),
        "end_us": visited.at("event_us", ends),
        "events_count": (ends - starts + 1).astype(np.int64),
        **_counts(lookups.counts_as.take(visited.whole("event_code")), runs),
        "first_event_seq": visited.at("event_seq", starts),
        "entry_page_key": _key_at(page, starts, runs.first_of),
        "exit_page_key": _key_at(page, ends, runs.last_of),
        "agent_key": _first(visited, "agent_key", runs),
        "ip_key": _first(visited, "ip_key", runs),
        "actor_key": visited.at("actor_key", np.where(known >= 0, known, ends)),
        "touch_page_key": touch_page,
        "touch_referrer_key": visited.at("referrer_key", touch),
        "has_touch": has_touch,
    }


def _is_first(device_key: NDArray[Any]) -> NDArray[np.bool_]:
    is_first = np.ones(len(device_key), dtype=np.bool_)
    np.not_equal(device_key[1:], device_key[:-1], out=is_first[1:])
    return is_first


def _runs(session_key: NDArray[np.int32]) -> _Runs:
    size = len(session_key)
    changes = np.flatnonzero(session_key[1:] != session_key[:-1]) + 1
    if not size:
        return _Runs(changes, changes, session_key)
    return _Runs(np.append(0, changes), np.append(changes, size) - 1, session_key)


def _touches(visited: Visited, page: NDArray[Any], lookups: Lookups) -> NDArray[np.intp]:
    """The events that name a source of traffic."""
    is_touch = lookups.has_campaign.take(page)
    referrer = visited.whole("referrer_key")
    referred = np.flatnonzero(referrer != 0)  # few, where only the first of a visit has one
    page, referrer = page[referred], referrer[referred]
    is_foreign = lookups.referrer_site[referrer] != lookups.page_site[page]
    is_touch[referred] |= lookups.is_source[referrer] & is_foreign
    return np.flatnonzero(is_touch)


def _counts(flags: NDArray[np.uint8], runs: _Runs) -> Columns:
    """Of each session how many events count as what; two counts share one running sum."""
    views, interactive = flags & IS_PAGE_VIEW, flags & IS_INTERACTIVE
    both = views + (interactive.astype(np.int64) << 31)
    until = np.cumsum(both, dtype=np.int64)  # a third of what `add.reduceat` takes
    both = np.diff(until[runs.ends], prepend=0)
    conversions = runs.sessions_of(np.flatnonzero((flags & IS_CONVERSION) != 0))
    return {
        "page_views": both & 0xFFFF_FFFF,
        "interactive_count": both >> 32,
        "conversion_count": np.bincount(conversions, minlength=len(runs.starts)),
    }


def _first(visited: Visited, name: str, runs: _Runs) -> NDArray[Any]:
    """Of each session the first key that is not 0, else 0."""
    found = visited.at(name, runs.starts)
    return found if found.all() else _key_at(visited.whole(name), runs.starts, runs.first_of)


def _key_at(
    keys: NDArray[Any], places: NDArray[np.intp], of_hits: Callable[[NDArray[np.intp]], Integers]
) -> NDArray[Any]:
    """The keys at `places` where all have one, else at those `of_hits`, else 0."""
    found = keys[places]
    if found.all():
        return found
    hits = of_hits(np.flatnonzero(keys != 0))
    return np.where(hits >= 0, keys[hits], 0)
