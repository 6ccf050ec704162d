"""Targets, lines of files, and metrics that cannot be judged."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.steps.reports.conftest import Event, Given
from tests.steps.reports.measured import config_of, rows_of

from tsa_cli.config.catalog import load_file
from tsa_cli.config.metrics import MetricsConfig
from tsa_cli.errors import ConfigError

GivenEvents = Callable[[Sequence[Event]], Given]
START = datetime(2024, 3, 25)
SHIPPED = Path(__file__).parents[3] / "configs" / "metrics.yaml"


@pytest.fixture(scope="module")
def shipped() -> MetricsConfig:
    return load_file(MetricsConfig, SHIPPED)


@pytest.mark.parametrize(
    ("target", "direction", "ok"),
    [
        ("< 0.5", "down", False), ("<= 0.5", "down", True), (0.5, "down", True),
        (0.5, "up", True), ("> 0.5", "up", False), ("> 0.49", "none", True), (None, "up", None),
    ],
)  # fmt: skip
def test_a_target_is_judged_at_its_bound(
    given: GivenEvents, target: object, direction: str, ok: bool | None
) -> None:
    events = [Event("a", START, "booking_completed"), Event("b", START, "page_viewed")]
    booked = {"count": "sessions", "with": {"event": "booking_completed"}}
    config = config_of(
        booked, {"count": "sessions"}, target=target, direction=direction, min_n=2, unit="share"
    )
    [row] = rows_of(given(events), config)["m"]
    assert (row.value, row.ok) == (0.5, ok)
    assert row.ci_low == pytest.approx(0.0945, abs=1e-4)


def test_too_few_for_min_n_judges_nothing(given: GivenEvents) -> None:
    config = config_of({"count": "sessions"}, {"count": "sessions"}, target="< 0.5", min_n=2)
    [row] = rows_of(given([Event("a", START, "x")]), config)["m"]
    assert (row.value, row.target, row.ok) == (1.0, 0.5, None)


def test_a_value_is_its_numerator_by_its_denominator_whatever_the_order_of_adding(
    given: GivenEvents,
) -> None:
    tenths = {"a": 1, "b": 2, "c": 3}
    events = [
        Event(device, START + timedelta(milliseconds=100 * length), "x")
        for device, last in tenths.items()
        for length in (0, last)
    ]
    lengths = {"sum": "duration_seconds"}
    [row] = rows_of(given(events), config_of(lengths, {"count": "sessions"}, unit="seconds"))["m"]
    assert (row.numerator, row.value) == (0.6, 0.6 / 3)  # 0.1 + 0.2 + 0.3 is 0.6000000000000001


def test_an_empty_denominator_has_no_value(given: GivenEvents) -> None:
    config = config_of({"count": "sessions"}, {"count": "sessions", "with": {"event": "nothing"}})
    [row] = rows_of(given([Event("a", START, "x")]), config)["m"]
    assert (row.value, row.ok, row.ci_low) == (None, None, None)


def test_lines_are_judged_once_and_duplicates_not_again(
    given: GivenEvents, shipped: MetricsConfig
) -> None:
    store = given([Event("a", START, "page_viewed")])
    files = pl.DataFrame(
        {
            "load_id": [1, 2], "run_id": "r", "path": "f", "source": "native", "sha256": "x",
            "size_bytes": 1, "status": "ingested", "read_count": [100, 50],
            "inserted_count": [90, 0], "duplicate_count": [0, 45], "conflict_count": [2, 0],
            "rejected_count": [8, 5], "ingested_at": [START, START],
            "left_bytes": 0,
        }
    )  # fmt: skip
    store.store.insert("ingested_files", files)
    held = {
        "source_file": "f", "line_number": range(15), "reason": "invalid_json", "raw": "{",
        "ingested_at": START, "load_id": 1, "source": "native",
    }  # fmt: skip
    store.store.insert("quarantined_events", pl.DataFrame(held))
    plan = {
        "load_id": 1, "event_type": ["x", "y", "(refused)"], "total": [55, 30, 3],
        "violating": [1, 2, 3],
    }  # fmt: skip
    store.store.insert("plan_results", pl.DataFrame(plan))
    [row] = rows_of(store, shipped, names=["event_validation_rate"])["event_validation_rate"]
    assert (row.numerator, row.denominator, row.ok) == (87, 105, False)
    [day] = rows_of(store, shipped, names=["event_validation_rate"], grain="day")[
        "event_validation_rate"
    ]
    assert (day.period, day.denominator) == ("2024-03-25", 105)


def test_an_unknown_metric_lists_the_known_ones(given: GivenEvents, shipped: MetricsConfig) -> None:
    store = given([Event("a", START, "x")])
    with pytest.raises(ConfigError, match="no metric named 'bounce'") as caught:
        rows_of(store, shipped, names=["bounce"])
    assert "bounce_rate" in caught.value.hint
