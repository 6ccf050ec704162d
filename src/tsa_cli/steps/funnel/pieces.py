"""
Attempts by events in total order, a piece at a time: only what comes of the events is kept.

Users are searched from `core_by_type`, some of them at a time, whose ties come in any order. Other
units, and funnels in which the order of ties matters to everybody, from core, some rows at a time:
it has the events of a device in one piece and in order, and most people have one device. Who comes
again, in a later piece or on another device, and whose ties have to be told apart, is searched once
more at the end, with all of their events from core.

reads   core_by_type, core, actors, event_types, and what the matchers ask for
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.kernels.funnel import run_funnel, run_with_any_ties
from tsa_cli.kernels.funnel_types import (
    Attempts,
    FunnelEvents,
    Ints,
    empty_attempts,
    joined,
    without_rows,
)
from tsa_cli.steps.funnel.core_rows import CorePart, read_actors
from tsa_cli.steps.funnel.fetch import (
    MarkedRows,
    Reading,
    in_total_order,
    needs_core,
    reading_of,
    rows_that_matter,
)
from tsa_cli.steps.funnel.outcome import rules_of
from tsa_cli.steps.funnel.span import Span
from tsa_cli.steps.funnel.user_times import Scale, UserTimes, last_tick, read_scale
from tsa_cli.store.side_by_side import cut, side_by_side
from tsa_cli.store.store import Store

PIECE_ROWS = 1_000_000  # in fewer, the statements are what takes the time


@dataclass(frozen=True)
class _Searched:
    """The attempts of a piece, and the units that are to be searched once more."""

    attempts: Attempts
    again: Ints
    units: Ints  # of a piece of core each unit, once a run of its events


def attempts_in_pieces(
    store: Store, config: FunnelConfig, span: Span, aliases: Mapping[str, str]
) -> Attempts:
    """Everybody's attempt, without the events that filled it."""
    reading = reading_of(store, config, span, aliases)
    scale = None if needs_core(config, aliases) else read_scale(store)
    found = _of_core(store, reading) if scale is None else _of_users(store, reading, scale)
    units, times = np.unique(_all(each.units for each in found), return_counts=True)
    again = np.union1d(units[times > 1], _all(each.again for each in found))
    once = [_without(each.attempts, again) for each in found]
    return _by_unit(joined([*once, _of_units(store, reading, again)]))


def _of_users(store: Store, reading: Reading, scale: Scale) -> list[_Searched]:
    """The attempts of users, of about as many events in each piece."""
    last = last_tick(store, scale, reading.span)
    rules = rules_of(reading.config, reading.span)
    share = len(reading.codes) / max(1, reading.type_count)
    rows = max(1, _row_count(store) * share)

    def search(own: Store, users: range) -> _Searched:
        marked = reading.of_users(UserTimes(own, scale, users.start, users.stop, last))
        chosen = rows_that_matter(reading.config, marked)
        events = _events(marked, marked.rows.unit[chosen], chosen)
        found, unsure = run_with_any_ties(events, rules)
        return _Searched(without_rows(found), unsure, _NONE)

    parts = [p for half in scale.halves() for p in cut(half, PIECE_ROWS * len(half) / (rows / 2))]
    return list(side_by_side(store, search, parts))


def _of_core(store: Store, reading: Reading) -> list[_Searched]:
    """The attempts of the runs of events of one unit and device, by unit."""
    is_of_users = reading.config.count_by == "user"
    actors = read_actors(store)
    rules = rules_of(reading.config, reading.span)

    def search(own: Store, part: CorePart) -> _Searched:
        marked = reading.marked(own, part, actors, has_core_seq=False)
        chosen = rows_that_matter(reading.config, marked)
        unit = marked.rows.unit[chosen]
        is_begin = np.ones(len(unit), np.bool_)
        is_begin[1:] = unit[1:] != unit[:-1]
        if is_of_users:
            device = actors.device[marked.rows.source[chosen]]
            is_begin[1:] |= device[1:] != device[:-1]
        units = unit[is_begin]
        found = run_funnel(_events(marked, np.cumsum(is_begin) - 1, chosen), rules)
        found = replace(found, unit=units[found.unit], excluded=units[found.excluded])
        return _Searched(without_rows(found), _NONE, units)

    parts = cut(range(_row_count(store)), PIECE_ROWS)
    return list(side_by_side(store, search, [CorePart(p.start, p.stop - 1) for p in parts]))


def _of_units(store: Store, reading: Reading, units: Ints) -> Attempts:
    """The attempts of some units, of all their events."""
    rules = rules_of(reading.config, reading.span)
    if not len(units):
        return without_rows(empty_attempts(rules.step_count))
    actors = read_actors(store)
    is_of_users = reading.config.count_by == "user"
    sources = np.flatnonzero(np.isin(actors.user, units)) if is_of_users else units
    with store.lent("lent_units", {"unit_key": sources}):
        marked = reading.marked(store, CorePart(is_of_lent_units=True), actors)
    rows = in_total_order(store, reading.config, marked, rows_that_matter(reading.config, marked))
    return without_rows(run_funnel(rows.events, rules))


_NONE = np.empty(0, np.int64)


def _events(marked: MarkedRows, unit: Ints, chosen: Ints) -> FunnelEvents:
    hold = None if marked.told.hold is None else marked.told.hold[chosen]
    return FunnelEvents(unit, marked.rows.time_us[chosen], marked.marks[chosen], hold)


def _all(arrays: Iterable[Ints]) -> Ints:
    return np.concatenate([_NONE, *arrays])


def _without(attempts: Attempts, units: Ints) -> Attempts:
    if not len(units):
        return attempts
    excluded = attempts.excluded[~np.isin(attempts.excluded, units)]
    return attempts.only(~np.isin(attempts.unit, units), excluded)


def _by_unit(attempts: Attempts) -> Attempts:
    return attempts.only(np.argsort(attempts.unit, kind="stable"), np.sort(attempts.excluded))


def _row_count(store: Store) -> int:
    return store.count("4_reports/last_core_seq.sql") + 1
