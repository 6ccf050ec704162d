"""
From attempts to the numbers of a report: counts, rates, times, breakdown, abandonment.

source  definitions D20, D21, D23, D24; PRD 10.1
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.kernels.funnel_types import NO_TIME, Bools, Floats, Ints
from tsa_cli.kernels.wilson import wilson
from tsa_cli.steps.funnel.breakdown import Split
from tsa_cli.steps.funnel.outcome import Outcome, in_us
from tsa_cli.steps.funnel.result import (
    AbandonmentRow,
    AbandonmentRule,
    BreakdownRow,
    FunnelReport,
    Matured,
    Seconds,
    StepRow,
)

US_A_SECOND = 1_000_000
WINDOW_EXPIRED = "window_expired"
PERCENTILES = (25, 50, 75, 90)


def report(name: str, outcome: Outcome, parts: list[Split]) -> FunnelReport:
    """The whole report of one funnel."""
    config = outcome.config
    converted, pending = int(outcome.is_converted.sum()), int(outcome.is_pending.sum())
    entered = len(outcome.attempts.unit)
    with ThreadPoolExecutor(max_workers=2) as pool:
        given_up = pool.submit(abandonment_rows, outcome)
        counts = _counts(outcome)
        steps = pool.map(lambda place: _step_row(outcome, place, counts), range(len(counts)))
    return FunnelReport(
        name=name,
        count_by=config.count_by,
        order=config.order,
        window_seconds=config.window.total_seconds(),
        entered=entered,
        converted=converted,
        dropped=entered - converted - pending,
        pending=pending,
        excluded=len(outcome.attempts.excluded),
        conversion_rate=ratio(converted, entered),
        matured=_matured(outcome),
        steps=list(steps),
        breakdown=[_breakdown_row(part) for part in parts],
        abandonment=given_up.result(),
        abandonment_rule=_rule(outcome.config),
    )


def step_rows(outcome: Outcome) -> list[StepRow]:
    """One row per step; all steps share the first one's count as denominator."""
    counts = _counts(outcome)
    return [_step_row(outcome, place, counts) for place in range(len(counts))]


def _counts(outcome: Outcome) -> list[int]:
    counts: list[int] = (outcome.attempts.time_us != NO_TIME).sum(axis=0).tolist()
    return counts


def _step_row(outcome: Outcome, place: int, counts: list[int]) -> StepRow:
    time = outcome.attempts.time_us
    anchor = max((r for r in outcome.required if r < place), default=None)
    since_start = None if anchor is None else _between(time, 0, place)
    low, high = wilson(counts[place], counts[0])
    here = outcome.reached == place
    pending = int((here & outcome.is_pending).sum())
    return StepRow(
        index=place + 1,
        name=step_name(outcome.config, place),
        count=counts[place],
        rate_from_start=ratio(counts[place], counts[0]),
        rate_from_previous=None if anchor is None else ratio(counts[place], counts[anchor]),
        ci_low=low,
        ci_high=high,
        seconds_from_previous=_between(time, anchor, place) if anchor else since_start,
        seconds_from_start=since_start,
        dropped=int((here & ~outcome.is_converted).sum()) - pending,
        pending=pending,
        optional=outcome.config.steps[place].optional,
    )


def step_name(config: FunnelConfig, place: int) -> str:
    """The step's name; of an unordered funnel, how many steps were done."""
    if config.order == "any":
        return f"Any {place + 1} of {len(config.steps)}"
    return config.steps[place].name


def ratio(part: int, whole: int) -> float | None:
    """None where there is nothing to divide by."""
    return part / whole if whole else None


def seconds_of(us: Ints) -> Seconds | None:
    """The summary of some durations in microseconds; None of none."""
    if not len(us):
        return None
    seconds = us / US_A_SECOND
    mean = float(seconds.mean())
    seconds.sort()
    p25, median, p75, p90 = percentiles(seconds, PERCENTILES)
    return Seconds(mean, median, p25, p75, p90)


