"""
Who an id stands for, what is known of them, and which of their events there are.

reads   actors, dim_users, core, event_types, events, sessions, sessionize_state
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tsa_cli.errors import DataError
from tsa_cli.privacy.field_crypto import ENCRYPTED, Keys, decrypt_field
from tsa_cli.privacy.traits import DERIVED_KEYS
from tsa_cli.steps.explain.result import Events, EventTypeCount, Person
from tsa_cli.store.store import Store

MASKED = "(masked)"
_NEAR = 0.85  # similarity from which an id may be a misspelling


@dataclass(frozen=True)
class Found:
    """The person behind an id: their key, how the id fits, and who else it may stand for."""

    user_key: int
    user_id: str
    matched_as: str
    others: Sequence[str]


@dataclass(frozen=True)
class Range:
    """First and last moment of what is listed, naive UTC, both included."""

    from_ts: datetime
    to_ts: datetime


def find(store: Store, asked: str) -> Found:
    """The person behind a known, an anonymous or a stitched id; DataError names the nearest."""
    rows = store.records("4_reports/explain_person.sql", id=asked)
    if not rows:
        near = store.rows("4_reports/explain_nearest_ids.sql", id=asked, least=_NEAR)
        like = ", ".join(repr(str(row[0])) for row in near)
        hint = f"did you mean {like}?" if like else "`tsa sql` on dim_users lists the users"
        raise DataError(f"nobody has the id {asked!r}", hint)
    user_id = str(rows[0]["user_id"])
    others = sorted({str(row["user_id"]) for row in rows} - {user_id})
    return Found(int(str(rows[0]["user_key"])), user_id, str(rows[0]["matched_as"]), others)


def describe(store: Store, asked: str, found: Found, keys: Keys, *, has_personal: bool) -> Person:
    """The person's head: with clear traits only where they are asked for."""
    rows = store.records("4_reports/explain_profile.sql", user_key=found.user_key)
    profile = rows[0] if rows else {}
    segment = profile.get("customer_segment")
    return Person(
        asked,
        found.matched_as,
        found.user_id,
        found.others,
        _moment(profile.get("created_at")),
        _moment(profile.get("updated_at")),
        None if segment is None else str(segment),
        _traits(profile.get("traits"), keys, has_personal=has_personal),
    )


def events_of(store: Store, found: Found, span: Range, most: int) -> Events:
    """The person's events in the span: how many of each type, and the latest `most`."""
    limits = {"user_key": found.user_key, "from_ts": span.from_ts, "to_ts": span.to_ts}
    counts = [
        (str(name), int(str(total)), int(str(server)))
        for name, total, server in store.rows("4_reports/explain_event_types.sql", **limits)
    ]
    [left_out] = store.rows("4_reports/explain_left_out.sql", user_key=found.user_key)
    return Events(
        event_count=sum(total for _, total, _ in counts),
        server_count=sum(server for _, _, server in counts),
        excluded_count=int(str(left_out[0])),
        new_count=int(str(left_out[1])),
        by_type=[EventTypeCount(name, total) for name, total, _ in counts],
        latest=store.records("4_reports/explain_latest_events.sql", most=most, **limits),
    )


def _traits(text: object, keys: Keys, *, has_personal: bool) -> dict[str, str]:
    """Each trait masked; or in clear, as far as the store and the key allow."""
    stored = json.loads(text) if isinstance(text, str) else {}
    own = {key: str(value) for key, value in stored.items() if key not in DERIVED_KEYS}
    if not has_personal:
        return dict.fromkeys(own, MASKED)
    return {key: _clear(key, value, keys) for key, value in own.items()}


def _clear(key: str, value: str, keys: Keys) -> str:
    if not value.startswith(ENCRYPTED):
        return value
    if keys.encryption is None:
        return "(encrypted: TSA_KEY is not set)"
    try:
        return decrypt_field(keys.encryption, key, value)
    except DataError:  # the other fields may have been told since the key was changed
        return "(encrypted: under another TSA_KEY)"


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
