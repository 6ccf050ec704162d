"""
Personal data at the door: traits protected, consent kept apart, rejected lines cleaned.

writes  user_traits, consent_events
"""

import json
import re
from collections.abc import Iterable
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


# What is stored of a trait as sent, by its key and value.
KnownTraits = dict[tuple[str, str], dict[str, str]]
MOST_KNOWN_TRAITS = 1_000_000


def store_people(
    store: Store,
    told: Fragment,
    load_id: int,
    privacy: PrivacyConfig,
    keys: Keys,
    known: KnownTraits,
) -> None:
    """
    Append what lines say of people: traits, protected first, and consent.

    `told` is a relation of (anonymous_id, user_id, event_ts, traits, consent); `known` keeps what
    was protected before, as the files of a run speak of the same people.
    """
    slots = {"told": told}
    store.execute("1_events/insert_consent.sql", slots, load_id=load_id)
    spoken = store.rows("1_events/traits_of_load.sql", slots)
    if spoken:
        store.insert("user_traits", _trait_frame(spoken, load_id, privacy, keys, known))


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


def _object(text: str) -> dict[str, object]:
    value = json.loads(text)
    return value if isinstance(value, dict) else {}


def _trait_frame(
    spoken: list[tuple[object, ...]],
    load_id: int,
    privacy: PrivacyConfig,
    keys: Keys,
    known: KnownTraits,
) -> "polars.DataFrame":
    """The rows of `user_traits`, in the order of `spoken`: each object is protected once."""
    import polars

    anonymous, users, seen, texts = map(list, zip(*spoken, strict=True))
    objects, names, values = _stored_objects(map(str, dict.fromkeys(texts)), privacy, keys, known)
    text = polars.String()
    rows = polars.DataFrame(
        {"anonymous_id": anonymous, "user_id": users, "seen_ts": seen, "traits": texts},
        schema={"anonymous_id": text, "user_id": text, "seen_ts": polars.Datetime("us"),
                "traits": text},
    )  # fmt: skip
    stored = polars.DataFrame(
        {"traits": objects, "key": names, "value": values},
        schema=dict.fromkeys(("traits", "key", "value"), text),
    )
    joined = rows.join(stored, on="traits", how="inner", maintain_order="left_right")
    load = polars.lit(load_id, polars.Int32()).alias("load_id")
    return joined.select("anonymous_id", "user_id", "key", "value", "seen_ts", load)


def _stored_objects(
    texts: Iterable[str], privacy: PrivacyConfig, keys: Keys, known: KnownTraits
) -> tuple[list[str], list[str], list[str]]:
    """(object as sent, name, value) of every pair to store, as columns; equal values alike."""
    objects: list[str] = []
    names: list[str] = []
    values: list[str] = []
    if len(known) > MOST_KNOWN_TRAITS:
        known.clear()
    for text in texts:
        for key, value in _object(text).items():
            # Of a string its JSON, too: "1" is not 1.
            memo = (key, f'"{value}' if isinstance(value, str) else json.dumps(value))
            pairs = known.get(memo)
            if pairs is None:
                pairs = known[memo] = stored_trait(key, value, privacy, keys)
            objects += [text] * len(pairs)
            names += pairs
            values += pairs.values()
    return objects, names, values
