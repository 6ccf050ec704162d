"""
The flat forms of `tsa retention` on one small log, byte for byte, and what it warns of.

After a change that is meant, run this file with TSA_WRITE_GOLDEN=1 and read the difference.
"""

import json
from datetime import datetime, timedelta

import pytest
from tests.cli.conftest import ShopOf
from tests.conftest import Tsa
from tests.golden import differing

START = datetime(2026, 3, 1, 9)
CONFIG = """\
version: 1
bucket: day
periods: 3
cohorts: 4
"""
# user and the days, from START, on which they were there
HISTORY = (
    ("ann", (0, 1, 2, 4)),
    ("ben", (0,)),
    ("cat", (1, 2, 3)),
    ("dan", (1, 3)),
    ("eve", (2, 4)),
    ("=1+1", (4,)),
)
COMMANDS = {
    "retention.csv": ("retention", "daily"),
    "retention.jsonl": ("retention", "daily"),
    "retention.md": ("retention", "daily"),
    "retention_lifecycle.csv": ("retention", "daily", "--lifecycle"),
    "retention_stickiness.csv": ("retention", "daily", "--stickiness"),
}
LEFT_OUT = "daily: 2 users in earlier cohorts are left out: --since 2026-03-01 shows them"


@pytest.fixture
def shop(shop_of: ShopOf) -> Tsa:
    lines = [
        {
            "event_id": f"{user}-{day}",
            "event": "page_viewed",
            "timestamp": (START + timedelta(days=day)).isoformat() + "Z",
            "user_id": user,
        }
        for user, days in HISTORY
        for day in days
    ]
    return shop_of("retention/daily.yaml", CONFIG, map(json.dumps, lines))


def test_each_report_has_its_exact_form(shop: Tsa) -> None:
    assert differing(shop, COMMANDS) == []


def test_users_of_earlier_cohorts_are_named_until_they_are_asked_for(shop: Tsa) -> None:
    ran = shop("retention", "daily", "--format", "json")
    assert ran.envelope["warnings"] == [LEFT_OUT]
    assert LEFT_OUT in ran.err
    assert shop("retention", "daily", "--since", "2026-03-01").envelope["warnings"] == []


def test_the_means_are_rows_and_a_cell_that_has_not_begun_has_no_rate(shop: Tsa) -> None:
    rows = [
        json.loads(line)
        for line in shop("retention", "daily", "--format", "jsonl").out.splitlines()
    ]
    data = shop("retention", "daily", "--format", "json").data
    assert isinstance(data, dict)
    means = [row for row in rows if row["cohort"] == "(all)"]
    assert [(m["size"], m["returned"], m["rate"], m["ci_low"]) for m in means] == [
        (p["n"], p["returned"], p["rate"], p["ci_low"]) for p in data["pooled"]
    ]
    last = [row for row in rows if row["cohort"] == "2026-03-05"]
    assert [row["rate"] for row in last] == [1.0, None, None]


@pytest.mark.parametrize("view", [(), ("--lifecycle",), ("--stickiness",)])
def test_a_time_without_events_is_said(shop: Tsa, view: tuple[str, ...]) -> None:
    ran = shop("retention", "daily", "--as-of", "2019-12-31", *view, "--format", "json")
    assert ran.code == 0
    assert ran.envelope["warnings"] == ["no event in the asked time"]
    flat = shop("retention", "daily", "--as-of", "2019-12-31", "--format", "csv").out
    assert len(flat.splitlines()) == 1  # the header: no cohort, no mean
