"""
What became of everybody in a funnel: their attempts, and whether they converted or still may.

source  definitions D16 (attempts), D23 (pending)
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.kernels.funnel_types import (
    FIRST_MOMENT,
    LAST_MOMENT,
    Attempts,
    Bools,
    Exclusion,
    FunnelRules,
    Ints,
)
from tsa_cli.steps.funnel.codes import Codes
from tsa_cli.steps.funnel.fetch import FunnelRows
from tsa_cli.steps.funnel.span import EPOCH, MICROSECOND, Span, microseconds_of


@dataclass(frozen=True)
class Outcome:
    """
    The attempt that counts of each unit that entered, times in µs since 1970 UTC.

    `reached` (n,) is the furthest required step, from 0; `rows` is None if not asked for.
    `touch` is each unit's value of the breakdown, None without one and of `value: all`.
    """

    config: FunnelConfig
    attempts: Attempts
    as_of_us: int
    rows: FunnelRows | None = None
    touch: Codes | None = None

    @cached_property
    def required(self) -> list[int]:
        """The steps of which every attempt is a prefix."""
        return required_steps(self.config)

    @cached_property
    def reached(self) -> Ints:
        """The furthest required step of each unit, from 0."""
        steps: Ints = np.array(self.required, np.int64)[self.attempts.depth - 1]
        return steps

    @cached_property
    def is_converted(self) -> Bools:
        """Done with the last required step."""
        done: Bools = self.attempts.depth == len(self.required)
        return done

    @cached_property
    def is_pending(self) -> Bools:
        """Not converted, and the window of the attempt is still open at `as_of`."""
        return ~self.is_matured & ~self.is_converted

    @cached_property
    def is_matured(self) -> Bools:
        """The window of the attempt is over at `as_of`, whatever became of it."""
        over: Bools = self.start_us + in_us(self.config.window) <= self.as_of_us
        return over

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
        return replace(self, attempts=self.attempts.only(keep), touch=None)


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
        since_us=FIRST_MOMENT if span.since is None else microseconds_of(span.since),
        until_us=LAST_MOMENT if span.until is None else microseconds_of(span.until),
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
