"""Personal values leave the properties of events before they are stored; nothing else changes."""

import json
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.test_ledger import counts
from tests.stored import table, worded
from tsa_cli.config.events import EventsConfig, PlannedEvent
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.privacy.field_crypto import Keys, sha256_hex
from tsa_cli.steps.ingest import rows
from tsa_cli.store import Store

EMAIL = f"sha256:{sha256_hex('b@x.de')}"
SENT = {
    "page_location": "https://s/?email=b@x.de",
    "contact": {"phone": 4917012, "note": "b@x.de"},
    "booking_id": "b@x.de",
    "price": 5,
}

NOT_PERSONAL = {"mobile": True, "mail": "", "$phone": "iPhone 12", "phone": {"brand": "X"}}


def lines(path: Path, *events: dict[str, Any]) -> Path:
    """A file of native lines; each event without an id is known by its content."""
    base = {"event": "x", "timestamp": "2026-05-01T10:00:00Z", "user_id": "ann@x.de"}
    path.write_text("".join(json.dumps(base | event) + "\n" for event in events))
    return path


@pytest.mark.parametrize("event_id", [{"event_id": "e"}, {}], ids=["with an id", "without"])
def test_an_event_is_clean_and_still_the_same_event_when_read_again(
    store: Store, do_ingest: Ingest, tmp_path: Path, event_id: dict[str, str]
) -> None:
    sent: list[dict[str, Any]] = [{"properties": SENT, **event_id}, {"properties": {"n": 1}}]
    path = lines(tmp_path / "a.jsonl", *sent, sent[0])
    keys = Keys(encryption=bytes(32))
    assert counts(do_ingest(path, keys=keys).files[0]) == (3, 2, 1, 0, 0)
    assert counts(do_ingest(path, keys=keys, is_forced=True).files[0]) == (3, 0, 3, 0, 0)
    row, plain = sorted(table(store, "from events"), key=lambda row: -len(row["properties"]))
    assert json.loads(row["properties"]) == {
        "page_location": "https://s/?email=(redacted)",
        "contact": {"phone": f"sha256:{sha256_hex('4917012')}", "note": EMAIL},
        "booking_id": EMAIL,
        "price": 5,
    }
    assert (row["booking_id"], row["price"]) == (EMAIL, "5")
    assert plain["properties"] == '{"n":1}'
    assert {row["user_id"] for row in worded(store, "user_id")} == {"ann@x.de"}  # kept: an id


@pytest.mark.parametrize("policy", ["warn", "quarantine"])
@pytest.mark.parametrize("count", [1, 2], ids=["new", "the first of a repeated id"])
def test_the_plan_judges_what_was_sent(
    store: Store,
    do_ingest: Ingest,
    tmp_path: Path,
    count: int,
    policy: Literal["warn", "quarantine"],
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(rows, "BATCH_ROWS", 2)
    email = {"email": "b@x.de"}  # leaves the properties for the traits, but was sent
    sent = {"event_id": "e", "properties": {"c": {"phone": 1}, "booking_id": "b@x.de", **email}}
    plain = {"event_id": "p", "properties": {"c": {}, "booking_id": "z", **email}}
    properties = {"c": "object", "booking_id": {"enum": ["b@x.de", "z"]}, "email": "string"}
    planned = PlannedEvent(required=["email"], properties=properties, policy=policy)
    path = lines(tmp_path / "a.jsonl", *[sent, plain] * count)
    do_ingest(path, plan=EventsConfig(events={"x": planned}))
    assert len(table(store, "from events")) == 2
    assert table(store, "from plan_violations") == []


@pytest.mark.parametrize("event_id", [{"event_id": "e"}, {}], ids=["with an id", "without"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"ip": "keep"}, {"pii": {"vat": "hash"}}),
        ({"ip": "keep"}, {"pii": {"vat": "drop"}, "ip": "drop"}),
        ({}, {"ip": "drop"}),
    ],
    ids=["hash and truncate", "drop", "drop addresses"],
)
def test_what_was_stored_when_less_was_personal_is_no_other_content(
    do_ingest: Ingest,
    tmp_path: Path,
    event_id: dict[str, str],
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    vat = {"vat": "DE1", "n": 1}
    events = [
        {"properties": {"a": vat}, **event_id},
        {"properties": vat, **{key: value + "2" for key, value in event_id.items()}},
        {"vat": "DE1", **{key: value + "3" for key, value in event_id.items()}},
        {
            "page_url": "/?vat=DE1", "referrer_url": "/?vat=DE1",
            **{key: value + "4" for key, value in event_id.items()},
        },
    ]  # fmt: skip
    path = lines(tmp_path / "a.jsonl", *[{"ip": "8.8.8.8", **event} for event in events])
    do_ingest(path, privacy=PrivacyConfig(**before))
    [report] = do_ingest(path, privacy=PrivacyConfig(**after), is_forced=True).files
    assert counts(report) == (len(events), 0, len(events), 0, 0)


@pytest.mark.parametrize(
    "second",
    [{"ip": "9.9.9.9"}, {"properties": {"email": "x"}}, {"page_url": "/b"}, {"user_agent": "b"}],
    ids=str,
)
def test_another_address_or_value_under_one_id_is_other_content(
    do_ingest: Ingest, tmp_path: Path, second: dict[str, Any]
) -> None:
    first = {"event_id": "e", "ip": "8.8.8.8", "properties": {}}
    [report] = do_ingest(lines(tmp_path / "a.jsonl", first, {**first, **second})).files
    assert counts(report) == (2, 1, 0, 1, 0)


def test_traits_are_known_by_their_marked_names_and_clean_inside(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    traits = {"address": {"email": "b@x.de", "city": "Bonn"}, "site": "/?email=b", "n": 1.5}
    do_ingest(
        lines(
            tmp_path / "a.jsonl",
            {"traits": traits, "properties": {"$email": "b@x.de", **NOT_PERSONAL}},
        )
    )
    assert {row["key"]: row["value"] for row in table(store, "from user_traits")} == {
        "address": json.dumps({"email": EMAIL, "city": "Bonn"}),
        "site": "/?email=(redacted)",
        "n": "1.5",
        "email": EMAIL,
        "email_sha256": EMAIL,
    }
    [stored] = table(store, "select properties from events")
    assert json.loads(stored["properties"]) == NOT_PERSONAL
