"""
What the retention reports say; `asdict` of one is the `data` of `tsa retention`.

source  the contract's section 6
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class CohortRow:
    """
    The users who started in one period and how many came back in period 0, 1, 2, …

    `returned` is as known at the clock; a cell that is not `complete` may still grow, and one
    that has not `begun` has nothing to be observed yet. Measured `on_or_after` a cell is complete
    when its own period is over, and grows with who comes back later still (definitions D29).
    """

    cohort: str  # ISO date of the period's first local day
    size: int
    returned: list[int]
    complete: list[bool]
    begun: list[bool]


@dataclass(frozen=True)
class PooledRow:
    """All cohorts whose period is over: returned / size, with Wilson's 95 % interval."""

    period: int
    n: int
    rate: float | None
    ci_low: float | None
    ci_high: float | None
    returned: int


@dataclass(frozen=True)
class LeftOut:
    """The members of the cohorts before the first shown one, where no `--since` chose it."""

    cohorts: int
    size: int
    first_cohort: str | None


@dataclass(frozen=True)
class RetentionReport:
    """One retention report, with the definition that its numbers follow."""

    name: str
    mode: str
    measure: str
    bucket: str
    clock: str
    timezone: str
    cohorts: list[CohortRow]
    pooled: list[PooledRow]
    left_out: LeftOut


@dataclass(frozen=True)
class LifecycleRow:
    """Users by state in one period; the dormant are those active in the one before."""

    period: str
    new: int
    returning: int
    resurrecting: int
    dormant: int
    active: int
    pulse: float | None  # (new + resurrecting) / dormant
    is_complete: bool


@dataclass(frozen=True)
class LifecycleReport:
    """How the active users change from period to period."""

    name: str
    bucket: str
    timezone: str
    periods: list[LifecycleRow]


@dataclass(frozen=True)
class StickinessRow:
    """Users active in exactly, and in at least, that many of the periods."""

    active_periods: int
    users: int
    share: float | None
    users_at_least: int
    share_at_least: float | None


@dataclass(frozen=True)
class StickinessReport:
    """In how many of the last complete periods the users active in them were active."""

    name: str
    bucket: str
    timezone: str
    first_period: str | None
    last_period: str | None
    periods: int
    users: int
    usual_return_periods: float | None  # by then 80 % of those who ever came back had
    rows: list[StickinessRow]
