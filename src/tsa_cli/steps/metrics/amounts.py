"""
Measures become amounts: one query for all measures that count the same kind of thing.

Each query answers how many things there are for every combination of matchers that hold; what a
measure counts is then a sum over combinations, so that the events are read once for many metrics.

reads   core, actors, event_types, ingested_files, quarantined_events, plan_results, and what the
        matchers ask for
writes  nothing
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tsa_cli.config.matchers import Matcher
from tsa_cli.config.metrics import Measure
from tsa_cli.matcher import MatcherCompiler, names_of
from tsa_cli.relations import CORE_RELATION, Relation
from tsa_cli.steps.metrics.scope import Scope
from tsa_cli.store.fragment import Fragment
from tsa_cli.store.store import Store

Cell = tuple[date | None, str | None]  # period, value of the dimension
Amounts = dict[Cell, float]

_MOST_MATCHERS = 60  # bits of one mask
_NOTHING, _ALL = Fragment("null"), Fragment("true")
_DURATION = "duration_seconds"  # whole seconds in dim_sessions; summed exactly here


@dataclass(frozen=True)
class _Batch:
    """Measures for one query."""

    entity: str
    key: tuple[str, ...]  # what is summed, or whose values are counted: the first that is there
    anchor: Matcher | None  # of `count: keys`, the matcher that brings a key in
    among: Matcher | None  # of `at_least`, the events whose sessions and devices count
    measures: list[Measure]
    matchers: list[Matcher]  # distinct; the anchor is the first

    def takes(self, measure: Measure) -> bool:
        """True when the measure can be answered by the same query."""
        same = (self.entity, self.key, self.anchor, self.among) == _kind(measure)
        more = [m for m in (*measure.with_, *measure.without) if m not in self.matchers]
        return same and len(self.matchers) + len(more) <= _MOST_MATCHERS


def measure_all(
    store: Store,
    measures: Sequence[Measure],
    scope: Scope,
    *,
    by: str | None,
    event_aliases: Mapping[str, str],
    relation: Relation = CORE_RELATION,
) -> list[Amounts]:
    """The amounts of each measure, parallel to `measures`; a cell that is absent is 0."""
    answers: list[Amounts] = [{} for _ in measures]
    batches: list[_Batch] = []
    places: list[list[int]] = []
    for place, measure in enumerate(measures):
        if measure.count == "lines":
            answers[place] = _lines(store, measure, scope)
        elif measure.count == "hours":
            answers[place] = _hours(store, measure, scope)
        else:
            _put(measure, place, batches, places)
    for batch, wanted in zip(batches, places, strict=True):
        compiler = MatcherCompiler(relation, event_aliases=event_aliases)
        found = _run(store, batch, scope, by, compiler, event_aliases)
        for place, amounts in zip(wanted, found, strict=True):
            answers[place] = amounts
    return answers


def _kind(measure: Measure) -> tuple[str, tuple[str, ...], Matcher | None, Matcher | None]:
    is_keys = measure.count == "keys"
    anchor = measure.with_[0] if is_keys else None
    among = measure.at_least.among if measure.at_least else None
    key = measure.key if is_keys else [measure.sum] if measure.sum else []
    return measure.entity, tuple(key or ()), anchor, among


def _put(measure: Measure, place: int, batches: list[_Batch], places: list[list[int]]) -> None:
    number = next((i for i, batch in enumerate(batches) if batch.takes(measure)), len(batches))
    if number == len(batches):
        batches.append(_Batch(*_kind(measure), measures=[], matchers=[]))
        places.append([])
    batch = batches[number]
    batch.measures.append(measure)
    places[number].append(place)
    for matcher in (*measure.with_, *measure.without):
        if matcher not in batch.matchers:
            batch.matchers.append(matcher)


def _run(
    store: Store,
    batch: _Batch,
    scope: Scope,
    by: str | None,
    compiler: MatcherCompiler,
    event_aliases: Mapping[str, str],
) -> list[Amounts]:
    slots = {
        "mask": compiler.mask(batch.matchers),
        "is_counted": compiler.predicate(batch.among) if batch.among else _ALL,
        "dimension": compiler.text(by) if by else _NOTHING,
        "value": _NOTHING,
        "key": _NOTHING,
    }
    if batch.key:
        slots["key" if batch.entity == "keys" else "value"] = compiler.first_text(batch.key)
    slots |= {"columns": compiler.columns(), "joins": compiler.joins()}
    bounds = [measure.at_least for measure in batch.measures if measure.at_least]
    most = max((max(b.sessions, b.devices) for b in bounds), default=0)
    names = names_of(batch.matchers, event_aliases)
    rows = store.records(
        f"4_reports/metric_{batch.entity}.sql",
        slots,
        most=most,
        is_any_name=names is None,
        names=sorted(names or ()),
        is_duration=batch.key == (_DURATION,),
        **scope.params,
    )
    return [_amounts(measure, batch, rows) for measure in batch.measures]


def _amounts(measure: Measure, batch: _Batch, rows: list[dict[str, object]]) -> Amounts:
    with_bits = sum(1 << batch.matchers.index(m) for m in _distinct(measure.with_))
    without_bits = sum(1 << batch.matchers.index(m) for m in _distinct(measure.without))
    amounts: Amounts = {}
    for row in rows:
        marks = _integer(row["marks"])
        if marks & with_bits != with_bits or marks & without_bits or not _has(measure, row):
            continue
        cell = _cell(row)
        amount = row["entity_count"] if measure.sum is None else row["value_sum"]
        amounts[cell] = amounts.get(cell, 0.0) + _float(amount)
    return amounts


def _distinct(matchers: list[Matcher]) -> list[Matcher]:
    return [m for i, m in enumerate(matchers) if m not in matchers[:i]]


def _has(measure: Measure, row: Mapping[str, object]) -> bool:
    if measure.identified and not row["is_identified"]:
        return False
    least = measure.at_least
    return least is None or (
        _integer(row["session_count"]) >= least.sessions
        and _integer(row["device_count"]) >= least.devices
    )


def _lines(store: Store, measure: Measure, scope: Scope) -> Amounts:
    rows = store.records("4_reports/metric_lines.sql", None, **scope.params)
    return {_cell(row): _float(row[str(measure.outcome)]) for row in rows}


def _hours(store: Store, measure: Measure, scope: Scope) -> Amounts:
    if measure.outcome == "all":
        return {(period, None): float(hours) for period, hours in scope.hours().items()}
    rows = store.records("4_reports/metric_hours.sql", None, **scope.params)
    return {_cell(row): _float(row["hour_count"]) for row in rows}


def _cell(row: Mapping[str, object]) -> Cell:
    period, value = row["period"], row.get("dimension_value")
    return (period if isinstance(period, date) else None, None if value is None else str(value))


def _integer(value: object) -> int:
    return value if isinstance(value, int) else 0


def _float(value: object) -> float:
    return 0.0 if value is None else float(str(value))
