"""
Amounts become rows: the value, its interval, the target, the change.

reads   nothing
writes  nothing
"""

from datetime import date

from tsa_cli.config.metrics import Metric
from tsa_cli.kernels.wilson import wilson
from tsa_cli.steps.metrics.result import MetricRow
from tsa_cli.steps.metrics.scope import Scope

Amount = tuple[float, float]  # numerator, denominator


def metric_row(
    metric: Metric,
    scope: Scope,
    period: date | None,
    dimension: str | None,
    dimension_value: str | None,
    now: Amount,
    before: Amount | None,
) -> MetricRow:
    """
    The row of one cell; `before` None when there is nothing to compare with.

    `before` is of a whole period: a cut one is shown beside it, but no change is taken from it.
    """
    now = numerator, denominator = _whole(now[0]), _whole(now[1])
    value = _ratio(now)
    previous = None if before is None else _ratio((_whole(before[0]), _whole(before[1])))
    # Lines are counted by the day of their ingestion, which no span cuts.
    is_cut = metric.numerator.count != "lines" and scope.is_cut(period)
    low, high = _interval(metric, now)
    bound = metric.bound()
    is_judged = bound is not None and value is not None and denominator >= metric.min_n
    return MetricRow(
        metric=metric.name,
        period=_label(scope, period),
        value=value,
        numerator=numerator,
        denominator=denominator,
        target=None if bound is None else bound.value,
        ok=bound.is_met(value) if is_judged and bound and value is not None else None,
        previous=previous,
        change=value / previous - 1 if value is not None and previous and not is_cut else None,
        unit=metric.unit,
        direction=metric.direction,
        n=round(denominator),
        ci_low=low,
        ci_high=high,
        dimension=dimension,
        dimension_value=dimension_value,
        is_complete=scope.is_over(period) and not is_cut,
        is_cut=is_cut,
        target_relation=None if bound is None else bound.relation,
    )


def _ratio(amount: Amount) -> float | None:
    return amount[0] / amount[1] if amount[1] else None


def _whole(amount: float) -> float:
    """
    Counts as integers, so that they print as such; sums without the noise of adding floats.

    The noise depends on the order, which two stores of the same events need not have in common.
    """
    return int(amount) if amount == int(amount) else round(amount, 6)


def _interval(metric: Metric, now: Amount) -> tuple[float | None, float | None]:
    """Wilson's interval of a share; none for other units."""
    if metric.unit != "share" or now[0] > now[1]:
        return None, None
    return wilson(*now)


def _label(scope: Scope, period: date | None) -> str:
    if period is None:
        return scope.label
    return period.isoformat()[:7] if scope.grain == "month" else period.isoformat()
