"""A placeholder is no id: it would make one person of all who have it."""

import json
from pathlib import Path

from tests.conftest import Tsa

AT = 1_740_823_200


def lines(*events: dict[str, object]) -> str:
    full = (
        {"event_id": f"e{i}", "event": "x", "timestamp": AT + i} | e for i, e in enumerate(events)
    )
    return "".join(json.dumps(event) + "\n" for event in full)


def users(tsa: Tsa) -> list[tuple[object, object]]:
    found = tsa("sql", "select event_id, user_id from fact_events order by event_id").data
    assert isinstance(found, list)
    return [(row["event_id"], row["user_id"]) for row in found]


def counts(tsa: Tsa, *words: str) -> dict[str, int]:
    data = tsa("ingest", "e.jsonl", *words).data
    assert isinstance(data, dict)
    names = ("read", "inserted", "duplicate", "conflict", "rejected")
    assert data["read"] == sum(data[name] for name in names[1:])
    return {name: data[name] for name in names if data[name]}


def test_a_placeholder_is_no_id(tsa: Tsa, tmp_path: Path) -> None:
    texts = ["undefined", "NULL", "None", "nan", "[object Object]", "Guest"]
    known: list[dict[str, object]] = []
    for i, text in enumerate(texts):
        known += [{"user_id": text, "anonymous_id": f"d{i}"}]
        known += [{"user_id": f"u{i}", "anonymous_id": text}]
    nobody = [{name: text} for text in texts for name in ("user_id", "anonymous_id")]
    both = {"user_id": texts[0], "anonymous_id": texts[1]}
    (tmp_path / "e.jsonl").write_text(lines(*known, *nobody, both))
    assert counts(tsa) == {"read": 25, "inserted": 12, "rejected": 13}
    assert tsa("sessionize").code == 0
    people = [person for i in range(len(texts)) for person in (f"d{i}", f"u{i}")]
    assert users(tsa) == sorted((f"e{at}", person) for at, person in enumerate(people))
    held = tsa("quarantine", "list").data
    assert isinstance(held, list)
    assert [(row["line_number"], row["reason"]) for row in held] == [
        (number, "missing_identity") for number in range(13, 26)
    ]


def test_a_yes_or_no_is_no_id_nor_is_an_empty_list(tsa: Tsa, tmp_path: Path) -> None:
    values: list[object] = [False, True, [], {}, "False"]
    known = [{"user_id": value, "anonymous_id": f"d{i}"} for i, value in enumerate(values)]
    (tmp_path / "e.jsonl").write_text(lines(*known, *({"user_id": value} for value in values)))
    assert counts(tsa) == {"read": 10, "inserted": 5, "rejected": 5}
    assert tsa("sessionize").code == 0
    assert users(tsa) == [(f"e{i}", f"d{i}") for i in range(5)]


def test_a_longer_id_is_none_and_0_is_one_only_where_it_is_said(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text(
        lines({"user_id": 0}, {"user_id": "00"}, {"user_id": "nullx"})
    )
    assert counts(tsa) == {"read": 3, "inserted": 3}
    (tmp_path / "configs").mkdir()
    config = tmp_path / "configs" / "identity.yaml"
    config.write_text('version: 1\nplaceholders: ["0"]\n')
    (tmp_path / "e.jsonl").write_text(
        lines({"user_id": 0, "event_id": "n0"}, {"user_id": "00", "event_id": "n1"})
    )
    assert counts(tsa) == {"read": 2, "inserted": 1, "rejected": 1}


def test_traits_and_consent_beside_a_placeholder_are_the_device_s(tsa: Tsa, tmp_path: Path) -> None:
    told = {"traits": {"plan": "pro"}, "consent": {"marketing": True}, "user_id": "undefined"}
    (tmp_path / "e.jsonl").write_text(lines({**told, "anonymous_id": "d"}, {**told}))
    assert counts(tsa) == {"read": 2, "inserted": 1, "rejected": 1}
    assert tsa("sessionize").code == 0
    who = tsa("sql", "select user_id from dim_users").data
    assert who == [{"user_id": "d"}]


def test_a_line_that_comes_again_is_a_duplicate_whatever_was_an_id_before(
    tsa: Tsa, tmp_path: Path
) -> None:
    (tmp_path / "configs").mkdir()
    config = tmp_path / "configs" / "identity.yaml"
    config.write_text("version: 1\nplaceholders: []\n")
    first = {"user_id": "undefined", "anonymous_id": "d"}
    (tmp_path / "e.jsonl").write_text(lines(first, {"user_id": "visitor", "anonymous_id": "d2"}))
    assert counts(tsa) == {"read": 2, "inserted": 2}
    config.write_text("version: 1\nplaceholders: [visitor, undefined]\n")
    again = lines(first, {"user_id": "visitor", "anonymous_id": "d2"}, {"user_id": "u"})
    (tmp_path / "e.jsonl").write_text(again)
    assert counts(tsa) == {"read": 3, "inserted": 1, "duplicate": 2}


def test_the_first_line_with_an_id_holds_where_one_before_was_nobody_s(
    tsa: Tsa, tmp_path: Path
) -> None:
    same = {"event_id": "same"}
    sent = [
        {"user_id": "null", **same},
        {"user_id": "u", **same, "timestamp": AT},
        {"user_id": "null", **same},
    ]
    (tmp_path / "e.jsonl").write_text(lines(*sent))
    assert counts(tsa) == {"read": 3, "inserted": 1, "rejected": 2}


def test_the_plan_is_not_asked_of_a_line_whose_ids_are_placeholders(
    tsa: Tsa, tmp_path: Path
) -> None:
    (tmp_path / "configs").mkdir()
    plan = "version: 1\nevents: {x: {policy: quarantine, required: [price]}}\n"
    (tmp_path / "configs" / "events.yaml").write_text(plan)
    whole = {"user_id": "u", "properties": {"price": 1}}
    (tmp_path / "e.jsonl").write_text(
        lines({"user_id": None}, {"user_id": "undefined"}, {"user_id": "u"}, whole)
    )
    assert counts(tsa) == {"read": 4, "inserted": 1, "rejected": 3}
    held = tsa("quarantine", "list").data
    assert isinstance(held, list)
    assert [row["reason"] for row in held] == [
        "missing_identity", "missing_identity", "required_missing"
    ]  # fmt: skip
