"""
The events of a funnel, read for the kernels: as packed keys where names decide, else as rows.

reads   core, actors, event_types, and what the matchers ask for
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.config.matchers import Matcher
from tsa_cli.kernels.funnel_types import KEY_BITS, FunnelEvents, Ints
from tsa_cli.steps.funnel.codes import Codes
from tsa_cli.steps.funnel.core_rows import (
    CoreRows,
    event_codes,
    in_order,
    in_order_of_ids,
    in_ticks,
    read_core,
    read_core_by_type,
)
from tsa_cli.steps.funnel.readings import Told, asks_more_than_names, names_of, read_told
from tsa_cli.steps.funnel.span import Span
from tsa_cli.steps.funnel.user_times import read_scale
from tsa_cli.store.fragment import Fragment
from tsa_cli.store.store import Store

FEWEST_ROWS_TO_SPLIT = 100_000  # fewer are searched sooner than a thread has begun
UNITS = {
    "user": Fragment("a.user_key"),
    "session": Fragment("c.session_key"),
    "device": Fragment("c.device_key"),
}


@dataclass(frozen=True)
class FunnelRows:
    """The events in total order, where each is in core, and the breakdown's values of `all`."""

    events: FunnelEvents
    core_seq: Ints
    split: Codes | None = None

    def has_tied_starts(self) -> bool:
        """True when a unit has marked events at the same moment, and values are held."""
        if self.events.hold is None:
            return False
        unit, time = self.events.unit, self.events.time_us
        return bool(((unit[1:] == unit[:-1]) & (time[1:] == time[:-1])).any())


@dataclass(frozen=True)
class MarkedRows:
    """Rows in the order of core, with what they match, hold and are split by."""

    rows: CoreRows
    marks: Ints
    told: Told


@dataclass(frozen=True)
class PackedKeys:
    """Sorted `unit << bits | ticks since epoch_us`, one array per step and per exclusion."""

    steps: list[Ints]
    exclusions: list[Ints] = field(default_factory=list)
    bits: int = KEY_BITS
    epoch_us: int = 0
    tick_us: int = 1


def read_rows(
    store: Store,
    config: FunnelConfig,
    span: Span,
    aliases: Mapping[str, str],
    *,
    has_core_seq: bool,
) -> MarkedRows:
    """Every event that can fill a step, exclude, or (strict) stand between."""
    matchers = dict(enumerate(_matchers(config)))
    is_strict = config.order == "strict"
    types = event_codes(store, aliases)
    names = None if is_strict else names_of(matchers.values(), aliases)
    ignored = types.of(config.strict_ignores)
    codes = [code for code in types.of(names) if code not in ignored]
    has_event_seq = asks_more_than_names(config)
    is_in_core = (
        has_core_seq or is_strict or config.count_by != "user" or not is_told_apart(config, aliases)
    )
    scale = None if is_in_core else read_scale(store)
    if scale is not None:
        rows = read_core_by_type(store, scale, span, codes, has_event_seq=has_event_seq)
    else:
        rows = read_core(store, config, span, codes, has_core_seq=True, has_event_seq=has_event_seq)
    told = read_told(store, config, span, rows, aliases)
    plain = {place: one for place, one in matchers.items() if one.is_names_only()}
    return MarkedRows(rows, types.bits(plain)[rows.code] | told.marks, told)


