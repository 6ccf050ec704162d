"""
Rows of core as arrays: the cheapest way to the events of some types, person by person.

Names, users and the order are settled on integers here: core is read in its own order, without a
join or a sort.

reads   core, core_by_type, actors, event_types
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.config.matchers import Matcher
from tsa_cli.kernels.funnel_ties import at_once
from tsa_cli.kernels.funnel_types import KEY_BITS, NONE, Ints
from tsa_cli.steps.funnel.span import Span
from tsa_cli.steps.funnel.user_times import UserTimes
from tsa_cli.store.fragment import Fragment
from tsa_cli.store.store import Store

MICROSECONDS_A_MILLISECOND = 1000
CODE_COUNT = 1 << 16
_UNITS = {
    "user": Fragment("c.actor_key"),  # its user is looked up here
    "session": Fragment("c.session_key"),
    "device": Fragment("c.device_key"),
}
_OF_ALL, _OF_UNITS = "4_reports/funnel_core.sql", "4_reports/funnel_core_of_units.sql"
_NONE = np.empty(0, np.int64)
_CORE_SEQ = ", c.core_seq"
_EVENT_SEQ = ", c.event_seq"


@dataclass(frozen=True)
class CoreRows:
    """Events as they were read, (n,) each; the sequences are empty where not asked for."""

    unit: Ints
    time_us: Ints  # since 1970 UTC
    code: npt.NDArray[np.uint16]
    core_seq: Ints
    event_seq: Ints
    source: npt.NDArray[np.int32]  # the actor of a user's event, else the unit

    def only(self, chosen: Ints) -> "CoreRows":
        """Some of the rows; which event each was in the log is left behind."""
        return CoreRows(
            self.unit[chosen], self.time_us[chosen], self.code[chosen],
            self.core_seq[chosen] if len(self.core_seq) else self.core_seq,
            _NONE, self.source[chosen],
        )  # fmt: skip


@dataclass(frozen=True)
class EventCodes:
    """The dictionary of event types, with the other names of an event."""

    by_name: Mapping[str, int]
    aliases: Mapping[str, str]

    def of(self, names: Iterable[str] | None) -> list[int]:
        """The codes of the events of these names; of all events for None."""
        if names is None:
            return sorted(self.by_name.values())
        stored = {self.aliases.get(name, name) for name in names}
        return sorted(self.by_name[name] for name in stored if name in self.by_name)

    def bits(self, matchers: Mapping[int, Matcher]) -> Ints:
        """For each code the sum of 1 << place of the matchers, by place, that take its name."""
        bits = np.zeros(CODE_COUNT, np.int64)
        for place, matcher in matchers.items():
            bits[self.of(matcher.event_names())] |= 1 << place
        return bits


@dataclass(frozen=True)
class Actors:
    """The user and the device of each actor, by its key."""

    user: Ints
    device: Ints


@dataclass(frozen=True)
class CorePart:
    """Rows of core, both ends included, and of `lent_units(unit_key)` alone where it says so."""

    from_seq: int = 0
    to_seq: int = int(np.iinfo(np.int64).max)
    is_of_lent_units: bool = False


WHOLE = CorePart()


def read_actors(store: Store) -> Actors:
    """Everybody who is in core, and some who are only named."""
    found = store.arrays("4_reports/funnel_actors.sql")
    key = found["actor_key"]
    user = np.full(int(key.max(initial=0)) + 1, NONE, np.int64)
    device = user.copy()
    user[key], device[key] = found["user_key"], found["device_key"]
    return Actors(user, device)


def event_codes(store: Store, aliases: Mapping[str, str]) -> EventCodes:
    """All event types in the store."""
    rows = store.rows("4_reports/funnel_event_types.sql")
    return EventCodes({str(name): int(str(code)) for code, name in rows}, aliases)


def read_core(
    store: Store,
    config: FunnelConfig,
    span: Span,
    codes: list[int],
    *,
    has_core_seq: bool = False,
    has_event_seq: bool = False,
    part: CorePart = WHOLE,
    actors: Actors | None = None,
) -> CoreRows:
    """The rows of some event types in the order of core; `actors` spares reading them again."""
    places = Fragment(_CORE_SEQ * has_core_seq + _EVENT_SEQ * has_event_seq)
    first, last = span.bounds(config.window)
    found = store.arrays(
        _OF_UNITS if part.is_of_lent_units else _OF_ALL,
        {"unit": _UNITS[config.count_by], "places": places},
        from_ts=first,
        to_ts=last,
        from_seq=part.from_seq,
        to_seq=part.to_seq,
        codes=codes,
    )
    source = found["unit_key"]
    if config.count_by == "user":
        unit = (actors or read_actors(store)).user[source]
    else:
        unit = source.astype(np.int64)
    return CoreRows(
        unit,
        found["time_us"],
        found["event_code"],
        found.get("core_seq", _NONE),
        found.get("event_seq", _NONE),
        source,
    )


def read_users(users: UserTimes, codes: list[int], *, has_event_seq: bool = False) -> CoreRows:
    """The events of some users by user and time, ties in any order, without places in core."""
    found = users.of_types(codes, has_event_seq=has_event_seq)
    scale, keys, code = users.scale, found["user_time"], found["event_code"]
    base, bits = users.from_user << scale.bits, CODE_COUNT.bit_length() - 1
    places = found.get("event_seq", _NONE)
    is_narrow = (users.to_user - users.from_user).bit_length() + scale.bits + bits <= KEY_BITS
    if is_narrow and not has_event_seq:
        # The code goes along in the last bits: a sort of numbers costs a third of one of places.
        keys = (keys - base) << bits | code
        keys.sort()
        code = keys.astype(np.uint16)
        keys = (keys >> bits) + base
    else:
        order = np.argsort(keys, kind="stable")
        keys, code, places = keys[order], code[order], places[order] if has_event_seq else places
    unit = keys >> scale.bits
    time_us = (keys & ((1 << scale.bits) - 1)) * scale.tick_us + scale.epoch_us
    return CoreRows(unit, time_us, code, _NONE, places, unit.astype(np.int32))


def in_order(rows: CoreRows) -> Ints:
    """The places of the rows by unit and time; ties stay in the order of core."""
    if not len(rows.unit):
        return np.empty(0, np.int64)
    time, _ = in_ticks(rows.time_us - int(rows.time_us.min()))
    bits = int(time.max()).bit_length()
    if int(rows.unit.max()).bit_length() + bits > KEY_BITS:
        return np.lexsort((rows.time_us, rows.unit))
    # Core is nearly in this order, of which a stable sort makes use.
    return np.argsort(rows.unit << bits | time, kind="stable")


def in_order_of_ids(store: Store, rows: CoreRows, order: Ints, unit: Ints, time_us: Ints) -> Ints:
    """The order with ties across devices by event id, as core has them inside a device."""
    later = np.flatnonzero(at_once(unit, time_us)) + 1
    is_tied = np.zeros(len(order), np.bool_)
    is_later = is_tied.copy()
    is_later[later] = True
    is_tied[later] = True
    is_tied[later - 1] = True
    tied = np.flatnonzero(is_tied)
    moment = np.cumsum(~is_later[tied])  # numbers the groups of equal moments
    source = rows.source[order[tied]]
    mixed = moment[1:][(moment[1:] == moment[:-1]) & (source[1:] != source[:-1])]
    if not len(mixed):
        return order
    here = np.isin(moment, mixed)
    at, moment = tied[here], moment[here]
    lent = {"place": np.arange(len(at)), "core_seq": rows.core_seq[order[at]]}
    with store.lent("lent_rows", lent):
        by_id = store.arrays("4_reports/funnel_by_id.sql")["place"]
    answer = order.copy()
    answer[at] = order[at[by_id[np.argsort(moment[by_id], kind="stable")]]]
    return answer


def in_ticks(time_us: Ints) -> tuple[Ints, int]:
    """The times in whole milliseconds where they are that, else as they are; the tick in µs."""
    time: Ints = time_us // MICROSECONDS_A_MILLISECOND
    if np.array_equal(time * MICROSECONDS_A_MILLISECOND, time_us):
        return time, MICROSECONDS_A_MILLISECOND
    return time_us, 1
