"""Lists of events that name what nothing is stored under: who counts by them says so."""

import json
from pathlib import Path

import pytest
from tests.conftest import Once, Tsa

LINE = '{"event": "%s", "timestamp": "2024-01-01T10:00:00Z", "user_id": "u"}\n'
ALIAS = "'PriceChecked' is an alias, name 'price_checked': events are stored under it"


def warnings(tsa: Tsa, *words: str) -> list[str]:
    ran = tsa(*words, "--format", "json")
    assert ran.code == 0, ran.err
    found: list[str] = json.loads(ran.out)["warnings"]
    return found


@pytest.mark.parametrize(
    ("file", "text", "command", "said"),
    [
        ("features.yaml", "price_check_events: [price_checked, coffee_*]", "features", []),
        (
            "features.yaml",
            "price_check_events: [price_cheked]",
            "features",
            ["no event is named 'price_cheked'; did you mean 'price_checked'?"],
        ),
        ("features.yaml", "price_check_events: [PriceChecked]", "features", [ALIAS]),
        (
            "features.yaml",
            "negative_feedback: {events: [zzz_*], rated: [review_submitted]}",
            "features",
            ["no event is named 'zzz_*'"],
        ),
        ("sessions.yaml", "interactive_events: [PriceChecked]", "sessionize", [ALIAS]),
        (
            "events.yaml",
            "derived: [{name: often, when: {event: cofee_drunk}, at_least: 3, per: user},"
            " {name: again, when: {event: often}}]",
            "sessionize",
            [
                "derived: 'often' is computed, into the table derived_events: only what is sent is"
                " looked for",
                "derived: no event is named 'cofee_drunk'; did you mean 'coffee_drunk'?",
            ],
        ),
        ("users.yaml", "service_events: {PriceChecked: 2}", "sessionize", [ALIAS]),
    ],
)  # fmt: skip
def test_a_name_that_finds_nothing_is_told_with_its_file(
    tsa: Tsa, once: Once, tmp_path: Path, file: str, text: str, command: str, said: list[str]
) -> None:
    def build() -> None:
        (tmp_path / "log.jsonl").write_text(LINE % "PriceChecked" + LINE % "coffee_drunk")
        warnings(tsa, "ingest", "log.jsonl")
        assert warnings(tsa, "sessionize") == warnings(tsa, "features") == []

    once("shop", build)
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / file).write_text(f"version: 1\n{text}\n")
    found = warnings(tsa, command)
    assert [one for one in found if one.startswith(file)] == [f"{file}: {one}" for one in said]


def test_features_tell_of_events_that_are_stored_under_what_is_an_alias_by_now(
    tsa: Tsa, tmp_path: Path
) -> None:
    (tmp_path / "log.jsonl").write_text(LINE % "asked_price")
    warnings(tsa, "ingest", "log.jsonl")
    warnings(tsa, "sessionize")
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "events.yaml").write_text(
        "version: 1\nevents: {price_checked: {aliases: [asked_price]}}\n"
    )
    renames = "'asked_price' is 'price_checked' now: `tsa sessionize` renames the stored events"
    assert warnings(tsa, "features") == [renames]
    warnings(tsa, "sessionize")
    assert warnings(tsa, "features") == []
