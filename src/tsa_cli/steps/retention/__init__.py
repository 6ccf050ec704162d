"""
Who comes back: retention by cohort, the lifecycle of users, and how often they are active.

reads   core, actors, event_types, and what the configuration's matchers ask for
writes  nothing
source  the contract's section 6; definitions D29 (retention), D30 (lifecycle, stickiness)
"""

from collections.abc import Mapping
from datetime import datetime

from tsa_cli.config.retention import RetentionConfig
from tsa_cli.kernels import retention as kernel
from tsa_cli.steps.retention.activity import Activity, read_activity
from tsa_cli.steps.retention.matrix import cohort_rows, pooled_rows
from tsa_cli.steps.retention.result import (
    LifecycleReport,
    LifecycleRow,
    RetentionReport,
    StickinessReport,
    StickinessRow,
)
from tsa_cli.store.store import Store

_USUAL_SHARE = 0.8  # D30: the usage interval is the one by which 80 % return


def run(
    store: Store,
    name: str,
    config: RetentionConfig,
    *,
    as_of: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    event_aliases: Mapping[str, str] | None = None,
) -> RetentionReport:
    """
    The cohorts up to the one that holds `as_of`; `since` and `until` choose others, UTC.

    Without `since` the first is the newest in which even the last period is over, so that every
    column has a mean; `left_out` counts the members of those before it.
    With the calendar clock the period that holds `as_of` is taken whole, as far as it is known,
    and marked incomplete. Raises MissingTable before the first sessionize.
    """
    activity = read_activity(store, config, as_of, event_aliases or {})
    cohorts, left_out = cohort_rows(activity, config, as_of, since, until)
    return RetentionReport(
        name=name,
        mode=config.mode,
        measure=config.measure,
        bucket=config.bucket,
        clock=config.clock,
        timezone=config.timezone,
        cohorts=cohorts,
        pooled=pooled_rows(cohorts, config.periods),
        left_out=left_out,
    )


def run_lifecycle(
    store: Store,
    name: str,
    config: RetentionConfig,
    *,
    as_of: datetime,
    event_aliases: Mapping[str, str] | None = None,
) -> LifecycleReport:
    """Users by lifecycle state in the last `periods` periods; active means a `return` event."""
    activity = read_activity(store, config, as_of, event_aliases or {})
    last = activity.last_period
    active = kernel.distinct_pairs(activity.return_user, activity.return_period)
    counts = kernel.lifecycle(active, periods=last + 1).tolist()
    rows = [
        _lifecycle_row(activity, number, counts[number], is_complete=number < last)
        for number in range(max(0, last - config.periods + 1), last + 1)
    ]
    return LifecycleReport(name, config.bucket, config.timezone, rows)


def run_stickiness(
    store: Store,
    name: str,
    config: RetentionConfig,
    *,
    as_of: datetime,
    event_aliases: Mapping[str, str] | None = None,
) -> StickinessReport:
    """In how many of the last complete `periods` periods users were active."""
    activity = read_activity(store, config, as_of, event_aliases or {})
    active = kernel.distinct_pairs(activity.return_user, activity.return_period)
    last = activity.last_period  # not over yet, so not counted
    first = max(0, last - config.periods)
    exactly = kernel.stickiness(active, first=first, periods=last - first).tolist()
    total = sum(exactly)
    rows = [
        StickinessRow(
            active_periods=k,
            users=exactly[k - 1],
            share=exactly[k - 1] / total if total else None,
            users_at_least=sum(exactly[k - 1 :]),
            share_at_least=sum(exactly[k - 1 :]) / total if total else None,
        )
        for k in range(1, last - first + 1)
    ]
    days = [day.isoformat() for day in activity.calendar.days[first:last]]
    return StickinessReport(
        name=name,
        bucket=config.bucket,
        timezone=config.timezone,
        first_period=days[0] if days else None,
        last_period=days[-1] if days else None,
        periods=last - first,
        users=total,
        usual_return_periods=kernel.return_gap_quantile(active, _USUAL_SHARE),
        rows=rows,
    )


def _lifecycle_row(
    activity: Activity, number: int, counts: list[int], *, is_complete: bool
) -> LifecycleRow:
    new, returning, resurrecting, dormant = counts
    return LifecycleRow(
        period=activity.calendar.days[number].isoformat(),
        new=new,
        returning=returning,
        resurrecting=resurrecting,
        dormant=dormant,
        active=new + returning + resurrecting,
        pulse=(new + resurrecting) / dormant if dormant else None,
        is_complete=is_complete,
    )


__all__ = [
    "LifecycleReport",
    "RetentionReport",
    "StickinessReport",
    "run",
    "run_lifecycle",
    "run_stickiness",
]
