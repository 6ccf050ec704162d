"""A misspelt event name is told; one that is merely not there yet is not."""

from collections.abc import Callable, Sequence

from tests.steps.reports.conftest import Event, Given
from tests.steps.reports.test_funnel import history

from tsa_cli.config.events import EventsConfig
from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.config.metrics import MetricsConfig
from tsa_cli.steps.unknown_events import event_names, warnings_of

Give = Callable[[Sequence[Event]], Given]
PLAN = EventsConfig.model_validate({"events": {"price_checked": {"aliases": ["PriceChecked"]}}})


def funnel(*names: str) -> FunnelConfig:
    steps = [{"name": str(n), "event": name} for n, name in enumerate(names)]
    return FunnelConfig.model_validate({"steps": steps})


def test_a_name_of_neither_store_nor_plan_is_named_with_the_nearest(given: Give) -> None:
    store = given(history("u", "abc")).store
    fine = funnel("a", "price_checked", "PriceChecked")
    assert warnings_of(store, PLAN, [fine]) == []
    [said] = warnings_of(store, PLAN, [fine, funnel("price_chekced", "a")])
    assert said == "no event is named 'price_chekced'; did you mean 'price_checked'?"


def test_a_stored_name_that_became_an_alias_of_an_asked_one_is_told(given: Give) -> None:
    store = given(history("u", "ab")).store
    plan = EventsConfig.model_validate(
        {"events": {"x": {"aliases": ["a"]}, "y": {"aliases": ["b"]}}}
    )
    said = ["'a' is 'x' now: `tsa sessionize` renames the stored events"]
    assert (
        warnings_of(store, plan, [funnel("x")]) == warnings_of(store, plan, [funnel("a")]) == said
    )


def test_a_name_that_is_only_computed_is_told(given: Give) -> None:
    store = given(history("u", "ab")).store
    plan = EventsConfig.model_validate(
        {"events": {"late": {"aliases": ["Late"]}, "a": {}},
         "derived": [{"name": name, "when": {"event": "a"}} for name in ("late", "b")]}
    )  # fmt: skip
    said = "is computed, into the table derived_events: only what is sent is looked for"
    assert warnings_of(store, plan, [funnel("a", "b", "Late")]) == [f"'Late' {said}"]
    assert warnings_of(store, plan, [funnel("late", "a")]) == [f"'late' {said}"]


def test_names_are_found_wherever_a_matcher_stands() -> None:
    config = FunnelConfig.model_validate(
        {
            "steps": [
                {"name": "A", "any_of": [{"event": "a"}, {"any_of": [{"event": "b"}]}]},
                {"name": "B", "event": "*"},
            ],
            "exclude": [{"event": "x", "after": 1}],
        }
    )
    assert list(event_names(config)) == ["a", "b", "x"]
    metric = {
        "name": "m",
        "numerator": {"count": "sessions", "with": [{"event": "c"}]},
        "denominator": {"count": "sessions", "without": {"event": "d"}},
    }
    assert list(event_names(MetricsConfig.model_validate({"metrics": [metric]}))) == ["c", "d"]