def halves(marked: MarkedRows, config: FunnelConfig) -> list[Ints]:
    """The places of the rows that matter of the lower and of the upper units, or of all of few."""
    unit = marked.rows.unit
    is_wanted = np.ones(len(unit), np.bool_) if config.order == "strict" else marked.marks != 0
    if len(unit) < FEWEST_ROWS_TO_SPLIT:
        return [np.flatnonzero(is_wanted)]
    is_lower = unit <= np.median(unit[:: max(1, len(unit) // 1000)])
    return [np.flatnonzero(is_wanted & is_lower), np.flatnonzero(is_wanted & ~is_lower)]


def in_total_order(
    store: Store, config: FunnelConfig, marked: MarkedRows, chosen: Ints
) -> FunnelRows:
    """Some of the rows by unit and time, ties by the event's id."""
    rows = marked.rows.only(chosen)
    order = in_order(rows)
    unit, time_us = rows.unit[order], rows.time_us[order]
    if config.order == "strict" and config.ties == "strict" and config.count_by == "user":
        order = in_order_of_ids(store, rows, order, unit, time_us)
    place = chosen[order]
    hold, split = marked.told.hold, marked.told.split
    events = FunnelEvents(unit, time_us, marked.marks[place], None if hold is None else hold[place])
    codes = None if split is None else Codes(split.code[place], split.values)
    core_seq = rows.core_seq[order] if len(rows.core_seq) else rows.core_seq
    return FunnelRows(events, core_seq, codes)


def joined_rows(parts: list[FunnelRows]) -> FunnelRows:
    """The rows of all parts, whose units ascend from one to the next."""
    if len(parts) == 1:
        return parts[0]
    events = [part.events for part in parts]
    hold = [each.hold for each in events if each.hold is not None]
    split = [part.split for part in parts if part.split is not None]
    return FunnelRows(
        FunnelEvents(
            np.concatenate([each.unit for each in events]),
            np.concatenate([each.time_us for each in events]),
            np.concatenate([each.mask for each in events]),
            np.concatenate(hold) if hold else None,
        ),
        np.concatenate([part.core_seq for part in parts]),
        Codes(np.concatenate([each.code for each in split]), split[0].values) if split else None,
    )


def read_keys(
    store: Store, config: FunnelConfig, span: Span, aliases: Mapping[str, str]
) -> PackedKeys | None:
    """The keys of a funnel of plain names, or None when they do not fit 62 bits."""
    matchers = _matchers(config)
    types = event_codes(store, aliases)
    wanted = [types.of(matcher.event_names()) for matcher in matchers]
    codes = sorted({code for some in wanted for code in some})
    rows = read_core(store, config, span, codes)
    count = len(config.steps)
    if not len(rows.unit):
        none = [np.empty(0, np.int64) for _ in matchers]
        return PackedKeys(none[:count], none[count:])
    epoch = int(rows.time_us.min())
    time, tick = in_ticks(rows.time_us - epoch)
    window = int(config.window / timedelta(microseconds=tick))
    bits = max(int(time.max()), window).bit_length() + 1
    if int(rows.unit.max()).bit_length() + bits > KEY_BITS:
        return None
    key = rows.unit << bits | time
    by_code = {code: key[rows.code == code] for code in codes}
    none_of_them = np.empty(0, np.int64)
    arrays = [np.sort(np.concatenate([none_of_them, *(by_code[c] for c in w)])) for w in wanted]
    return PackedKeys(arrays[:count], arrays[count:], bits, epoch, tick)


def is_of_names(config: FunnelConfig) -> bool:
    """True when names alone decide which step an event fills."""
    return all(matcher.is_names_only() for matcher in _matchers(config))


def is_packable(config: FunnelConfig, aliases: Mapping[str, str]) -> bool:
    """
    True when every step names its events, and no event can fill two steps.

    With strict ties none can, even of steps alike: each needs a later moment.
    """
    if config.order != "ordered" or config.hold_constant:
        return False
    if not all(matcher.event_names() is not None for matcher in _matchers(config)):
        return False
    if any(step.within is not None for step in config.steps):
        return False
    if config.ties == "strict" and not any(step.optional for step in config.steps):
        return True
    return is_told_apart(config, aliases)


def is_told_apart(config: FunnelConfig, aliases: Mapping[str, str]) -> bool:
    """True when names alone tell that no event can fill two steps: ties have no order then."""
    names = [{aliases.get(n, n) for n in step.event_names() or ()} for step in config.steps]
    is_named = all(step.event_names() is not None for step in config.steps)
    return is_named and sum(map(len, names)) == len(set().union(*names))


def _matchers(config: FunnelConfig) -> list[Matcher]:
    return [*config.steps, *config.exclude]
