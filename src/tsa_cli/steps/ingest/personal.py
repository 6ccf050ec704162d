"""
Personal data at the door: traits protected, consent kept apart, rejected lines cleaned.

writes  user_traits, consent_events
"""

import json
import re
from typing import TYPE_CHECKING

from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.enrich.redaction import redact_urls
from tsa_cli.privacy.field_crypto import HASHED, Keys
from tsa_cli.privacy.traits import protect_trait
from tsa_cli.store import Fragment, Store

if TYPE_CHECKING:
    import polars

_PROTECTED = re.compile(rf"enc:v1:|{re.escape(HASHED)}[0-9a-f]{{64}}$")
# Bounded, since an open `+` before the @ is quadratic on a long line without one (189 s, seen).
_ADDRESS = re.compile(
    r"[^\s\"'<>,;:=/?&@%]{1,64}(?:@|%40)[^\s\"'<>,;:=/?&@%]{1,255}\.[A-Za-z]{2,24}"
)
_IPV4 = re.compile(r"\b(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}\b")
_REDACTED = "(redacted)"
_URL_KEYS = re.compile(r"url|referrer|referer|location|href", re.IGNORECASE)


def store_people(
    store: Store, told: Fragment, load_id: int, privacy: PrivacyConfig, keys: Keys
) -> None:
    """
    Append what lines say of people: traits, protected first, and consent.

    `told` is a relation of (anonymous_id, user_id, event_ts, traits, consent).
    """
    slots = {"told": told}
    store.execute("1_events/insert_consent.sql", slots, load_id=load_id)
    traits: list[tuple[object, ...]] = []
    known: dict[tuple[str, str], dict[str, str]] = {}
    spoken = store.rows("1_events/traits_of_load.sql", slots)
    for anonymous_id, user_id, seen_ts, trait_text in spoken:
        for key, value in _object(trait_text).items():
            memo = (key, json.dumps(value, sort_keys=True))
            if memo not in known:
                known[memo] = stored_trait(key, value, privacy, keys)
            for name, text in known[memo].items():
                traits.append((anonymous_id, user_id, name, text, seen_ts, load_id))
    if traits:
        store.insert("user_traits", _trait_frame(traits))


def stored_trait(key: str, value: object, privacy: PrivacyConfig, keys: Keys) -> dict[str, str]:
    """What is kept of a trait; one that comes protected (a replayed line) stays as it is."""
    if isinstance(value, str) and _PROTECTED.match(value):
        return {privacy.trait_key(key): value}
    return protect_trait(key, value, privacy, keys)


def cleaned_line(raw: bytes, privacy: PrivacyConfig, keys: Keys) -> str:
    """
    The text of a rejected line without clear personal values, still replayable.

    A line that is JSON keeps its shape; in any other, addresses are blanked wherever they stand.
    """
    text = raw.decode("utf-8", errors="backslashreplace")
    try:
        value = json.loads(text)
        cleaned = _cleaned(value, "", privacy, keys)
    except (ValueError, RecursionError):  # no JSON, or nested too deep to walk
        return _IPV4.sub(r"\1.0", _ADDRESS.sub(_REDACTED, text))
    return text if cleaned == value else json.dumps(cleaned, ensure_ascii=False)


def _cleaned(value: object, key: str, privacy: PrivacyConfig, keys: Keys) -> object:
    if isinstance(value, dict):
        return {
            name: kept
            for name, inner in value.items()
            if (kept := _cleaned(inner, name, privacy, keys)) is not None or inner is None
        }
    if isinstance(value, list):
        return [_cleaned(inner, key, privacy, keys) for inner in value]
    if not isinstance(value, str):
        return value
    name = privacy.trait_key(key)
    if name in privacy.pii:
        return stored_trait(key, value, privacy, keys).get(name)
    if _URL_KEYS.search(key):
        return redact_urls([value])[0]
    if key in ("ip", "ip_address", "$ip") and privacy.ip != "keep":
        return _IPV4.sub(r"\1.0", value) if ":" not in value else None
    return _ADDRESS.sub(_REDACTED, value)


def _object(text: object) -> dict[str, object]:
    if not isinstance(text, str):
        return {}
    value = json.loads(text)
    return value if isinstance(value, dict) else {}


def _trait_frame(rows: list[tuple[object, ...]]) -> "polars.DataFrame":
    import polars

    text = polars.String()
    schema = dict.fromkeys(("anonymous_id", "user_id", "key", "value"), text)
    kinds = {**schema, "seen_ts": polars.Datetime("us"), "load_id": polars.Int32()}
    return polars.DataFrame(rows, schema=kinds, orient="row")
