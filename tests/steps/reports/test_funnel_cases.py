"""Funnels of other projects' own tests, where those cases lie beside the repository."""

import gzip
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.steps.reports.conftest import Event, Given

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.steps import funnel

CASES = Path(__file__).parents[4] / "shared" / "acceptance" / "open" / "funnels.json.gz"
STRICT_TIES = "clickhouse:strict_increase"
ORDERS = {"ordered": "ordered", "strict": "strict", "unordered": "any"}
OPERATORS = {"exact": "eq", "is_not": "ne", "is_set": "exists", "is_null": "exists"}


def load() -> list[dict]:
    if not CASES.exists():
        return []
    with gzip.open(CASES, "rt", encoding="utf-8") as file:
        return [case for case in json.load(file)["cases"] if is_decided(case)]


def is_decided(case: dict) -> bool:
    """The contract gives this case one meaning, and the case gives its counts."""
    differs = "default" in case["differs_under"] and STRICT_TIES not in case["features"]
    return case["order"] in ORDERS and case["kind"] in ("steps", "levels") and not differs


def matcher(step: dict) -> dict:
    found = []
    for one in step["any_of"]:
        where: dict[str, dict] = {}
        for test in one["properties"]:
            operator = test["operator"]
            value = operator == "is_set" if operator in ("is_set", "is_null") else test["value"]
            key = "properties." + test["key"]
            where.setdefault(key, {})[OPERATORS.get(operator, operator)] = value
        found.append({"event": one["event"] or "*", "where": where})
    return {"any_of": found}


@pytest.mark.skipif(not CASES.exists(), reason=f"{CASES} is not here")
@pytest.mark.parametrize("case", load(), ids=lambda case: case["id"])
def test_counts_equal_those_of_the_case(
    given: Callable[[Sequence[Event]], Given], case: dict
) -> None:
    here = given(
        [
            Event(
                e["person"],
                datetime.fromisoformat(e["timestamp"]),
                e["event"],
                properties=json.dumps(e["properties"]),
            )
            for e in case["events"]
        ]
    )
    rules = FunnelConfig.model_validate(
        {
            "order": ORDERS[case["order"]],
            "window": f"{int(case['window_seconds'])}s",
            "ties": "strict" if STRICT_TIES in case["features"] else "allowed",
            "steps": [{"name": s["name"], **matcher(s)} for s in case["steps"]],
        }
    )
    report = funnel.run(here.store, "case", rules, as_of=here.newest + timedelta(days=1))
    want = case["expected"]["counts"]
    got = [step.count for step in report.steps]
    assert [g for g, w in zip(got, want, strict=True) if w is not None] == [
        w for w in want if w is not None
    ]
