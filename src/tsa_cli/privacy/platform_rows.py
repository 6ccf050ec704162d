"""
One person as a row of the file that an ad or e-mail platform takes.

A row is None where the platform could match nothing. Ad platforms get hashes only (and what they
want in clear: country and postal code for Google); the e-mail platform gets the address itself.
source  Google Ads help 7659867: headers are English everywhere, a column may repeat, an address
        counts only when all four of its parts are there. Meta help 2082575038703844
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tsa_cli.csv_cells import guarded_text
from tsa_cli.errors import DataError
from tsa_cli.privacy import normalise
from tsa_cli.privacy.field_crypto import ENCRYPTED, HASHED, Keys, decrypt_field, sha256_hex

GOOGLE_HEADER = ("Email", "Phone", "First Name", "Last Name", "Country", "Zip")
META_HEADER = (
    "email", "phone", "fn", "ln", "ct", "st", "zip", "country",
    "dob", "doby", "gen", "age", "madid", "uid", "value",
)  # fmt: skip
EMAIL_HEADER = ("email", "first_name", "last_name", "user_id")

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Contact:
    """
    A person and the stored values of their traits, by trait key (see `privacy.traits`).

    `ids` are all that the person was seen under, `user_id` is the one that stands for them;
    `reached` are the stored forms of every e-mail and phone number that they ever told.
    """

    user_id: str
    traits: Mapping[str, str]
    ids: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()

    def digest(self, *keys: str) -> str:
        """The hex of the first of `keys` that holds a hash; "" when none does."""
        for key in keys:
            text = self.traits.get(key, "")
            if text.startswith(HASHED) and _SHA256.fullmatch(text.removeprefix(HASHED)):
                return text.removeprefix(HASHED)
        return ""

    def plain(self, key: str) -> str:
        """The value of a trait that is stored as it is; "" for a protected or absent one."""
        text = self.traits.get(key, "")
        return "" if text.startswith((HASHED, ENCRYPTED)) else text


def google_row(contact: Contact, default_country: str | None) -> dict[str, str] | None:
    """
    The cells by `GOOGLE_HEADER`, and "Gmail" with Google's second form of a Gmail address.

    Both forms are sent where they differ, since Google's own documents disagree on which it is.
    """
    row = {
        "Email": contact.digest("email_sha256"),
        "Gmail": contact.digest("email_sha256_google", "email_sha256"),
        "Phone": contact.digest("phone_sha256_e164"),
    }
    address = {
        "First Name": contact.digest("first_name_sha256"),
        "Last Name": contact.digest("last_name_sha256"),
        "Country": normalise.country_code(contact.plain("country"), default_country) or "",
        "Zip": guarded_text(normalise.google_zip(contact.plain("zip")) or ""),
    }
    if not all(address.values()):
        address = dict.fromkeys(address, "")
    row |= address
    return row if row["Email"] or row["Phone"] or row["Zip"] else None


def google_table(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    """
    Header and cells; a second Email column stands first where any Gmail address has two forms.

    The last Email column is the address as typed (trimmed, lower case) for everyone.
    """
    emails = ("Gmail", "Email") if any(r["Gmail"] != r["Email"] for r in rows) else ("Email",)
    header = ("Email",) * (len(emails) - 1) + GOOGLE_HEADER
    keys = emails + GOOGLE_HEADER[1:]
    return [header, *(tuple(row[key] for key in keys) for row in rows)]


def meta_row(contact: Contact, default_country: str | None) -> dict[str, str] | None:
    """The cells by `META_HEADER`; everything is hashed but what Meta wants in clear."""
    country = normalise.country_code(contact.plain("country"), default_country)
    row = dict.fromkeys(META_HEADER, "") | {
        "email": contact.digest("email_sha256"),
        "phone": contact.digest("phone_sha256_digits"),
        "fn": contact.digest("first_name_sha256_meta", "first_name_sha256"),
        "ln": contact.digest("last_name_sha256_meta", "last_name_sha256"),
        "ct": _hashed(normalise.meta_city(contact.plain("city"))),
        "st": _hashed(normalise.meta_state(contact.plain("state"), country)),
        "zip": _hashed(normalise.meta_zip(contact.plain("zip"), country)),
        "country": _hashed(country.lower() if country else None),
    }
    has_person = row["fn"] and row["ln"] and (row["zip"] or row["ct"]) and row["country"]
    return row if row["email"] or row["phone"] or has_person else None


def email_row(contact: Contact, keys: Keys) -> dict[str, str] | None:
    """
    The cells by `EMAIL_HEADER`; None without an address that can be read with `keys`.

    DataError when the address is encrypted under another key; a name that is, is left out.
    """
    address = normalise.normalise_email(_clear(contact, "email", keys))
    if address is None:
        return None
    names = {key: guarded_text(_name(contact, key, keys)) for key in EMAIL_HEADER[1:3]}
    return {"email": guarded_text(address), **names, "user_id": guarded_text(contact.user_id)}


def _name(contact: Contact, key: str, keys: Keys) -> str:
    try:
        return _clear(contact, key, keys)
    except DataError:
        return ""


def _clear(contact: Contact, key: str, keys: Keys) -> str:
    stored = contact.traits.get(key, "")
    if not stored.startswith(ENCRYPTED):
        return contact.plain(key)
    return decrypt_field(keys.encryption, key, stored) if keys.encryption else ""


def _hashed(normal: str | None) -> str:
    return sha256_hex(normal) if normal else ""
