"""
A funnel split by a property: by the value of each unit's attempt, or by the value of each event.

reads   core, actors, event_types, and what the key asks for
source  definition D21
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.kernels.funnel import run_funnel
from tsa_cli.kernels.funnel_types import NO_TIME, NONE, FunnelEvents, Ints
from tsa_cli.steps.funnel.codes import Codes
from tsa_cli.steps.funnel.fetch import FunnelRows
from tsa_cli.steps.funnel.outcome import Outcome, rules_of
from tsa_cli.steps.funnel.span import Span
from tsa_cli.steps.funnel.split_values import read_unit_values, read_values
from tsa_cli.store.store import Store

USER = "user."


@dataclass(frozen=True)
class Split:
    """The attempts of one value of the breakdown; None for the units without a value."""

    value: str | None
    outcome: Outcome


def is_of_unit(config: FunnelConfig) -> bool:
    """True when the breakdown is by what a user is, the same at each of their events."""
    by = config.breakdown
    if by is None or config.count_by != "user" or not by.by.startswith(USER):
        return False
    return config.order != "any" or by.step() is None


def touches(store: Store, outcome: Outcome, aliases: Mapping[str, str]) -> Codes:
    """Each unit's value of the breakdown."""
    by, attempts = outcome.config.breakdown, outcome.attempts
    if by is None:
        raise ValueError("the funnel has no breakdown")
    step = by.step()
    if outcome.rows is None or is_of_unit(outcome.config):
        values = read_unit_values(store, by.by, attempts.unit)
        if step is None:
            return values
        is_there = attempts.time_us[:, step - 1] != NO_TIME
        return Codes(np.where(is_there, values.code, NONE), values.values)
    done = np.flatnonzero(attempts.row.ravel() != NONE)
    row = attempts.row.ravel()[done]
    places, entry = np.unique(row, return_inverse=True)
    values = read_values(store, by.by, outcome.rows.core_seq[places], aliases)
    code = np.full(attempts.row.size, NONE, np.int64)
    code[done] = values.code[entry]
    touch = _touch(outcome, outcome.rows, code.reshape(attempts.row.shape), by.value, step)
    return Codes(touch, values.values)


def splits(outcome: Outcome, span: Span) -> list[Split]:
    """The breakdown: every value with entrants, most entrants first, and None always, last."""
    if outcome.touch is not None:
        parts = [Split(value, outcome.only(here)) for value, here in _by_value(outcome.touch)]
    elif outcome.rows is not None and outcome.rows.split is not None:
        parts = _each_value(outcome, outcome.rows, outcome.rows.split, span)
    else:
        return []
    return sorted(
        parts, key=lambda s: (s.value is None, -len(s.outcome.attempts.unit), s.value or "")
    )


def _touch(outcome: Outcome, rows: FunnelRows, code: Ints, how: str, step: int | None) -> Ints:
    """
    The code of each unit's value: of the first or last event that has one, or of one step.

    `code` (n, step_count) has the value of each event of an attempt, NONE where it has none.
    """
    if step is not None and outcome.config.order == "any":
        row = outcome.attempts.row
        marks = rows.events.mask[row] if len(rows.events.mask) else row
        fits = (row != NONE) & ((marks >> (step - 1)) & 1 == 1)
        code, step = np.where(fits, code, NONE), None
    if step is not None:
        of_step: Ints = code[:, step - 1]
        return of_step
    answer = np.full(len(code), NONE, np.int64)
    columns = range(code.shape[1])
    for column in reversed(columns) if how != "last" else columns:
        answer = np.where(code[:, column] != NONE, code[:, column], answer)
    return answer


def _each_value(outcome: Outcome, rows: FunnelRows, split: Codes, span: Span) -> list[Split]:
    """Each value's own funnel over the events that carry it; one unit can be in several."""
    parts = []
    rules = rules_of(outcome.config, span)
    e = rows.events
    for value, mine in _by_value(split):
        hold = None if e.hold is None else e.hold[mine]
        attempts = run_funnel(
            FunnelEvents(e.unit[mine], e.time_us[mine], e.mask[mine], hold), rules
        )
        if len(attempts.unit) or value is None:
            parts.append(Split(value, replace(outcome, attempts=attempts)))
    return parts


def _by_value(coded: Codes) -> Iterator[tuple[str | None, Ints]]:
    """Each value that occurs, and None always, with the places that have it, ascending."""
    code, values = coded.code, coded.values
    order = np.argsort(code, kind="stable")
    present, begin = np.unique(code[order], return_index=True)
    if not len(present) or present[0] != NONE:
        yield None, np.empty(0, np.int64)
    for one, here in zip(present.tolist(), np.split(order, begin[1:]), strict=False):
        yield (None if one == NONE else values[one]), here
