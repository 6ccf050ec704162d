"""
Who must never be exported: lines of e-mails, phone numbers, user ids or their SHA-256.

source  definition D51: a suppression list by hash always wins
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tsa_cli.privacy import normalise
from tsa_cli.privacy.field_crypto import HASHED, sha256_hex
from tsa_cli.privacy.platform_rows import Contact

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
# No id has these: an address with more around it, a cell of a table, the words of a name.
_MORE = re.compile(r"""[@\s",;<>]""")
_TELEPHONE = re.compile(r"\+?[\d()./-]+")
_TELEPHONE_DIGITS = range(7, 16)


@dataclass(frozen=True)
class Suppressions:
    """Ids and hashes to leave out; `default_country` reads the phone numbers of contacts."""

    user_ids: frozenset[str] = field(default_factory=frozenset)
    digests: frozenset[str] = field(default_factory=frozenset)
    default_country: str | None = None

    def holds(self, contact: Contact) -> bool:
        """True when the person is on the list under any of their identifiers, old ones too."""
        if not self.user_ids and not self.digests:
            return False
        ids = contact.ids | {contact.user_id}
        hashes = set(map(sha256_hex, ids))
        for stored in contact.reached:
            hashes |= self._digests(stored)
        return not (ids.isdisjoint(self.user_ids) and hashes.isdisjoint(self.digests))

    def _digests(self, stored: str) -> set[str]:
        if stored.startswith(HASHED):
            return {stored.removeprefix(HASHED)}
        return _address_digests(stored, self.default_country)


def suppressions_of(lines: Iterable[str], default_country: str | None) -> Suppressions:
    """The list; blank lines and those that begin with # are skipped."""
    user_ids: set[str] = set()
    digests: set[str] = set()
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if _SHA256.fullmatch(text):
            digests.add(text.lower())
            continue
        user_ids.add(text)
        digests |= _address_digests(text, default_country)
    return Suppressions(frozenset(user_ids), frozenset(digests), default_country)


def odd_lines(lines: Iterable[str], default_country: str | None) -> list[int]:
    """
    The numbers, from 1, of lines that look like no user id and cannot be read as anything else.

    They are on the list as ids all the same; most likely they stop nobody.
    """
    return [
        number
        for number, line in enumerate(lines, start=1)
        if (text := line.strip())
        and not text.startswith("#")
        and _looks_odd(text)
        and not _address_digests(text, default_country)
    ]


def _looks_odd(text: str) -> bool:
    """Digits alone may be an id; with a leading zero or separators they are a telephone number."""
    if _MORE.search(text):
        return True
    digits = re.sub(r"\D", "", text)
    is_number = _TELEPHONE.fullmatch(text) is not None and len(digits) in _TELEPHONE_DIGITS
    return is_number and (text.startswith("0") or digits != text)


def _address_digests(text: str, default_country: str | None) -> set[str]:
    """The hashes of every form of what may be an e-mail address or a phone number."""
    forms: set[str] = set()
    if email := normalise.normalise_email(text):
        forms |= {email, normalise.google_email(email)}
    if phone := normalise.normalise_phone(text, default_country):
        forms |= {phone, phone.removeprefix("+")}
    return set(map(sha256_hex, forms))
