"""
What became of everybody in a funnel: their attempts, and whether they converted or still may.

reads   core, actors, event_types, and what the matchers ask for
source  definitions D16 (attempts), D21 (breakdown), D23 (pending)
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.kernels.funnel import run_funnel
from tsa_cli.kernels.funnel_packed import run_packed_funnel
from tsa_cli.kernels.funnel_types import (
    FIRST_MOMENT,
    LAST_MOMENT,
    NO_TIME,
    NONE,
    Attempts,
    Bools,
    Exclusion,
    FunnelEvents,
    FunnelRules,
    Ints,
)
from tsa_cli.steps.funnel.fetch import FunnelRows, Span, is_packable, read_keys, read_rows
from tsa_cli.store.store import Store

EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Split:
    """The attempts of one value of the breakdown; None for the units without a value."""

    value: str | None
    outcome: "Outcome"


@dataclass(frozen=True)
class Outcome:
    """
    The attempt that counts of each unit that entered, times in µs since 1970 UTC.

    `reached` (n,) is the furthest required step, from 0; `rows` is None where only keys were read.
    """

    config: FunnelConfig
    attempts: Attempts
    as_of_us: int
    rows: FunnelRows | None = None

    @property
    def required(self) -> list[int]:
        """The steps of which every attempt is a prefix."""
        return required_steps(self.config)

    @property
    def reached(self) -> Ints:
        """The furthest required step of each unit, from 0."""
        steps: Ints = np.array(self.required, np.int64)[self.attempts.depth - 1]
        return steps

    @property
    def is_converted(self) -> Bools:
        """Done with the last required step."""
        done: Bools = self.attempts.depth == len(self.required)
        return done

    @property
    def is_pending(self) -> Bools:
        """Not converted, and the window of the attempt is still open at `as_of`."""
        open_still: Bools = self.start_us + in_us(self.config.window) > self.as_of_us
        return open_still & ~self.is_converted

    @property
    def start_us(self) -> Ints:
        """When each unit's attempt began."""
        return self.attempts.time_us[:, 0]

    @property
    def last_us(self) -> Ints:
        """When each unit did its furthest required step."""
        times: Ints = self.attempts.time_us[np.arange(len(self.attempts.unit)), self.reached]
        return times

    @property
    def last_row(self) -> Ints:
        """The event that filled each unit's furthest required step."""
        rows: Ints = self.attempts.row[np.arange(len(self.attempts.unit)), self.reached]
        return rows

    def only(self, keep: Bools | Ints) -> "Outcome":
        """The outcome of some of the units, given as flags or places."""
        a = self.attempts
        kept = Attempts(a.unit[keep], a.depth[keep], a.time_us[keep], a.row[keep])
        return replace(self, attempts=kept)


def find_outcome(
    store: Store,
    config: FunnelConfig,
    span: Span,
    aliases: Mapping[str, str],
    *,
    needs_rows: bool = False,
) -> Outcome:
    """Everybody's attempt; `needs_rows` when it matters which events filled the steps."""
    as_of_us = in_us(span.as_of - EPOCH)
    rules = rules_of(config, span)
    if not needs_rows and is_packable(config, aliases):
        keys = read_keys(store, config, span, aliases)
        if keys is not None:
            tick, epoch = keys.tick_us, keys.epoch_us
            ticked = replace(
                rules,
                window_us=rules.window_us // tick,
                since_us=_ticks(rules.since_us, epoch, tick, up=True),
                until_us=_ticks(rules.until_us, epoch, tick, up=False),
            )
            found = run_packed_funnel(keys.steps, keys.exclusions, keys.bits, ticked)
            time = np.where(found.row == NONE, NO_TIME, found.time_us * tick + epoch)
            return Outcome(config, replace(found, time_us=time), as_of_us)
    rows = read_rows(store, config, span, aliases)
    return Outcome(config, run_funnel(rows.events, rules), as_of_us, rows)


