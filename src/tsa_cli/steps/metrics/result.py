"""
What a metrics report says; `asdict` of its rows is the `data` of `tsa metrics`.

source  the contract's section 6
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class MetricRow:
    """
    One metric in one period, and for one value of the dimension where one is asked.

    Without a grain the period is "FIRST/LAST" in local days, else the first day of the day, week
    or month. `change` is relative: value / previous - 1; none of a period that the span cuts, and
    the change so far of one that is not over.
    """

    metric: str
    period: str
    value: float | None
    numerator: float
    denominator: float
    target: float | None
    ok: bool | None  # None without a target, without a value, or with fewer than min_n
    previous: float | None
    change: float | None
    unit: str
    direction: str
    n: int  # what the share is of
    ci_low: float | None
    ci_high: float | None
    dimension: str | None
    dimension_value: str | None
    is_complete: bool  # the period is over, and the asked span holds all of it
    is_cut: bool  # --since or --until leaves out a part of the period
    target_relation: str | None  # < | <= | > | >=: what the value has to be to the target


@dataclass(frozen=True)
class MetricsReport:
    """The rows in the order of the configuration, then by dimension value and period."""

    rows: list[MetricRow]
    warnings: list[str] = field(default_factory=list)