def percentiles(ordered: Floats, asked: tuple[int, ...]) -> list[float]:
    """What `np.percentile` answers, to the bit, in half its time: of values already sorted."""
    found = []
    for percent in asked:
        place = (len(ordered) - 1) * (percent / 100)
        low = int(place)
        part = place - low
        below, above = float(ordered[low]), float(ordered[min(low + 1, len(ordered) - 1)])
        step = above - below
        found.append(above - step * (1 - part) if part >= 0.5 else below + step * part)
    return found


def _median(us: Ints) -> float | None:
    seconds = seconds_of(us)
    return None if seconds is None else seconds.median


def _between(time: Ints, earlier: int, later: int) -> Seconds | None:
    begun, ended = time[:, earlier], time[:, later]  # columns lie in one piece: half the time
    done = np.flatnonzero(ended != NO_TIME)
    return seconds_of(ended[done] - begun[done])


def matured(entered: int, converted: int) -> Matured:
    """The rate of those whose window is over, with its interval."""
    low, high = wilson(converted, entered)
    return Matured(entered, converted, ratio(converted, entered), low, high)


def _matured(outcome: Outcome) -> Matured:
    ripe = outcome.is_matured
    return matured(int(ripe.sum()), int((ripe & outcome.is_converted).sum()))


def _breakdown_row(part: Split) -> BreakdownRow:
    outcome = part.outcome
    entered, converted = len(outcome.attempts.unit), int(outcome.is_converted.sum())
    pending = int(outcome.is_pending.sum())
    return BreakdownRow(
        value=part.value,
        entered=entered,
        converted=converted,
        dropped=entered - converted - pending,
        pending=pending,
        steps=step_rows(outcome),
        matured=_matured(outcome),
    )


def _rule(config: FunnelConfig) -> AbandonmentRule | None:
    rule = config.abandonment
    if rule is None or config.order == "any":  # without an order there is no step to wait for
        return None
    places = (rule.step, rule.completes or len(config.steps))
    step, completes = (config.steps[place - 1].name for place in places)
    return AbandonmentRule(rule.reason, step, completes, rule.window.total_seconds())


def abandonment_rows(outcome: Outcome) -> list[AbandonmentRow]:
    """
    Those who gave up, by last step and reason.

    The configured reason is of those who did its step and not the completing one within its
    window, even if they came back later; who is younger than that window is not listed yet.
    Everybody else who dropped has the reason `window_expired`.
    """
    time, start = outcome.attempts.time_us, outcome.start_us
    over = start + in_us(outcome.config.window)
    dropped: Bools = ~outcome.is_converted & ~outcome.is_pending
    groups: list[tuple[str, Bools, Ints, Ints]] = []  # reason, who, last step, when they gave up
    rule = outcome.config.abandonment
    if rule is not None and outcome.config.order != "any":
        at, done = rule.step - 1, (rule.completes or len(outcome.config.steps)) - 1
        limit = np.where(time[:, at] == NO_TIME, 0, time[:, at]) + in_us(rule.window)
        gave_up = (time[:, at] != NO_TIME) & (limit <= outcome.as_of_us)
        gave_up &= (time[:, done] == NO_TIME) | (time[:, done] > limit)
        groups.append((rule.reason, gave_up, _last_before(outcome, limit), limit))
        dropped &= ~gave_up
    groups.append((WINDOW_EXPIRED, dropped, outcome.reached, over))
    rows = []
    for reason, who, step, end in groups:
        for place in np.flatnonzero(np.bincount(step[who])).tolist():
            here = np.flatnonzero(who & (step == place))
            converted = int(outcome.is_converted[here].sum())
            pending = int(outcome.is_pending[here].sum())
            rows.append(
                AbandonmentRow(
                    last_step=step_name(outcome.config, place),
                    reason=reason,
                    count=len(here),
                    median_seconds_in_funnel=_median(time[here, place] - start[here]),
                    median_seconds_until_abandoned=_median(end[here] - start[here]),
                    dropped=len(here) - converted - pending,
                    converted=converted,
                    pending=pending,
                )
            )
    return rows


def _last_before(outcome: Outcome, limit: Ints) -> Ints:
    """The furthest required step that each unit had done at its limit."""
    last = np.zeros(len(limit), np.int64)
    for place in outcome.required:
        time = outcome.attempts.time_us[:, place]
        last = np.where((time != NO_TIME) & (time <= limit), place, last)
    return last