def splits(outcome: Outcome, span: Span) -> list[Split]:
    """The breakdown: every value with entrants, most entrants first, and None always, last."""
    breakdown, rows = outcome.config.breakdown, outcome.rows
    if breakdown is None or rows is None:
        return []
    if breakdown.value == "all":
        parts = _each_value(outcome, rows, span)
    else:
        code = _touch(outcome, rows, breakdown.value, breakdown.step())
        parts = [Split(value, outcome.only(here)) for value, here in _by_value(code, rows.values)]
    return sorted(
        parts, key=lambda s: (s.value is None, -len(s.outcome.attempts.unit), s.value or "")
    )


def _touch(outcome: Outcome, rows: FunnelRows, how: str, step: int | None) -> Ints:
    """The code of each unit's value: of the first or last event that has one, or of one step."""
    row = outcome.attempts.row
    code = np.where(row == NONE, NONE, rows.split[row] if len(rows.split) else NONE)
    if step is not None and outcome.config.order == "any":
        marks = rows.events.mask[row] if len(rows.split) else row
        fits = (row != NONE) & ((marks >> (step - 1)) & 1 == 1)
        code, step = np.where(fits, code, NONE), None
    if step is not None:
        of_step: Ints = code[:, step - 1]
        return of_step
    answer = np.full(len(row), NONE, np.int64)
    columns = range(row.shape[1])
    for column in reversed(columns) if how != "last" else columns:
        answer = np.where(code[:, column] != NONE, code[:, column], answer)
    return answer


def _each_value(outcome: Outcome, rows: FunnelRows, span: Span) -> list[Split]:
    """Each value's own funnel over the events that carry it; one unit can be in several."""
    parts = []
    rules = rules_of(outcome.config, span)
    e = rows.events
    for value, mine in _by_value(rows.split, rows.values):
        hold = None if e.hold is None else e.hold[mine]
        attempts = run_funnel(
            FunnelEvents(e.unit[mine], e.time_us[mine], e.mask[mine], hold), rules
        )
        if len(attempts.unit) or value is None:
            parts.append(Split(value, replace(outcome, attempts=attempts)))
    return parts


def _by_value(code: Ints, values: list[str]) -> Iterator[tuple[str | None, Ints]]:
    """Each value that occurs, and None always, with the places that have it, ascending."""
    order = np.argsort(code, kind="stable")
    present, begin = np.unique(code[order], return_index=True)
    if not len(present) or present[0] != NONE:
        yield None, np.empty(0, np.int64)
    for one, here in zip(present.tolist(), np.split(order, begin[1:]), strict=False):
        yield (None if one == NONE else values[one]), here


def rules_of(config: FunnelConfig, span: Span) -> FunnelRules:
    """The configuration as the kernels take it."""
    is_ordered = config.order == "ordered"
    within = (None if s.within is None else in_us(s.within) for s in config.steps)
    count = len(config.steps)
    return FunnelRules(
        step_count=count,
        order=config.order,
        window_us=in_us(config.window),
        is_ties_strict=config.ties == "strict",
        within_us=tuple(within) if is_ordered else (),
        optional=tuple(step.optional for step in config.steps) if is_ordered else (),
        exclusions=tuple(Exclusion(x.after - 1, (x.before or count) - 1) for x in config.exclude),
        since_us=FIRST_MOMENT if span.since is None else in_us(span.since - EPOCH),
        until_us=LAST_MOMENT if span.until is None else in_us(span.until - EPOCH),
    )


def required_steps(config: FunnelConfig) -> list[int]:
    """The steps that are not optional, from 0."""
    return [place for place, step in enumerate(config.steps) if not step.optional]


def in_us(span: timedelta) -> int:
    """Whole microseconds."""
    return span // MICROSECOND


def as_moment(time_us: int) -> datetime:
    """Naive UTC."""
    return EPOCH + timedelta(microseconds=time_us)


def _ticks(time_us: int, epoch_us: int, tick_us: int, *, up: bool) -> int:
    if time_us in (FIRST_MOMENT, LAST_MOMENT):
        return time_us
    whole, rest = divmod(time_us - epoch_us, tick_us)
    return whole + (1 if up and rest else 0)
