"""
Who must never be exported: lines of e-mails, phone numbers, user ids or their SHA-256.

source  definition D51: a suppression list by hash always wins
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tsa_cli.privacy import normalise
from tsa_cli.privacy.field_crypto import sha256_hex
from tsa_cli.privacy.platform_rows import Contact

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_HASHED_KEYS = ("email_sha256", "email_sha256_google", "phone_sha256_e164", "phone_sha256_digits")


@dataclass(frozen=True)
class Suppressions:
    """Ids and hashes to leave out."""

    user_ids: frozenset[str] = field(default_factory=frozenset)
    digests: frozenset[str] = field(default_factory=frozenset)

    def holds(self, contact: Contact) -> bool:
        """True when the person is on the list under any of their identifiers, old ones too."""
        if not self.user_ids and not self.digests:
            return False
        ids = contact.ids | {contact.user_id}
        hashes = {contact.digest(key) for key in _HASHED_KEYS} | set(map(sha256_hex, ids))
        return not (ids.isdisjoint(self.user_ids) and hashes.isdisjoint(self.digests))


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
        if email := normalise.normalise_email(text):
            digests |= {sha256_hex(email), sha256_hex(normalise.google_email(email))}
        if phone := normalise.normalise_phone(text, default_country):
            digests.add(sha256_hex(phone))
    return Suppressions(frozenset(user_ids), frozenset(digests))
