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
from tsa_cli.kernels.funnel_types import FunnelEvents, Ints
from tsa_cli.steps.funnel.codes import Codes
from tsa_cli.steps.funnel.core_rows import (
    KEY_BITS,
    event_codes,
    in_order,
    in_order_of_ids,
    in_ticks,
    read_core,
)
from tsa_cli.steps.funnel.readings import asks_more_than_names, names_of, read_told
from tsa_cli.steps.funnel.span import Span
from tsa_cli.store.fragment import Fragment
from tsa_cli.store.store import Store

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


@dataclass(frozen=True)
class PackedKeys:
    """Sorted `unit << bits | ticks since epoch_us`, one array per step and per exclusion."""

    steps: list[Ints]
    exclusions: list[Ints] = field(default_factory=list)
    bits: int = KEY_BITS
    epoch_us: int = 0
    tick_us: int = 1


def read_rows(
    store: Store, config: FunnelConfig, span: Span, aliases: Mapping[str, str]
) -> FunnelRows:
    """Every event that can fill a step, exclude, or (strict) stand between."""
    matchers = dict(enumerate(_matchers(config)))
    is_strict = config.order == "strict"
    types = event_codes(store, aliases)
    names = None if is_strict else names_of(matchers.values(), aliases)
    ignored = types.of(config.strict_ignores)
    codes = [code for code in types.of(names) if code not in ignored]
    rows = read_core(
        store, config, span, codes, has_core_seq=True, has_event_seq=asks_more_than_names(config)
    )
    told = read_told(store, config, span, rows, aliases)
    plain = {place: one for place, one in matchers.items() if one.is_names_only()}
    marks = types.bits(plain)[rows.code] | told.marks
    order = in_order(rows)
    if not is_strict:
        order = order[marks[order] != 0]
    unit, time_us = rows.unit[order], rows.time_us[order]
    if is_strict and config.ties == "strict" and config.count_by == "user":
        order = in_order_of_ids(store, rows, order, unit, time_us)
    hold = None if told.hold is None else told.hold[order]
    split = None if told.split is None else Codes(told.split.code[order], told.split.values)
    events = FunnelEvents(unit, time_us, marks[order], hold)
    return FunnelRows(events, rows.core_seq[order], split)


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
    names = [{aliases.get(n, n) for n in step.event_names() or ()} for step in config.steps]
    return sum(map(len, names)) == len(set().union(*names))


def _matchers(config: FunnelConfig) -> list[Matcher]:
    return [*config.steps, *config.exclude]
