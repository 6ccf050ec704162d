"""
The machine forms of `tsa funnel`, `explain` and `metrics` on one small log, byte for byte.

After a change that is meant, run this file with TSA_WRITE_GOLDEN=1 and read the difference.
"""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import ShopOf, lines_of
from tests.conftest import Tsa
from tests.golden import differing

FUNNEL = """\
version: 1
window: 1h
steps:
  - {name: Quote, event: price_checked}
  - {name: "Form | <b>", event: form_opened, optional: true}
  - {name: Booking, event: booking_started}
  - {name: Booked, event: booking_completed, within: 30m}
exclude: [{event: booking_cancelled, after: 1, before: 3}]
breakdown: {by: properties.device, value: first}
abandonment: {reason: no_booking, step: 1, completes: 4, window: 30m}
"""
NAMES = {
    "q": "price_checked",
    "f": "form_opened",
    "s": "booking_started",
    "b": "booking_completed",
    "x": "booking_cancelled",
    "p": "page_viewed",
}
# user, device, minutes after nine and events
HISTORY = (
    ("ann", "mobile", 0, "pqfsb"),
    ("ben", "desktop", 0, "qqsp"),
    ("ben", "desktop", 1500, "qb"),
    ("cat", "mobile", 90, "qfppp"),
    ("dan", None, 1490, "qsb"),
    ("eve", "=1+1", 1530, "qs"),
    ("fay", "mobile", 1531, "p"),
)
DIVIDED = ("booking_conversion_rate", "cart_abandonment_rate", "data_collection_rate")
COMMANDS = {
    "funnel.json": ("funnel", "quote", "--trend", "day", "--after-drop"),
    "funnel.csv": ("funnel", "quote"),
    "funnel.jsonl": ("funnel", "quote"),
    "funnel.md": ("funnel", "quote"),
    "funnel_trend.csv": ("funnel", "quote", "--trend", "day"),
    "funnel_after_drop.md": ("funnel", "quote", "--after-drop"),
    "explain.json": ("explain", "ben", "--funnel", "quote"),
    "explain.csv": ("explain", "ben", "--funnel", "quote"),
    "explain.md": ("explain", "eve", "--funnel", "quote"),
    "metrics.json": ("metrics", "--by", "properties.device"),
    "metrics.csv": ("metrics",),
    "metrics.md": ("metrics",),
    "metrics_days.csv": ("metrics", *DIVIDED, "--grain", "day"),
    "metrics_cut_day.md": ("metrics", *DIVIDED, "--grain", "day", "--since", "2026-03-01T10:00"),
}


@pytest.fixture
def shop(shop_of: ShopOf) -> Tsa:
    return shop_of("funnels/quote.yaml", FUNNEL, lines_of(HISTORY, NAMES))


def test_each_report_has_its_exact_form(shop: Tsa) -> None:
    assert differing(shop, COMMANDS) == []


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_funnel_fits_the_terminal_and_tells_dropped_from_pending(
    shop: Tsa, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    asked = ("--trend", "day", "--after-drop", "--drivers", "--format", "table")
    shown = shop("funnel", "quote", *asked).out
    assert max(map(len, shown.splitlines())) <= width
    header = shown.splitlines()[1].split()
    assert header[-2:] == ["dropped", "pending"]
    assert "5 entered = 2 converted + 2 dropped + 1 pending" in shown


def test_the_terminal_says_what_is_matured_cut_and_given_up(
    shop: Tsa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    asked = ("--trend", "week", "--until", "2026-03-01", "--format", "table")
    shown = shop("funnel", "quote", *asked).out
    assert "2026-02-23     " in shown  # the week ends with the asked day
    shown = shop("funnel", "quote", "--since", "2026-03-01T09:00:00Z", *asked).out
    assert "2026-02-23 (cut)" in shown
    shown = shop("funnel", "quote", "--trend", "day", "--format", "table").out
    day = next(line for line in shown.splitlines() if line.startswith("2026-03-02"))
    assert day.split() == ["2026-03-02", "(open)", "2", "1", "0", "1", "–", "–"]
    assert (
        "no_booking: Quote, but not Booked within 30m;"
        " of these 2, 2 dropped, 0 converted later, 0 pending" in " ".join(shown.split())
    )


@pytest.mark.parametrize("form", ["csv", "jsonl", "md"])
def test_a_format_with_one_table_refuses_two(shop: Tsa, tmp_path: Path, form: str) -> None:
    both = ("funnel", "quote", "--trend", "week", "--by", "properties.device")
    for asked in (("--format", form), ("--out", f"both.{form}")):
        ran = shop(*both, *asked)
        assert ran.code == 2
        assert f"--by and --trend: {form} holds one table" in ran.err
        assert "--format json" in ran.err
    assert not (tmp_path / f"both.{form}").exists()
    assert shop(*both, "--format", "json").code == 0


def test_every_time_of_the_json_is_a_column(shop: Tsa) -> None:
    data = shop("funnel", "quote", "--format", "json").data
    assert isinstance(data, list)
    first = json.loads(shop("funnel", "quote", "--format", "jsonl").out.splitlines()[3])
    for key in ("seconds_from_previous", "seconds_from_start"):
        for measure, value in data[0]["steps"][3][key].items():
            assert first[f"{measure}_{key}"] == value
    assert first["matured_rate"] == data[0]["matured"]["rate"]


def test_a_time_without_events_is_said(shop: Tsa) -> None:
    for asked in (("--as-of", "2019-12-31"), ("--since", "2026-03-05"), ("--until", "2025-01-01")):
        ran = shop("funnel", "quote", *asked, "--format", "json")
        assert ran.code == 0
        assert ran.envelope["warnings"] == ["no event in the asked time"]
    assert shop("funnel", "quote", "--format", "json").envelope["warnings"] == []
