"""What is stored of a trait, under each policy, with and without a key."""

import pytest

from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.errors import ConfigError, DataError
from tsa_cli.privacy.field_crypto import (
    Keys,
    decrypt_field,
    encrypt_field,
    keys_from,
    pseudonym,
    sha256_hex,
)
from tsa_cli.privacy.traits import DERIVED_KEYS, protect_trait

KEYS = keys_from({"TSA_KEY": "00" * 32})
POLICY = PrivacyConfig(default_country="US")


def test_with_a_key_an_email_is_encrypted_beside_its_platform_hashes():
    stored = protect_trait("email", " A.Nn@Gmail.com", POLICY, KEYS)
    assert decrypt_field(KEYS.encryption, "email", stored["email"]) == " A.Nn@Gmail.com"
    assert stored["email_sha256"] == "sha256:" + sha256_hex("a.nn@gmail.com")
    assert stored["email_sha256_google"] == "sha256:" + sha256_hex("ann@gmail.com")


def test_without_a_key_the_hash_of_the_normal_form_is_stored():
    stored = protect_trait("phone", "(800) 555-0100", POLICY, Keys())
    assert stored == {
        "phone": "sha256:" + sha256_hex("+18005550100"),
        "phone_sha256_e164": "sha256:" + sha256_hex("+18005550100"),
        "phone_sha256_digits": "sha256:" + sha256_hex("18005550100"),
    }


@pytest.mark.parametrize("action", ["hash", "encrypt", "drop"])
@pytest.mark.parametrize("keys", [KEYS, Keys()])
@pytest.mark.parametrize("field", ["email", "phone", "first_name", "last_name", "passport"])
@pytest.mark.parametrize("value", ["Ann.Smith@gmail.com", "+49 30 901820", "Dr. Ann O'Hara", "?"])
def test_no_policy_lets_clear_text_through(action, keys, field, value):
    policy = PrivacyConfig(pii={field: action})
    stored = protect_trait(field, value, policy, keys)
    assert (stored == {}) == (action == "drop")
    for key, text in stored.items():
        assert key == field or key in DERIVED_KEYS
        assert text.startswith(("enc:v1:", "sha256:")), text
        assert value.lower() not in text.lower() or value == "?"


def test_a_value_that_no_platform_can_match_leaves_no_platform_hash():
    assert set(protect_trait("email", "not an address", POLICY, Keys())) == {"email"}


def test_a_name_that_the_platforms_write_alike_is_hashed_once():
    assert set(protect_trait("first_name", "Ann", POLICY, Keys())) == {
        "first_name",
        "first_name_sha256",
    }
    assert "last_name_sha256_meta" in protect_trait("last_name", "O'Hara", POLICY, Keys())


def test_other_traits_keep_their_text_or_their_json():
    assert protect_trait("plan", "gold", POLICY, Keys()) == {"plan": "gold"}
    assert protect_trait("visits", 3, POLICY, Keys()) == {"visits": "3"}
    assert protect_trait("tags", ["a", "ü"], POLICY, Keys()) == {"tags": '["a", "ü"]'}
    assert protect_trait("plan", None, POLICY, Keys()) == {}
    assert protect_trait("postalCode", "12345", POLICY, Keys()) == {"zip": "12345"}


def test_an_alias_of_a_personal_field_is_protected_too():
    assert set(protect_trait("emailAddress", "a@b.de", POLICY, Keys())) == {"email", "email_sha256"}


def test_one_alias_cannot_stand_for_two_fields():
    with pytest.raises(ValueError, match="'mail' stands for email and phone"):
        PrivacyConfig(trait_aliases={"email": ("mail",), "phone": ("mail",)})


def test_a_sealed_value_opens_only_with_its_key_for_its_field_and_unchanged():
    sealed = encrypt_field(bytes(32), "email", "ann@shop.de")
    assert sealed != encrypt_field(bytes(32), "email", "ann@shop.de")
    assert decrypt_field(bytes(32), "email", sealed) == "ann@shop.de"
    other = "A" if sealed[-6] != "A" else "B"
    for key, field, text in (
        (b"1" * 32, "email", sealed),
        (bytes(32), "phone", sealed),
        (bytes(32), "email", sealed[:-6] + other + sealed[-5:]),
        (bytes(32), "email", "enc:v1:"),
    ):
        with pytest.raises(DataError, match="cannot be decrypted"):
            decrypt_field(key, field, text)


def test_a_key_is_32_bytes_or_a_passphrase_and_is_never_shown():
    assert keys_from({}) == Keys(None, None)
    assert keys_from({"TSA_KEY": "00" * 32}).encryption == bytes(32)
    assert keys_from({"TSA_KEY": "A" * 43 + "="}).encryption == bytes(32)
    long = keys_from({"TSA_KEY": "correct horse battery"}).encryption
    assert long == keys_from({"TSA_KEY": "correct horse battery"}).encryption
    assert len(long or b"") == 32
    assert keys_from({"TSA_KEY": "_" * 42 + "8="}).encryption == b"\xff" * 32
    assert len(keys_from({"TSA_KEY": "8letters"}).encryption or b"") == 32
    with pytest.raises(ConfigError, match="TSA_KEY") as error:
        keys_from({"TSA_KEY": "secrets"})
    assert "secrets" not in str(error.value)
    assert "0000" not in repr(KEYS)


def test_a_pseudonym_depends_on_the_salt():
    assert pseudonym(b"a", "u1") == pseudonym(b"a", "u1") != pseudonym(b"b", "u1")
