"""
Everybody's attempt in a funnel, from the cheapest reading that can tell it.

reads   core_by_type, core, actors, event_types, and what the matchers ask for
source  definition D16
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.kernels.funnel import run_funnel
from tsa_cli.kernels.funnel_packed import in_pieces, run_packed_funnel
from tsa_cli.kernels.funnel_types import (
    FIRST_MOMENT,
    LAST_MOMENT,
    NO_TIME,
    Attempts,
    FunnelRules,
    Ints,
    after_rows,
    joined,
)
from tsa_cli.steps.funnel.breakdown import is_of_unit, touches
from tsa_cli.steps.funnel.core_rows import event_codes
from tsa_cli.steps.funnel.fetch import (
    FunnelRows,
    halves,
    in_total_order,
    is_of_names,
    is_packable,
    joined_rows,
    matchers_of,
    reading_of,
)
from tsa_cli.steps.funnel.keys import PackedKeys, read_keys
from tsa_cli.steps.funnel.outcome import Outcome, rules_of
from tsa_cli.steps.funnel.pieces import attempts_in_pieces
from tsa_cli.steps.funnel.readings import ask
from tsa_cli.steps.funnel.span import Span, microseconds_of
from tsa_cli.steps.funnel.user_times import Scale, UserTimes, Wanted, last_tick, read_scale
from tsa_cli.store.side_by_side import side_by_side
from tsa_cli.store.store import Store


def find_outcome(
    store: Store,
    config: FunnelConfig,
    span: Span,
    aliases: Mapping[str, str],
    *,
    needs_rows: bool = False,
) -> Outcome:
    """Everybody's attempt; `needs_rows` when it matters which events filled the steps."""
    by = config.breakdown
    is_same_for_unit = by is None or is_of_unit(config)
    found = None
    if is_same_for_unit and not needs_rows and is_packable(config, aliases):
        found = _packed_outcome(store, config, span, aliases)
    if found is None:
        own = config.model_copy(update={"breakdown": None}) if is_same_for_unit else config
        is_by_row = needs_rows or not is_same_for_unit
        rows = None
        if is_by_row:
            attempts, rows = _by_rows(store, own, span, aliases)
        else:
            attempts = attempts_in_pieces(store, own, span, aliases)
        found = Outcome(config, attempts, microseconds_of(span.as_of), rows)
    if by is None or (by.value == "all" and not is_same_for_unit):
        return found
    return replace(found, touch=touches(store, found, aliases))


def _by_rows(
    store: Store,
    config: FunnelConfig,
    span: Span,
    aliases: Mapping[str, str],
) -> tuple[Attempts, FunnelRows]:
    """The attempts and the events that filled them; half of the units in each of two threads."""
    marked = reading_of(store, config, span, aliases).marked(store)
    rules = rules_of(config, span)

    def search(own: Store, chosen: Ints) -> tuple[Attempts, FunnelRows]:
        rows = in_total_order(own, config, marked, chosen)
        return run_funnel(rows.events, rules), rows

    found = list(side_by_side(store, search, halves(marked, config)))
    first, *others = (attempts for attempts, _ in found)
    shift = len(found[0][1].events.unit)
    attempts = joined([first, *(after_rows(other, shift) for other in others)])
    return attempts, joined_rows([rows for _, rows in found])


def _packed_outcome(
    store: Store, config: FunnelConfig, span: Span, aliases: Mapping[str, str]
) -> Outcome | None:
    """The outcome from keys alone, without rows; None where they do not fit or do not tell."""
    scale = read_scale(store) if config.count_by == "user" else None
    if scale is not None:
        found = _by_type(store, config, span, aliases, scale)
    elif not is_of_names(config):
        return None
    else:
        keys = read_keys(store, config, span, aliases)
        if keys is None:
            return None
        found = joined(_search(keys, rules_of(config, span)))
    return Outcome(config, found, microseconds_of(span.as_of))


def _by_type(
    store: Store, config: FunnelConfig, span: Span, aliases: Mapping[str, str], scale: Scale
) -> Attempts:
    """The attempts of all users, half of the events in each of two threads."""
    types = event_codes(store, aliases)
    wanted = [
        Wanted(tuple(types.of(m.event_names())), None if m.is_names_only() else bit)
        for bit, m in enumerate(matchers_of(config))
    ]
    answers = ask(store, config.model_copy(update={"breakdown": None}), span, aliases)
    last = last_tick(store, scale, span)
    rules, count = rules_of(config, span), len(config.steps)

    def search(own: Store, part: range) -> list[Attempts]:
        users = UserTimes(own, scale, part.start, part.stop, last)
        lists = {one: users.of(one, answers) for one in dict.fromkeys(wanted)}
        keys = [lists[one] for one in wanted]
        return _search(
            PackedKeys(keys[:count], keys[count:], scale.bits, scale.epoch_us, scale.tick_us), rules
        )

    lower, upper = side_by_side(store, search, scale.halves())
    return joined([*lower, *upper])


def _search(keys: PackedKeys, rules: FunnelRules) -> list[Attempts]:
    """The attempts of all units of the keys, units ascending, times since 1970 UTC."""
    in_ticks = _in_ticks(rules, keys.epoch_us, keys.tick_us, keys.bits)
    count = len(keys.steps)
    found = []
    for some in in_pieces([*keys.steps, *keys.exclusions], keys.bits):
        ticks = run_packed_funnel(some[:count], some[count:], keys.bits, in_ticks)
        found.append(_in_microseconds(ticks, keys.epoch_us, keys.tick_us))
    return found


def _in_microseconds(attempts: Attempts, epoch_us: int, tick_us: int) -> Attempts:
    """The attempts, which are changed, with times since 1970 UTC instead of ticks."""
    time = attempts.time_us
    is_none = time == NO_TIME
    time *= tick_us
    time += epoch_us
    np.putmask(time, is_none, NO_TIME)
    return attempts


def _in_ticks(rules: FunnelRules, epoch_us: int, tick_us: int, bits: int) -> FunnelRules:
    """The rules for keys; a window longer than all times is as long as keys allow."""
    return replace(
        rules,
        window_us=min(rules.window_us // tick_us, (1 << (bits - 1)) - 1),
        since_us=_ticks(rules.since_us, epoch_us, tick_us, up=True),
        until_us=_ticks(rules.until_us, epoch_us, tick_us, up=False),
    )


def _ticks(time_us: int, epoch_us: int, tick_us: int, *, up: bool) -> int:
    if time_us in (FIRST_MOMENT, LAST_MOMENT):
        return time_us
    whole, rest = divmod(time_us - epoch_us, tick_us)
    return whole + (1 if up and rest else 0)
