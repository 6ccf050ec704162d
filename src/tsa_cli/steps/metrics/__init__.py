"""
The metrics of configs/metrics.yaml: values by period and dimension, against target and past.

reads   core, actors, event_types, ingested_files, quarantined_events, plan_results, and what the
        matchers ask for
writes  nothing
source  the contract's section 6; definitions D33; PRD 8.1, 12.1
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import pairwise

from tsa_cli.config.metrics import Metric, MetricsConfig
from tsa_cli.config.sessions import SessionsConfig
from tsa_cli.config.spelling import nearest
from tsa_cli.errors import ConfigError
from tsa_cli.kernels.calendar import shift
from tsa_cli.relations import CORE_RELATION, Relation
from tsa_cli.steps.metrics.amounts import Amounts, Cell, measure_all
from tsa_cli.steps.metrics.judge import metric_row
from tsa_cli.steps.metrics.result import MetricRow, MetricsReport
from tsa_cli.steps.metrics.scope import Compare, Grain, Scope, make_scope, scope_of_lines
from tsa_cli.store.store import Store
from tsa_cli.visits_so_far import core_at


def run(
    store: Store,
    config: MetricsConfig,
    *,
    names: Sequence[str] = (),
    grain: Grain | None = None,
    by: str | None = None,
    compare: Compare | None = None,
    as_of: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    event_aliases: Mapping[str, str] | None = None,
    sessions: SessionsConfig | None = None,
) -> MetricsReport:
    """
    The asked metrics (all without names) from `since` to `until`, both included, UTC.

    With a grain `previous` is the whole period before, also where it begins before `since`, and a
    period that the span cuts has no change; without one it is the span of the same length
    before `since`, where `compare` asks for it ("weekdays" steps back by whole weeks). Lines of
    files are counted by the day of their ingestion, whatever the span. A visit that went on after
    `as_of` counts as far as it had come, by the rules in `sessions`. Raises ConfigError for an
    unknown name or key, MissingTable before the first sessionize unless only lines are counted.
    """
    warnings: list[str] = []
    metrics = _without_undividable(chosen(config, names), by, warnings)
    is_of_lines = bool(metrics) and all(map(_is_of_lines, metrics))
    if not is_of_lines:
        store.require("core", "actors")
    scope_of = scope_of_lines if is_of_lines else make_scope
    scope = scope_of(store, config, grain, as_of, since, until)
    if scope is None:
        return MetricsReport([], warnings)  # no event in the asked time
    relation = CORE_RELATION
    if not is_of_lines:
        relation = core_at(store, sessions or SessionsConfig(), as_of)
    evaluate = partial(_evaluate, store, metrics, by, event_aliases or {}, relation)
    now = evaluate(scope)
    past = _past(evaluate, scope, since, compare, warnings)
    rows: list[MetricRow] = []
    for place, metric in enumerate(metrics):
        rows += _rows(metric, now[place], past[place] if past else None, scope, by, compare)
    return MetricsReport(rows, warnings)


def chosen(config: MetricsConfig, names: Sequence[str]) -> list[Metric]:
    """The named metrics in the asked order, or all; ConfigError for an unknown name."""
    known = {metric.name: metric for metric in config.metrics}
    for name in names:
        if name not in known:
            raise ConfigError(
                f"no metric named {name!r}{nearest(name, list(known))}",
                f"known: {', '.join(known) or 'none'}",
            )
    return [known[name] for name in names] if names else config.metrics


def _is_of_lines(metric: Metric) -> bool:
    return metric.numerator.count == metric.denominator.count == "lines"


_Pair = tuple[Amounts, Amounts]


def _evaluate(
    store: Store,
    metrics: list[Metric],
    by: str | None,
    aliases: Mapping[str, str],
    relation: Relation,
    scope: Scope,
) -> list[_Pair]:
    """(numerator, denominator) of each metric."""
    measures = [side for metric in metrics for side in (metric.numerator, metric.denominator)]
    amounts = measure_all(store, measures, scope, by=by, event_aliases=aliases, relation=relation)
    return list(zip(amounts[::2], amounts[1::2], strict=True))


def _past(
    evaluate: Callable[[Scope], list[_Pair]],
    scope: Scope,
    since: datetime | None,
    compare: Compare | None,
    warnings: list[str],
) -> list[_Pair] | None:
    """The same metrics before: in the span before, or with a grain in the periods before."""
    if scope.grain is not None:
        earlier = scope.earlier(_back(scope, compare))
        return None if earlier is None else evaluate(earlier)
    if compare is None:
        return None
    if since is None:
        warnings.append("nothing to compare with: give --since or --grain")
        return None
    return evaluate(scope.before(compare))


def _rows(
    metric: Metric,
    now: _Pair,
    past: _Pair | None,
    scope: Scope,
    by: str | None,
    compare: Compare | None,
) -> list[MetricRow]:
    numerators, denominators = now
    cells = [*numerators, *denominators]
    values: list[str | None] = [*sorted({v for _, v in cells if v is not None})]
    values += [None] if by is None or any(v is None for _, v in cells) else []
    periods, before = scope.periods, _periods_before(scope, compare)
    if metric.numerator.count == "lines":  # by the days of ingestion, which lie elsewhere
        periods = sorted({p for p, _ in cells}, key=str)
        before = dict(pairwise(reversed(periods)))
    known = now if past is None else past
    if past is not None and scope.grain is not None:
        # The first period in full takes the place of the one that `since` cuts.
        known = (numerators | past[0], denominators | past[1])
    # Without a grain lines are all there are, whatever the span: nothing lies before.
    if scope.grain is None and (past is None or metric.numerator.count == "lines"):
        before = {}
    rows: list[MetricRow] = []
    for value in values:
        for period in periods:
            amount = _pair(now, (period, value))
            other = _pair(known, (before[period], value)) if period in before else None
            rows.append(metric_row(metric, scope, period, by, value, amount, other))
    return rows


def _back(scope: Scope, compare: Compare | None) -> int:
    """How many periods lie between a period and the one that it is compared with."""
    return 7 if compare == "weekdays" and scope.grain == "day" else 1


def _periods_before(scope: Scope, compare: Compare | None) -> dict[date | None, date | None]:
    """What each period is compared with, from the first that has events before it."""
    if scope.grain is None:
        return {None: None}
    back, days = _back(scope, compare), scope.calendar.days
    known = days if scope.first_ts < scope.since else days[back:]
    return {day: shift(day, -back, scope.grain) for day in known}


def _pair(amounts: _Pair, cell: Cell) -> tuple[float, float]:
    return amounts[0].get(cell, 0.0), amounts[1].get(cell, 0.0)


def _without_undividable(
    metrics: list[Metric], by: str | None, warnings: list[str]
) -> list[Metric]:
    """Lines and hours have no properties: with a dimension their metrics are left out."""
    if by is None:
        return metrics
    kept = []
    for metric in metrics:
        if {metric.numerator.count, metric.denominator.count} & {"lines", "hours"}:
            warnings.append(f"{metric.name}: cannot be divided by {by}")
        else:
            kept.append(metric)
    return kept


__all__ = ["MetricRow", "MetricsReport", "chosen", "run"]
