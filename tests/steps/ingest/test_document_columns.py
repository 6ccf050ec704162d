"""Documents are read once each; reading every row is the oracle."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.soak import soaked
from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.test_plan import oracle, plan_of, random_events, write
from tests.stored import table
from tsa_cli.steps.ingest import rows
from tsa_cli.store import Store

PROMOTED = ("price", "service_category", "booking_id")


def some_events(seed: int) -> list[dict[str, Any]]:
    """Events of the plan's tests: few documents, some of them with promoted properties."""
    rng = random.Random(seed)
    events = random_events(seed, 300)
    for event in events:
        for name in PROMOTED:
            if rng.random() < 0.3:
                event["properties"][name] = rng.choice((None, 1.50, "1.5", "", 'q"\u00e9', [1]))
    return events


@pytest.mark.parametrize("known", [0, 40], ids=["an empty store", "some ids known"])
@pytest.mark.parametrize("seed", [0, *soaked(range(1, 9))])
def test_columns_and_judgement_hold_over_many_batches(
    store: Store, do_ingest: Ingest, tmp_path: Path, monkeypatch: Any, seed: int, known: int
) -> None:
    monkeypatch.setattr(rows, "BATCH_ROWS", 16)
    monkeypatch.setattr(rows, "FEWEST_BATCH_ROWS", 1)
    events, plan = some_events(seed), plan_of()
    if known:
        do_ingest(write(tmp_path / "first.jsonl", events[:known]), plan=plan)
    repeated = events + events[100:120]
    random.Random(seed).shuffle(repeated)
    [report] = do_ingest(write(tmp_path / "x.jsonl", repeated), plan=plan).files
    assert report.inserted == len(events) - known

    stored = table(store, "select * from events")
    sent = {event["event_id"]: event["properties"] for event in events}
    assert len(stored) == len(events)
    for row in stored:
        told = sent[row["event_id"]]
        filled = {key: value for key, value in told.items() if value is not None}
        assert json.loads(row["properties"]) == filled
        assert [row[name] for name in PROMOTED] == [text_of(told.get(name)) for name in PROMOTED]

    wanted: Counter[tuple[str, str, str]] = Counter()
    for event in events:
        name = "a" if event["event"] in ("A", "Alpha") else event["event"]
        wanted.update((name, *violation) for violation in oracle(event))
    found: Counter[tuple[str, str, str]] = Counter()
    for row in table(store, "from plan_violations"):
        found[(row["event_type"], row["violation"], row["key"])] += row["event_count"]
    assert found == wanted
    [counts] = table(store, "select cast(sum(total) as bigint) as total from plan_results")
    assert counts["total"] == len(events)


def text_of(value: Any) -> str | None:
    """A JSON value as `->>` shows it."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
