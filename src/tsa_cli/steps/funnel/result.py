"""
What a funnel report says; `data` of `tsa funnel` is a list of these.

source  the contract's section 5; definitions D20 (times), D21 (breakdown), D23 (pending)
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Seconds:
    """How long those who got there took."""

    mean: float
    median: float
    p25: float
    p75: float
    p90: float


@dataclass(frozen=True)
class StepRow:
    """
    One step: `count` units did it; of a required step they went on, `dropped` or are `pending`.

    `rate_from_start` is of the first step's count, with its Wilson 95 % interval;
    `rate_from_previous` of the nearest earlier required step's. With `order: any`, row k is of
    those who did at least k of the steps.
    """

    index: int  # 1, 2, …
    name: str
    count: int
    rate_from_start: float | None
    rate_from_previous: float | None
    ci_low: float | None
    ci_high: float | None
    seconds_from_previous: Seconds | None  # since the nearest earlier required step
    seconds_from_start: Seconds | None
    dropped: int
    pending: int
    optional: bool


@dataclass(frozen=True)
class Matured:
    """
    Entrants whose window is over: the rate that later data cannot change.

    Who converted early, the window still open, is in neither number: the slow ones beside them
    are not known yet, and the rate would be that of the fast.
    """

    entered: int
    converted: int
    rate: float | None
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True)
class BreakdownRow:
    """The same funnel for one value; null stands for the units without one."""

    value: str | None
    entered: int
    converted: int
    dropped: int
    pending: int
    steps: list[StepRow]
    matured: Matured


@dataclass(frozen=True)
class AbandonmentRow:
    """
    Units that gave up: the last step they did by then, and why they count.

    `count` = `dropped` + `converted` + `pending`: what became of them in the end; over all rows
    `dropped` adds up to the funnel's.
    """

    last_step: str
    reason: str
    count: int
    median_seconds_in_funnel: float | None  # from their first step to that last one
    median_seconds_until_abandoned: float | None  # to the end of the waiting: PRD's time_in_funnel
    dropped: int
    converted: int
    pending: int


@dataclass(frozen=True)
class AbandonmentRule:
    """Who did `step` and not `completes` within the window has given up for `reason`."""

    reason: str
    step: str
    completes: str
    window_seconds: float


@dataclass(frozen=True)
class FunnelReport:
    """One funnel; `entered` = `converted` + `dropped` + `pending`, `excluded` come on top."""

    name: str
    count_by: str
    order: str
    window_seconds: float
    entered: int
    converted: int
    dropped: int
    pending: int
    excluded: int
    conversion_rate: float | None
    matured: Matured
    steps: list[StepRow]
    breakdown: list[BreakdownRow] = field(default_factory=list)
    abandonment: list[AbandonmentRow] = field(default_factory=list)
    abandonment_rule: AbandonmentRule | None = None


@dataclass(frozen=True)
class UnitRow:
    """One unit of a drill-down: `last_step` is its furthest required one, 1, 2, …"""

    id: str
    state: str  # converted | dropped | pending
    started_at: datetime
    last_step: int
    last_step_at: datetime
    seconds_in_funnel: float


@dataclass(frozen=True)
class TrendRow:
    """
    Entrants of one period, by their first step.

    A period is complete once all windows ended, unless the asked time cut it: then not all of
    its entrants are in.
    """

    period: str  # its first day
    entered: int
    converted: int
    dropped: int
    pending: int
    rate: float | None
    ci_low: float | None
    ci_high: float | None
    is_complete: bool
    is_cut: bool
    matured: Matured


@dataclass(frozen=True)
class NextPath:
    """What dropped units did after their last step; an empty path is nothing at all."""

    last_step: int
    path: list[str]
    count: int
    share: float  # of the dropped units with that last step


@dataclass(frozen=True)
class Driver:
    """
    How having done an event, or having a value, goes with converting.

    `odds_ratio` has one person added to each of its four counts, `phi` has not. `n` is the
    number of people with it.
    """

    kind: str  # event | property
    name: str
    value: str | None
    n: int
    converted_with: int
    dropped_with: int
    rate_with: float | None
    rate_without: float | None
    odds_ratio: float
    phi: float | None
