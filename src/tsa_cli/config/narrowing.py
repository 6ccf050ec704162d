"""
A report's configuration narrowed by conditions from the command line: `--where device_type=mobile`.

A condition joins the `where` of every matcher that picks events, so that it means what it would
mean in the file, and the configuration's hash tells the two reports apart.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.config.journeys import JourneyConfig
from tsa_cli.config.keys import EVENT_KEYS
from tsa_cli.config.matchers import Matcher, ValueTest, Where
from tsa_cli.config.metrics import Measure, Metric
from tsa_cli.config.named_words import NamedWords
from tsa_cli.config.operands import EQUALS
from tsa_cli.config.retention import RetentionConfig
from tsa_cli.errors import UsageError

if TYPE_CHECKING:
    from tsa_cli.config.catalog import Catalog

Some = TypeVar("Some", bound=Matcher)
_NAME_ONE = "name one that is there, or add it there"
_CONDITION = re.compile(r"([^=<>!]+)(!=|>=|<=|=|>|<)(.*)", re.DOTALL)
_OPERATORS = {"!=": "ne", ">=": "gte", "<=": "lte", "=": "eq", ">": "gt", "<": "lt"}
_LISTS = {"eq": "in", "ne": "not_in"}


def parse_where(conditions: Sequence[str], catalog: "Catalog | None" = None) -> Where:
    """
    The tests of `KEY=VALUE`, `KEY=ONE,OTHER`, `KEY!=VALUE`, `KEY>=10`, …; UsageError else.

    With a `catalog`, also of a channel or segment that its files do not name.
    """
    words = NamedWords(catalog) if catalog else None
    tests: dict[str, dict[str, object]] = {}
    for condition in conditions:
        found = _CONDITION.fullmatch(condition)
        if found is None or not found[1].strip() or not found[3]:
            raise UsageError(f"--where {condition}: not KEY=VALUE", "e.g. device_type=mobile")
        key, operator, value = found[1].strip(), _OPERATORS[found[2]], found[3]
        if operator in _LISTS and "," in value:
            test: dict[str, object] = {_LISTS[operator]: value.split(",")}
        else:
            test = {operator: value}
        if tests.setdefault(key, {}).keys() & test:
            raise UsageError(f"--where {condition}: {key} is asked for twice", "give it once")
        for name, asked in test.items():
            if fault := EVENT_KEYS.misfit(key, name, asked):
                raise UsageError(f"--where {condition}: {fault}", "see `tsa tables`")
            if words and name in EQUALS and key in EVENT_KEYS.columns:
                for word in asked if isinstance(asked, list) else [str(asked)]:
                    if fault := words.fault(key, word):
                        raise UsageError(f"--where {condition}: {fault}", _NAME_ONE)
        tests[key] |= test
    return {key: ValueTest.model_validate(test) for key, test in tests.items()}


def narrowed_funnel(config: FunnelConfig, where: Where) -> FunnelConfig:
    """The funnel of events that meet the conditions, exclusions too."""
    steps = [narrowed(step, where) for step in config.steps]
    exclude = [narrowed(rule, where) for rule in config.exclude]
    return config.model_copy(update={"steps": steps, "exclude": exclude})


def narrowed_retention(config: RetentionConfig, where: Where) -> RetentionConfig:
    """The retention of starts and returns that meet the conditions."""
    own = {"start": narrowed(config.start, where), "return_": narrowed(config.return_, where)}
    return config.model_copy(update=own)


def narrowed_journey(config: JourneyConfig, where: Where) -> JourneyConfig:
    """The journeys through steps that meet the conditions."""
    steps = narrowed(config.steps, where) if config.steps else _alone(where)
    return config.model_copy(update={"steps": steps})


def narrowed_metric(metric: Metric, where: Where) -> Metric | None:
    """The metric of events that meet the conditions; None of lines and hours: they have no keys."""
    parts = (metric.numerator, metric.denominator)
    if any(part.entity in ("lines", "hours") for part in parts):
        return None
    own = [_narrowed_measure(part, where) for part in parts]
    return metric.model_copy(update={"numerator": own[0], "denominator": own[1]})


def narrowed(matcher: Some, where: Where) -> Some:
    """The matcher with further conditions; UsageError when it has one on the same key."""
    for key in where:
        if key in matcher.where:
            raise UsageError(
                f"--where {key}: the configuration has a condition on it", "change it in the file"
            )
    return matcher.model_copy(update={"where": {**matcher.where, **where}})


def _narrowed_measure(measure: Measure, where: Where) -> Measure:
    own: dict[str, object] = {
        "with_": [narrowed(matcher, where) for matcher in measure.with_] or [_alone(where)]
    }
    if least := measure.at_least:
        among = narrowed(least.among, where) if least.among else _alone(where)
        own["at_least"] = least.model_copy(update={"among": among})
    return measure.model_copy(update=own)


def _alone(where: Where) -> Matcher:
    return Matcher(where=dict(where))
