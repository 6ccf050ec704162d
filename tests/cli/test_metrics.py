"""`tsa metrics` and `tsa check` as they are typed: local days, the terminal, the empty store."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.conftest import ShopOf
from tests.conftest import Ran, Tsa

START = datetime(2025, 3, 1)
CONFIG = """\
version: 1
timezone: America/New_York
metrics:
  - name: checks
    numerator: {count: events, with: {event: price_checked}}
    denominator: {count: events}
  - {name: read, numerator: {count: lines, outcome: new}, denominator: {count: lines, outcome: new}}
"""


@pytest.fixture
def shop(shop_of: ShopOf) -> Tsa:
    """An event every four hours of March 2025, every third a price check; days of New York."""
    lines = [
        {
            "event_id": f"e{i}",
            "event": "price_checked" if i % 5 in (0, i % 7) else "page_viewed",
            "timestamp": (START + timedelta(hours=4 * i)).isoformat() + "Z",
            "anonymous_id": f"a{i % 5}",
        }
        for i in range(31 * 6 + 3)
    ]
    return shop_of("metrics.yaml", CONFIG, map(json.dumps, lines))


def rows_of(ran: Ran) -> list[dict[str, object]]:
    assert ran.code == 0, ran.err
    assert isinstance(ran.data, list)
    return ran.data


def test_a_date_is_a_local_day_of_the_metrics(shop: Tsa) -> None:
    span = ("--since", "2025-03-08", "--until", "2025-03-10")
    rows = rows_of(shop("metrics", "checks", "--grain", "day", *span))
    assert [row["period"] for row in rows] == ["2025-03-08", "2025-03-09", "2025-03-10"]
    assert [row["is_cut"] for row in rows] == [False] * 3
    assert [row["denominator"] for row in rows] == [6, 5, 6]  # the ninth has 23 hours
    [row] = rows_of(shop("metrics", "checks", *span))
    assert (row["period"], row["denominator"]) == ("2025-03-08/2025-03-10", 17)


def test_a_date_is_a_local_day_of_a_retention_report(shop: Tsa, tmp_path: Path) -> None:
    (tmp_path / "configs" / "retention").mkdir()
    report = 'version: 1\ntimezone: America/New_York\nbucket: day\nstart: {event: "*"}\n'
    more = 'return: {event: "*"}\nmode: recurring\nperiods: 2\n'
    (tmp_path / "configs" / "retention" / "local.yaml").write_text(report + more)
    ran = shop("retention", "local", "--since", "2025-03-08", "--until", "2025-03-10")
    assert ran.code == 0, ran.err
    assert isinstance(ran.data, dict)
    held = [cohort["cohort"] for cohort in ran.data["cohorts"] if cohort["size"]]
    assert held == ["2025-03-08", "2025-03-09", "2025-03-10"]


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_says_which_period_it_shows_and_what_that_lacks(
    shop: Tsa, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))

    def shown(*more: str) -> tuple[list[str], str]:
        ran = shop("metrics", "--grain", "week", "--format", "table", *more)
        lines = [line.strip() for line in ran.out.splitlines()]
        assert max(map(len, lines)) <= width
        return lines, next(line for line in lines if line.startswith("checks"))

    lines, checks = shown()
    assert lines[0] == "Week of 2025-03-31 (open)"
    assert "%)" in checks
    assert lines[-2].startswith("read: week of ")
    assert lines[-1] == "in brackets: the change so far, of a week that is not over"

    lines, checks = shown("--until", "2025-03-19")
    assert lines[0] == "Week of 2025-03-17 (cut by --since or --until)"
    assert "%" not in checks

    lines, checks = shown("--until", "2025-03-23")
    assert lines[0] == "Week of 2025-03-17"
    assert "%" in checks
    assert "%)" not in checks


def test_an_empty_store_is_nothing_that_adds_up(tsa: Tsa, empty_store: Path) -> None:
    ran = tsa("check")
    assert (ran.code, ran.out) == (3, "")
    assert "the store holds no event yet" in ran.err


def test_lines_that_were_all_rejected_are_judged_with_a_warning(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"event_id": "1", "event": "x", "timestamp": "never"}\n')
    tsa("ingest", "bad.jsonl", "--source", "native")
    ran = tsa("check")
    assert ran.code == 0, ran.err
    assert ran.envelope["warnings"] == ["no event is stored: no metric could be judged"]


def test_a_target_is_shown_with_the_side_that_is_good(shop: Tsa) -> None:
    (Path("configs") / "metrics.yaml").write_text(
        "version: 1\nmetrics:\n  - name: checks\n    numerator: {count: events}\n"
        '    denominator: {count: events}\n    unit: share\n    target: "<= 0.7"\n'
    )
    head, _, line = shop("metrics", "checks", "--format", "table").out.splitlines()
    assert head.split() == ["metric", "value", "95", "%", "n", "target"]  # no empty columns
    assert line.split()[-3:] == ["<=", "70.0%", "MISSED"]
    checked = shop("check")
    assert checked.code == 1
    assert "misses the target <= 0.7" in checked.err
