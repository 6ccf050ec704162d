"""What lines say of people, as it is stored: each value protected once, equal ones alike."""

from datetime import datetime

import polars as pl
import pytest

from tests.stored import table
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.privacy.field_crypto import Keys
from tsa_cli.steps.ingest import personal
from tsa_cli.steps.ingest.personal import KnownTraits, store_people
from tsa_cli.store import Store, fragment_of

KEYS = Keys(encryption=bytes(32))


def stored_of(
    store: Store, texts: list[str | None], known: KnownTraits
) -> list[tuple[object, ...]]:
    """(anonymous_id, key, value) in stored order, of one object a person."""
    told = pl.DataFrame(
        {
            "anonymous_id": [f"a{place}" for place in range(len(texts))],
            "user_id": None,
            "event_ts": datetime(2026, 1, 1),
            "traits": texts,
            "consent": None,
            "load_id": 1,
        },
        schema_overrides={"user_id": pl.String, "traits": pl.String, "consent": pl.String},
    )
    with store.lent("streamed_people", told):
        people = fragment_of("1_events/lent_people.sql")
        store_people(store, people, Cleaner(PrivacyConfig(), KEYS), known, len(told))
    found = table(store, "select anonymous_id, key, value from user_traits order by rowid")
    return sorted((tuple(row.values()) for row in found), key=lambda row: str(row[0]))


def test_a_text_and_a_number_that_look_alike_are_each_what_they_are(store: Store) -> None:
    texts = ['{"plan":"1","seats":[1,"ü"]}', '{"plan":1}', '{"plan":true}', '{"plan":"true"}']
    assert stored_of(store, texts, {}) == [
        ("a0", "plan", "1"),
        ("a0", "seats", '[1, "ü"]'),
        ("a1", "plan", "1"),
        ("a2", "plan", "true"),
        ("a3", "plan", "true"),
    ]


@pytest.mark.parametrize("text", ["{}", '{"plan":null}', '{"plan":""}', "[1]", "null", None])
def test_what_says_nothing_leaves_no_row_and_no_gap(store: Store, text: str | None) -> None:
    rows = stored_of(store, [text, '{"plan":"x"}'], {})
    assert rows == [("a1", "plan", "x")]


def test_equal_values_are_encrypted_once_in_all_files_of_a_run(store: Store) -> None:
    known: KnownTraits = {}
    stored_of(store, ['{"email":"a@b.de"}', '{"plan":"x","email":"a@b.de"}'], known)
    rows = stored_of(store, ['{"email":"a@b.de"}', '{"email":"c@b.de"}'], known)
    values = [value for _, key, value in rows if key == "email"]
    assert (len(values), len(set(values))) == (4, 2)


def test_people_in_groups_leave_the_rows_of_all_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [
        {"anonymous_id": f"a{n % 5}", "user_id": "u" if n % 5 < 2 else None, "consent": None,
         "event_ts": datetime(2026, 1, 1, n), "traits": f'{{"plan":"{n // 18}"}}', "load_id": 1}
        for n in range(24)
    ]  # fmt: skip
    told = pl.DataFrame(said, schema_overrides={"consent": pl.String})
    rows = []
    for group_rows in (100, 4):
        monkeypatch.setattr(personal, "GROUP_ROWS", group_rows)
        load = pl.lit(group_rows).alias("load_id")
        with store.lent("streamed_people", told.with_columns(load)):
            people = fragment_of("1_events/lent_people.sql")
            store_people(store, people, Cleaner(PrivacyConfig(), KEYS), {}, len(told))
        found = table(store, f"select * from user_traits where load_id = {group_rows}")
        rows.append(sorted(str({**row, "load_id": 0}) for row in found))
    assert rows[0] == rows[1]
    assert 10 < len(rows[0]) < 24  # of equal neighbours the ends alone


@pytest.mark.parametrize(
    ("said", "granted"),
    [("true", True), ('"granted"', True), ('"Yes"', True), ("1", True), ("false", False),
     ('"denied"', False), ('"FALSE"', False), ("0", False), ("null", None), ('"later"', None)],
)  # fmt: skip
def test_a_no_in_words_is_a_no(store: Store, said: str, granted: bool | None) -> None:
    told = pl.DataFrame(
        {
            "anonymous_id": "a",
            "user_id": "u",
            "event_ts": datetime(2026, 1, 1),
            "traits": None,
            "consent": f'{{"marketing":{said}}}',
            "load_id": 1,
        },
        schema_overrides={"traits": pl.String},
    )
    with store.lent("streamed_people", told):
        people = fragment_of("1_events/lent_people.sql")
        store_people(store, people, Cleaner(PrivacyConfig(), KEYS), {}, len(told))
    found = table(store, "select purpose, granted from consent_events")
    expected = [] if granted is None else [{"purpose": "marketing", "granted": granted}]
    assert found == expected
