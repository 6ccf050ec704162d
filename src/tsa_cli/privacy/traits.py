"""
What is stored of one trait: personal ones encrypted or hashed, the others as they are.

A personal value that an ad platform can match also leaves the hashes of its platform forms, so
that an export needs no clear text (and works where only hashes were ever stored).
source  definitions D49, D50: which form each platform hashes
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.privacy import normalise
from tsa_cli.privacy.field_crypto import ENCRYPTED, HASHED, Keys, encrypt_field, sha256_hex

DERIVED_KEYS = (
    "email_sha256",
    "email_sha256_google",
    "phone_sha256_e164",
    "phone_sha256_digits",
    "first_name_sha256",
    "first_name_sha256_meta",
    "last_name_sha256",
    "last_name_sha256_meta",
)
# What a value must show to be what its key says: `mobile: true` and "iPhone 12" are no numbers.
EVIDENCE = {
    name: rf"^(?:{HASHED}|{ENCRYPTED})|{pattern}"
    for name, pattern in {"email": r"@|%(?:25)*40", "phone": r"(?:\d\D*){6}"}.items()
}
_PROTECTED = re.compile(rf"{ENCRYPTED}[A-Za-z0-9_=-]+|{HASHED}[0-9a-f]{{64}}")


@dataclass(frozen=True)
class PersonalForms:
    """`normal` is what is stored; `derived` are the platform forms, by the key of their hash."""

    normal: str
    derived: dict[str, str]


def is_protected(text: str) -> bool:
    """Whether the text is encrypted or hashed."""
    return _PROTECTED.fullmatch(text) is not None


def can_be_personal(name: str, value: object) -> bool:
    """False for what cannot be a value of that trait, so that it says nothing of a person."""
    if value is None or value == "" or isinstance(value, bool):
        return False
    pattern = EVIDENCE.get(name)
    if pattern is None:
        return True
    text = value if isinstance(value, str) else json.dumps(value)
    if is_protected(text):
        return True
    # The digits of a pseudonym inside of a text are none of a number.
    return re.search(pattern, _PROTECTED.sub("", text)) is not None


def stored_trait(key: str, value: object, policy: PrivacyConfig, keys: Keys) -> dict[str, str]:
    """What is kept of a trait; one that comes protected (a replayed line) stays, or is dropped."""
    name = policy.trait_key(key)
    if isinstance(value, str) and is_protected(value):
        return {} if policy.pii.get(name) == "drop" else {name: value}
    return protect_trait(key, value, policy, keys)


def protect_trait(key: str, value: object, policy: PrivacyConfig, keys: Keys) -> dict[str, str]:
    """
    The (key, value) pairs to store for one trait as sent; empty when nothing is to be kept.

    A field of `policy.pii` becomes `enc:v1:…` (with a key and policy "encrypt") or
    `sha256:<hex>` of its normal form, plus the platform hashes as `sha256:<hex>`. A value that
    has no normal form is protected as written and leaves no platform hash. Every other trait
    keeps its text, or its JSON when it is no string. Nulls and empty strings are not stored.
    """
    name = policy.trait_key(key)
    if value is None or value == "":
        return {}
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    protection = policy.pii.get(name)
    if protection is None:
        return {name: text}
    if protection == "drop":
        return {}
    forms = personal_forms(name, text, policy.default_country)
    if protection == "encrypt" and keys.encryption is not None:
        own = encrypt_field(keys.encryption, name, text)
        return {name: own} | _hashed(forms.derived)
    return _hashed({name: forms.normal} | forms.derived)


def _hashed(forms: dict[str, str]) -> dict[str, str]:
    """What is stored of each form; a form under several keys is hashed once."""
    hashes: dict[str, str] = {}
    stored = {}
    for key, form in forms.items():
        if form not in hashes:
            hashes[form] = HASHED + sha256_hex(form)
        stored[key] = hashes[form]
    return stored


def personal_forms(name: str, text: str, default_country: str | None) -> PersonalForms:
    """The normal form of a personal value and the platform forms that differ by platform."""
    make = _FORMS.get(name)
    forms = make(text, default_country) if make else None
    return forms or PersonalForms(normal=text.strip(), derived={})


def _email_forms(text: str, default_country: str | None) -> PersonalForms | None:
    normal = normalise.normalise_email(text)
    if normal is None:
        return None
    derived = {"email_sha256": normal}
    if (google := normalise.google_email(normal)) != normal:
        derived["email_sha256_google"] = google
    return PersonalForms(normal, derived)


def _phone_forms(text: str, default_country: str | None) -> PersonalForms | None:
    normal = normalise.normalise_phone(text, default_country)
    if normal is None:
        return None
    derived = {"phone_sha256_e164": normal, "phone_sha256_digits": normal.removeprefix("+")}
    return PersonalForms(normal, derived)


def _name_forms(field: str) -> Callable[[str, str | None], PersonalForms | None]:
    def forms(text: str, default_country: str | None) -> PersonalForms | None:
        google, meta = normalise.google_name(text), normalise.meta_name(text)
        if google is None:
            return None
        derived = {f"{field}_sha256": google}
        if meta is not None and meta != google:
            derived[f"{field}_sha256_meta"] = meta
        return PersonalForms(google, derived)

    return forms


_FORMS: dict[str, Callable[[str, str | None], PersonalForms | None]] = {
    "email": _email_forms,
    "phone": _phone_forms,
    "first_name": _name_forms("first_name"),
    "last_name": _name_forms("last_name"),
}
