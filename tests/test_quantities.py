"""One thing is no "1 things", in no message of the program."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import Tsa
from tsa_cli.quantities import quantity

LINE = {"event_id": "e", "event": "price_checked", "timestamp": "2025-01-01T10:00:00Z"}
_THINGS = "attempt|event|file|gate|line|link|member|metric|period|row|session|step|target|user"
ONE_OF_MANY = re.compile(rf"\b1 (?:more |newer |older |known )?(?:{_THINGS})s\b|\b1 statements")
SAID_OF_ONE = (
    ("sessionize",),
    ("features",),
    ("funnel",),
    ("funnel", "booking", "--format", "table"),
    ("journey",),
    ("journey", "pages", "--format", "table"),
    ("retention", "--format", "table"),
    ("metrics",),
    ("explain", "ann", "--format", "table"),
    ("check", "--format", "table"),
    ("audiences", "plan", "--format", "table"),
    ("quarantine", "list"),
    ("quarantine", "drop", "-n"),
    ("sql", "select 1; select 2"),
)


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 users"), (1, "1 user"), (2, "2 users"), (1234, "1,234 users")]
)
def test_a_noun_has_the_number_of_its_count(count: int, said: str) -> None:
    assert quantity(count, "user") == said


def test_a_plural_may_be_irregular() -> None:
    said = [quantity(count, "line is held", "lines are held") for count in (1, 2)]
    assert said == ["1 line is held", "2 lines are held"]


def test_no_message_about_one_thing_is_in_the_plural(tsa: Tsa, tmp_path: Path) -> None:
    person = {"user_id": "ann", "anonymous_id": "a"}
    (tmp_path / "1.jsonl").write_text(json.dumps(LINE | person) + "\n{\n")
    said = {"ingest": tsa("ingest", "1.jsonl").err}
    for words in SAID_OF_ONE:
        ran = tsa(*words)
        said[" ".join(words)] = (ran.out if "table" in words else "") + ran.err
    (tmp_path / "2.jsonl").write_text(json.dumps(LINE | person | {"event_id": "f"}) + "\n")
    tsa("ingest", "2.jsonl")
    said["newer"] = tsa("metrics").err
    found = {words: ONE_OF_MANY.findall(text) for words, text in said.items()}
    assert not {words: hits for words, hits in found.items() if hits}
    assert "1 newer event: `tsa sessionize` takes it in" in said["newer"]
    assert "1 line" in said["quarantine drop -n"]
