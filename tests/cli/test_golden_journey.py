"""
The flat forms of `tsa journey` on one small log, byte for byte, and what its picture says.

After a change that is meant, run this file with TSA_WRITE_GOLDEN=1 and read the difference.
"""

import pytest
from tests.cli.conftest import ShopOf, lines_of
from tests.conftest import Tsa
from tests.golden import differing

from tsa_cli.cli.jobs.journey import Part

JOURNEY = """\
version: 1
unit: event
top: 3
max_steps: 4
patterns: ["price_checked -> .* -> booking_completed"]
"""
NAMES = {
    "q": "price_checked",
    "f": "form | <b>",
    "s": "booking_started",
    "b": "booking_completed",
    "x": "=1+1",
    "p": "page_viewed",
}
# user, device, minutes after nine and events
HISTORY = (
    ("ann", "mobile", 0, "pqfsb"),
    ("ben", "desktop", 0, "qsp"),
    ("ben", "desktop", 1500, "qb"),
    ("cat", "mobile", 90, "pq"),
    ("dan", None, 1490, "qsb"),
    ("eve", "desktop", 1530, "pq"),
    ("fay", "mobile", 1531, "x"),
)
COMPARE = ("--compare", "properties.device=mobile,desktop")
COMMANDS = {
    "journey.csv": (),
    "journey.jsonl": (),
    "journey.md": (),
    "journey_transitions.csv": ("--part", "transitions"),
    "journey_exits.csv": ("--part", "exits"),
    "journey_entries.md": ("--part", "entries"),
    "journey_conversion_paths.csv": ("--part", "conversion_paths"),
    "journey_journey_types.md": ("--part", "journey_types"),
    "journey_patterns.csv": ("--part", "patterns"),
    "journey_step_matrix.csv": ("--part", "step_matrix"),
    "journey_step_matrix.jsonl": ("--part", "step_matrix"),
    "journey_step_matrix.md": ("--part", "step_matrix"),
    "journey_compare.csv": COMPARE,
    "journey_compare.jsonl": COMPARE,
    "journey_compare.md": COMPARE,
    "journey_compare_transitions.csv": (*COMPARE, "--part", "compare_transitions"),
    "journey_compare_step_matrix.csv": (*COMPARE, "--part", "compare_step_matrix"),
    "journey_compare_groups.md": (*COMPARE, "--part", "compare_groups"),
}


@pytest.fixture
def shop(shop_of: ShopOf) -> Tsa:
    return shop_of("journeys/ways.yaml", JOURNEY, lines_of(HISTORY, NAMES))


def test_each_part_has_its_exact_form(shop: Tsa) -> None:
    commands = {name: ("journey", "ways", *options) for name, options in COMMANDS.items()}
    assert differing(shop, commands) == []


def test_every_part_can_be_asked_and_has_rows(shop: Tsa) -> None:
    for part in Part:
        ran = shop("journey", "ways", *COMPARE, "--part", part.value, "--format", "jsonl")
        assert (ran.code, bool(ran.out)) == (0, True), part


def test_a_part_of_a_comparison_needs_one(shop: Tsa) -> None:
    ran = shop("journey", "ways", "--part", "compare")
    assert (ran.code, ran.out) == (2, "")
    assert "--compare" in ran.err


def test_what_is_empty_is_warned_of_in_every_format(shop: Tsa) -> None:
    asked = ("journey", "ways", "--compare", "device_type=moble,desktop")
    warnings = [
        f"ways: no session has device_type={value} at its first event; none has a device_type"
        for value in ("moble", "desktop")
    ]
    assert shop(*asked, "--format", "json").envelope["warnings"] == warnings
    assert f"warning: {warnings[0]}" in shop(*asked, "--format", "csv").err
    early = shop("journey", "ways", "--as-of", "2020-01-01")
    assert early.code == 0
    assert early.envelope["warnings"] == ["ways: no session in the asked time"]
    assert shop("journey", "ways").envelope["warnings"] == []


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_terminal_shows_the_comparison_and_the_step_matrix(
    shop: Tsa, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    shown = shop("journey", "ways", *COMPARE, "--format", "table").out.splitlines()
    assert max(map(len, shown)) <= width
    cells = [line.split() for line in shown]
    assert ["mobile", "3", "3", "33.3%", "6.1%", "–", "79.2%"] in cells
    assert ["path", "mobile", "desktop", "change"] in cells
    assert ["page_viewed", "→", "price_checked", "33.3%", "33.3%", "+0.0", "pp"] in cells
    assert ["state", "1", "2", "3", "4"] in cells
    assert ["price_checked", "42.9%", "42.9%", "0.0%", "0.0%"] in cells
    assert ["(exit)", "0.0%", "14.3%", "57.1%", "85.7%"] in cells


def test_without_a_comparison_the_terminal_shows_none(shop: Tsa) -> None:
    assert "change" not in shop("journey", "ways", "--format", "table").out
