"""Rows for Google, Meta and e-mail, from clear traits to the cells that the platforms take."""

from hashlib import sha256

import pytest

from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.errors import DataError
from tsa_cli.privacy.field_crypto import Keys, keys_from
from tsa_cli.privacy.platform_rows import (
    META_HEADER,
    Contact,
    email_row,
    google_row,
    google_table,
    meta_row,
)
from tsa_cli.privacy.traits import protect_trait

KEYS = keys_from({"TSA_KEY": "11" * 32})
ANN = {
    "email": "A.nn+shop@Gmail.com",
    "phone": "(800) 555-0100",
    "first_name": "Ann",
    "last_name": "O'Hara",
    "zip": "94035-1234",
    "country": "us",
    "city": "Mountain View",
    "state": "CA",
}


def contact(traits, keys=KEYS, country="US"):
    policy, stored = PrivacyConfig(default_country=country), {}
    for key, value in traits.items():
        stored |= protect_trait(key, value, policy, keys)
    return Contact("u1", stored)


def h(text):
    return sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("keys", [KEYS, Keys()])
def test_google_gets_hashes_with_the_plus_and_the_address_in_clear(keys):
    row = google_row(contact(ANN, keys), None)
    assert row["Email"] == h("a.nn+shop@gmail.com")
    assert row["Gmail"] == h("ann@gmail.com")
    assert row["Phone"] == "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30"
    assert (row["First Name"], row["Last Name"]) == (h("ann"), h("o'hara"))
    assert (row["Country"], row["Zip"]) == ("US", "94035-1234")


def test_the_google_header_is_exact_and_email_repeats_only_for_gmail_with_two_forms():
    one = google_row(contact({"email": "b@shop.de"}), "DE")
    assert google_table([one])[0] == (
        "Email", "Phone", "First Name", "Last Name", "Country", "Zip"
    )  # fmt: skip
    table = google_table([one, google_row(contact(ANN), None)])
    assert table[0][:3] == ("Email", "Email", "Phone")
    assert table[1][:2] == (h("b@shop.de"), h("b@shop.de"))
    assert table[2][:2] == (h("ann@gmail.com"), h("a.nn+shop@gmail.com"))
    assert {len(row) for row in table} == {7}


def test_an_address_with_a_part_missing_is_left_out():
    row = google_row(contact({k: v for k, v in ANN.items() if k != "zip"}), None)
    assert [row[k] for k in ("First Name", "Last Name", "Country", "Zip")] == [""] * 4
    assert google_row(contact({"first_name": "Ann", "last_name": "Ho"}), "US") is None


def test_a_country_that_is_not_understood_is_none_and_not_the_default():
    person = contact(ANN | {"country": "Germany", "zip": "10115-01"})
    assert google_row(person, "US")["Country"] == google_row(person, "US")["Zip"] == ""
    row = meta_row(person, "US")
    assert (row["country"], row["zip"]) == ("", h("1011501"))


@pytest.mark.parametrize("keys", [KEYS, Keys()])
def test_meta_gets_hashes_without_the_plus_and_names_without_punctuation(keys):
    row = meta_row(contact(ANN, keys), None)
    assert tuple(row) == META_HEADER
    assert row["phone"] == "92cfdc5fbcd4a20fbe5d3857af6c1aba31762105bba7f21a17155e920653046c"
    assert row["email"] == h("a.nn+shop@gmail.com")
    assert (row["fn"], row["ln"]) == (h("ann"), h("ohara"))
    assert (row["ct"], row["st"]) == (h("mountainview"), h("ca"))
    assert (row["zip"], row["country"]) == (h("94035"), h("us"))
    named = {"state": "New South Wales", "country": "au"}
    assert meta_row(contact(ANN | named, keys), None)["st"] == h("newsouthwales")
    assert meta_row(contact(ANN | {"state": "California"}, keys), None)["st"] == ""


def test_meta_knows_a_person_by_name_country_and_a_city_or_postal_code():
    named = {key: ANN[key] for key in ("first_name", "last_name", "country")}
    assert meta_row(contact(named), None) is None
    for place in ("city", "zip"):
        assert meta_row(contact(named | {place: ANN[place]}), None) is not None


def test_nobody_that_a_platform_cannot_match_becomes_a_row():
    for traits in ({}, {"email": "nonsense"}, {"phone": "12"}, {"country": "DE"}):
        assert google_row(contact(traits), "DE") is None
        assert meta_row(contact(traits), "DE") is None
        assert email_row(contact(traits), KEYS) is None


def test_an_email_is_written_in_clear_only_with_the_key_it_was_stored_with():
    row = email_row(contact(ANN), KEYS)
    assert row == {
        "email": "a.nn+shop@gmail.com", "first_name": "Ann", "last_name": "O'Hara", "user_id": "u1"
    }  # fmt: skip
    assert email_row(contact(ANN), Keys()) is None
    assert email_row(contact(ANN, Keys()), KEYS) is None  # only its hash was ever stored
    with pytest.raises(DataError, match="cannot be decrypted"):
        email_row(contact(ANN), keys_from({"TSA_KEY": "22" * 32}))


def test_no_cell_can_start_a_formula():
    traits = {"email": "=1+1@x.de", "first_name": "=cmd|' /C calc'!A0", "last_name": " @SUM(A1)"}
    row = email_row(contact(traits), KEYS)
    assert all(not cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row.values())
    assert email_row(Contact("-2+3", contact(ANN).traits), KEYS)["user_id"] == "'-2+3"
    evil = {"first_name": "A", "last_name": "B", "zip": "=1+1", "country": "US"}
    assert google_row(contact(evil), None)["Zip"] == "'=1+1"


def test_a_trait_that_merely_looks_like_a_hash_is_not_sent_as_one():
    assert Contact("u", {"email_sha256": "sha256:nothex"}).digest("email_sha256") == ""
    assert Contact("u", {"email_sha256": "A" * 64}).digest("email_sha256") == ""
