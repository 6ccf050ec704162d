"""
Everybody's attempt in a funnel, from the cheapest reading that can tell it.

reads   core, actors, event_types, and what the matchers ask for
source  definition D16
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.kernels.funnel import run_funnel
from tsa_cli.kernels.funnel_packed import run_packed_funnel
from tsa_cli.kernels.funnel_types import FIRST_MOMENT, LAST_MOMENT, NO_TIME, NONE
from tsa_cli.steps.funnel.breakdown import is_of_unit, touches
from tsa_cli.steps.funnel.fetch import is_packable, read_keys, read_rows
from tsa_cli.steps.funnel.outcome import EPOCH, Outcome, in_us, rules_of
from tsa_cli.steps.funnel.span import Span
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
        rows = read_rows(store, own, span, aliases)
        attempts = run_funnel(rows.events, rules_of(config, span))
        found = Outcome(config, attempts, in_us(span.as_of - EPOCH), rows)
    if by is None or (by.value == "all" and not is_same_for_unit):
        return found
    return replace(found, touch=touches(store, found, aliases))


def _packed_outcome(
    store: Store, config: FunnelConfig, span: Span, aliases: Mapping[str, str]
) -> Outcome | None:
    """The outcome of plain names, without rows; None where the keys do not fit."""
    keys = read_keys(store, config, span, aliases)
    if keys is None:
        return None
    rules = rules_of(config, span)
    tick, epoch = keys.tick_us, keys.epoch_us
    ticked = replace(
        rules,
        window_us=rules.window_us // tick,
        since_us=_ticks(rules.since_us, epoch, tick, up=True),
        until_us=_ticks(rules.until_us, epoch, tick, up=False),
    )
    found = run_packed_funnel(keys.steps, keys.exclusions, keys.bits, ticked)
    time = np.where(found.row == NONE, NO_TIME, found.time_us * tick + epoch)
    return Outcome(config, replace(found, time_us=time), in_us(span.as_of - EPOCH))


def _ticks(time_us: int, epoch_us: int, tick_us: int, *, up: bool) -> int:
    if time_us in (FIRST_MOMENT, LAST_MOMENT):
        return time_us
    whole, rest = divmod(time_us - epoch_us, tick_us)
    return whole + (1 if up and rest else 0)
