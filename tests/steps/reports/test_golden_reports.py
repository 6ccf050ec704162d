"""
The machine form of each report on one small history, byte for byte.

After a change that is meant, run this file with TSA_WRITE_GOLDEN=1 and read the difference.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.steps.reports.conftest import Event, Given

from tsa_cli.config.catalog import load_file
from tsa_cli.config.journeys import JourneyConfig
from tsa_cli.config.metrics import MetricsConfig
from tsa_cli.config.retention import RetentionConfig
from tsa_cli.steps import journey, metrics, retention
from tsa_cli.store import Store

GOLDEN = Path(__file__).parent / "golden"
CONFIGS = Path(__file__).parents[3] / "configs"
AS_OF = datetime(2024, 5, 21, 12)


def visit(user: str, start: datetime, *steps: tuple[str, str], device: str) -> list[Event]:
    moments = [start + timedelta(minutes=5 * i) for i in range(len(steps))]
    return [
        Event(user, ts, name, page, device_type=device, properties='{"booking_id": "b1"}')
        for ts, (name, page) in zip(moments, steps, strict=True)
    ]


VIEW, CHECK = ("page_viewed", "/"), ("price_checked", "/pricing")
BEGIN, BOOK = ("booking_started", "/booking"), ("booking_completed", "/booking/done")
HISTORY = [
    *visit("ann", datetime(2024, 5, 1, 9), VIEW, VIEW, CHECK, device="mobile"),
    *visit("ann", datetime(2024, 5, 9, 9), VIEW, BEGIN, BOOK, device="mobile"),
    *visit("ben", datetime(2024, 5, 2, 9), VIEW, CHECK, device="desktop"),
    *visit("ben", datetime(2024, 5, 14, 9), CHECK, device="desktop"),
    *visit("<b>eve</b>", datetime(2024, 5, 20, 9), VIEW, BEGIN, device="desktop"),
]


def journey_of(store: Store) -> object:
    config = load_file(JourneyConfig, CONFIGS / "journeys" / "pages.yaml")
    compare = {"by": "device_type", "values": ["mobile", "desktop"]}
    document = config.model_dump(exclude_unset=True) | {
        "compare": compare,
        "patterns": ["/ -> .* -> (<=10m) -> /booking*"],
        "max_steps": 3,
    }
    config = JourneyConfig.model_validate(document)
    return asdict(journey.run(store, "pages", config, as_of=AS_OF))


def retention_of(store: Store) -> object:
    config = load_file(RetentionConfig, CONFIGS / "retention" / "weekly.yaml")
    reports = [
        step(store, "weekly", config, as_of=AS_OF)
        for step in (retention.run, retention.run_lifecycle, retention.run_stickiness)
    ]
    return [asdict(report) for report in reports]


def metrics_of(store: Store) -> object:
    config = load_file(MetricsConfig, CONFIGS / "metrics.yaml")
    names = [metric.name for metric in config.metrics if metric.name != "event_validation_rate"]
    rows = metrics.run(store, config, names=names, as_of=AS_OF).rows
    rows += metrics.run(store, config, names=["bounce_rate"], grain="week", as_of=AS_OF).rows
    return [asdict(row) for row in rows]


@pytest.mark.parametrize("report", [journey_of, retention_of, metrics_of])
def test_a_report_has_its_exact_form(
    given: Callable[[Sequence[Event]], Given], report: Callable[[Store], object]
) -> None:
    text = json.dumps(report(given(HISTORY).store), indent=1) + "\n"
    path = GOLDEN / f"{report.__name__.removesuffix('_of')}.json"
    if os.environ.get("TSA_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert text == path.read_text()
