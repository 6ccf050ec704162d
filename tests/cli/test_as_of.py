"""Inside of a visit reports show what was known at the moment: nothing that came later."""

import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import Tsa

START = datetime(2026, 5, 1, 9)
NAMES = ["page_viewed", "page_viewed", "price_checked", "page_scrolled", "booking_completed"]


def lines(seed: int) -> list[dict[str, object]]:
    draw = random.Random(seed)
    events: list[dict[str, object]] = []
    for user in range(12):
        clock = START + timedelta(minutes=draw.randrange(60))
        for _ in range(draw.randrange(1, 9)):
            clock += timedelta(minutes=draw.choice([1, 5, 20, 40]))
            page = f"https://fix.example/{draw.choice('abc')}"
            events.append(
                {
                    "event_id": f"e{len(events):03d}", "event": draw.choice(NAMES),
                    "user_id": f"u{user}", "timestamp": clock.isoformat(), "page_url": page,
                }
            )  # fmt: skip
    return events


@pytest.mark.parametrize("bounce", ["prd", pytest.param("ga4", marks=pytest.mark.soak)])
def test_a_visit_that_went_on_counts_as_far_as_it_had_come(
    tsa: Tsa, tmp_path: Path, bounce: str
) -> None:
    events, moment = lines(7), (START + timedelta(minutes=75)).isoformat()
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "sessions.yaml").write_text(f"version: 1\nbounce: {bounce}\n")
    found = []
    for name, known in (("all", events), ("then", [e for e in events if e["timestamp"] <= moment])):  # type: ignore[operator]
        path, db = tmp_path / f"{name}.jsonl", ("--db", str(tmp_path / f"{name}.duckdb"))
        path.write_text("".join(json.dumps(event) + "\n" for event in known))
        assert tsa("ingest", str(path), *db).code == 0
        assert tsa("sessionize", *db).code == 0
        rows = tsa("metrics", "--as-of", moment, *db, "--format", "json").data
        by_exit = ("bounce_rate", "--by", "exit_page")
        rows += tsa("metrics", *by_exit, "--as-of", moment, *db, "--format", "json").data
        visits = []
        for user in sorted({str(event["user_id"]) for event in known}):
            answer = tsa("explain", user, "--as-of", moment, *db, "--format", "json").data
            visits += [
                {key: value for key, value in visit.items() if key != "session_id"}
                for visit in answer["sessions"]["latest"]
            ]
        of_events = [row for row in rows if row["metric"] != "event_validation_rate"]
        found.append((of_events, visits))
    assert found[0] == found[1]
    assert len(found[0][1]) > 6
