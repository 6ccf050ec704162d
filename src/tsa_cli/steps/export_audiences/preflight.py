"""
What may leave: consent, suppression and contact data decide, destination by destination.

reads   actors, consent_events, user_traits (through 6_audiences/member_contacts.sql)
source  definitions D49 to D51
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from tsa_cli.config.audiences import AudienceConfig, Destination
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.csv_cells import guarded_text
from tsa_cli.errors import DataError
from tsa_cli.privacy.field_crypto import ENCRYPTED, HASHED, Keys
from tsa_cli.privacy.platform_rows import (
    EMAIL_HEADER,
    META_HEADER,
    Contact,
    email_row,
    google_row,
    google_table,
    meta_row,
)
from tsa_cli.privacy.suppression import Suppressions
from tsa_cli.quantities import quantity
from tsa_cli.store import Store

Table = list[tuple[str, ...]]

FILES: dict[Destination, str] = {
    "csv": "members.csv",
    "google_ads": "google_ads.csv",
    "meta": "meta.csv",
    "email": "email.csv",
}
_HASHED_NOTE = (
    f"e-mail addresses are stored hashed and not in {FILES['email']}: they can be only if TSA_KEY"
    " is set, with `email: encrypt` in privacy.yaml, before their files are read"
)


@dataclass(frozen=True)
class DestinationCount:
    """members = excluded + held_out + not_consented + suppressed + invalid + written."""

    destination: Destination
    members: int
    excluded: int
    held_out: int
    not_consented: int
    suppressed: int
    invalid: int
    written: int


@dataclass(frozen=True)
class Preflight:
    """
    `allowed` are the user ids that may leave; a table (header first) per destination.

    `notes` say what a person should know of the files before sending them anywhere.
    """

    allowed: list[str]
    counts: list[DestinationCount]
    tables: dict[Destination, Table]
    notes: list[str]


@dataclass(frozen=True)
class Rules:
    """What decides, for every audience of one run."""

    privacy: PrivacyConfig
    keys: Keys
    suppressions: Suppressions
    as_of: datetime


def preflight(
    store: Store, name: str, audience: AudienceConfig, members: list[str], excluded: set[str],
    rules: Rules,
) -> Preflight:  # fmt: skip
    """The rows that may leave, and where every other member was left out, first reason first."""
    included = [user_id for user_id in members if user_id not in excluded]
    targeted = [u for u in included if not is_held_out(name, u, audience.holdout)]
    contacts, consented = _contacts(store, targeted, audience, rules)
    agreed = [contact for contact in contacts if contact.user_id in consented]
    kept = [contact for contact in agreed if not rules.suppressions.holds(contact)]
    emails, notes = _emails(kept, rules.keys) if "email" in audience.destinations else ([], [])
    tables = {d: _table(d, kept, emails, rules) for d in audience.destinations}
    counts = [
        DestinationCount(
            destination=destination,
            members=len(members),
            excluded=len(members) - len(included),
            held_out=len(included) - len(targeted),
            not_consented=len(contacts) - len(agreed),
            suppressed=len(agreed) - len(kept),
            invalid=len(kept) - (len(table) - 1),
            written=len(table) - 1,
        )
        for destination, table in tables.items()
    ]
    return Preflight([contact.user_id for contact in kept], counts, tables, notes)


def _emails(contacts: list[Contact], keys: Keys) -> tuple[Table, list[str]]:
    """
    (the rows of who has an address that can be read, notes of the others who have one).

    Addresses of before a change of TSA_KEY are among the others; DataError when all are.
    """
    rows: Table = []
    sealed_count, faults = 0, []
    for contact in contacts:
        sealed_count += contact.traits.get("email", "").startswith(ENCRYPTED)
        try:
            row = email_row(contact, keys)
        except DataError as fault:
            faults.append(fault)
            continue
        if row is not None:
            rows.append(tuple(row[key] for key in EMAIL_HEADER))
    if faults and len(faults) == sealed_count:
        raise faults[0]
    unread_count = len(faults) if keys.encryption else sealed_count
    told = quantity(unread_count, "e-mail address", "e-mail addresses")
    how = "under this TSA_KEY" if keys.encryption else "without TSA_KEY"
    notes = [f"{told} cannot be read {how}: not in {FILES['email']}"] if unread_count else []
    if any(contact.traits.get("email", "").startswith(HASHED) for contact in contacts):
        notes.append(_HASHED_NOTE)
    return rows, notes


def is_held_out(name: str, user_id: str, share: float) -> bool:
    """True for `share` of people, always the same ones of an audience, to measure its effect."""
    digest = hashlib.sha256(f"{name}\0{user_id}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64


def _contacts(
    store: Store, user_ids: list[str], audience: AudienceConfig, rules: Rules
) -> tuple[list[Contact], set[str]]:
    """Everyone with their traits, in order of user id, and the ids of those who agreed."""
    import pyarrow

    purpose = audience.requires_consent
    if not user_ids:
        return [], set()
    candidates = pyarrow.table({"user_id": pyarrow.array(user_ids, pyarrow.string())})
    with store.lent("audience_candidates", candidates):
        rows = store.records("6_audiences/member_contacts.sql", as_of=rules.as_of, purpose=purpose)
    contacts = [
        Contact(str(row["user_id"]), _traits(row), _texts(row["ids"]), _texts(row["reached"]))
        for row in rows
    ]
    silence = purpose is None or _is_silence_enough(audience, rules.privacy)
    agreed = {
        str(row["user_id"])
        for row in rows
        if purpose is None or row["is_granted"] or (silence and row["is_granted"] is None)
    }
    return contacts, agreed


def _traits(row: dict[str, object]) -> dict[str, str]:
    keys, values = row["keys"], row["vals"]
    if not isinstance(keys, list) or not isinstance(values, list):
        return {}
    return dict(zip(keys, values, strict=True))


def _texts(values: object) -> frozenset[str]:
    return frozenset(values) if isinstance(values, list) else frozenset()


def _is_silence_enough(audience: AudienceConfig, privacy: PrivacyConfig) -> bool:
    match audience.requires_consent:
        case "marketing":
            return privacy.consent.marketing.unknown == "allow"
        case "personalization":
            return privacy.consent.personalization.unknown == "allow"
        case _:
            return privacy.consent.analytics.unknown == "keep"


def _table(destination: Destination, contacts: list[Contact], emails: Table, rules: Rules) -> Table:
    country = rules.privacy.default_country
    match destination:
        case "csv":
            return [("user_id",), *((guarded_text(c.user_id),) for c in contacts)]
        case "google_ads":
            return google_table([row for c in contacts if (row := google_row(c, country))])
        case "meta":
            meta = [row for c in contacts if (row := meta_row(c, country))]
            return [META_HEADER, *(tuple(row[key] for key in META_HEADER) for row in meta)]
        case "email":
            return [EMAIL_HEADER, *emails]
