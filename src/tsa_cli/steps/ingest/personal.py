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


# A trait as sent: its key, its text or JSON, and which of the two ("1" is not 1).
Sent = tuple[str, str, bool]
KnownTraits = dict[Sent, dict[str, str]]  # what is stored of each
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
    spoken = store.frame("1_events/traits_of_load.sql", slots)
    if len(spoken):
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


def _trait_frame(
    spoken: "polars.DataFrame",
    load_id: int,
    privacy: PrivacyConfig,
    keys: Keys,
    known: KnownTraits,
) -> "polars.DataFrame":
    """The rows of `user_traits`, in the order of `spoken`: each value is protected once."""
    import polars as pl

    distinct = spoken["traits"].unique(maintain_order=True)
    objects, sent = _sent(distinct.to_list())
    numbers = {trait: number for number, trait in enumerate(dict.fromkeys(sent))}
    stored = _stored(numbers, privacy, keys, known)
    pairs = pl.DataFrame(
        {
            "sent": [number for number, pair in enumerate(stored) for _ in pair],
            "key": [key for pair in stored for key in pair],
            "value": [value for pair in stored for value in pair.values()],
        },
        schema={"sent": pl.Int32, "key": pl.String, "value": pl.String},
    )
    of_objects = pl.DataFrame(
        {"object": objects, "sent": list(map(numbers.__getitem__, sent))},
        schema={"object": pl.UInt32, "sent": pl.Int32},
    ).join(pairs, on="sent", maintain_order="left_right")
    by_text = pl.DataFrame(distinct).with_row_index("object")
    load = pl.lit(load_id, pl.Int32()).alias("load_id")
    return (
        spoken.join(by_text, on="traits", maintain_order="left")
        .join(of_objects, on="object", maintain_order="left_right")
        .select("anonymous_id", "user_id", "key", "value", "seen_ts", load)
    )


def _sent(texts: list[str]) -> tuple[list[int], list[Sent]]:
    """(the place of its object, the trait) of every trait; what is no object has none."""
    # Parsed as one list: to call the parser takes twice as long as to parse an object.
    values = json.loads(f"[{','.join(texts)}]")
    traits = [value if isinstance(value, dict) else {} for value in values]
    objects = [place for place, value in enumerate(traits) for _ in value]
    return objects, [
        (key, inner, True) if isinstance(inner, str) else (key, json.dumps(inner), False)
        for value in traits
        for key, inner in value.items()
    ]


def _stored(
    sent: Iterable[Sent], privacy: PrivacyConfig, keys: Keys, known: KnownTraits
) -> list[dict[str, str]]:
    """The pairs to store of each trait; equal ones are stored alike, encrypted ones too."""
    if len(known) > MOST_KNOWN_TRAITS:
        known.clear()
    for trait in sent:
        if trait not in known:
            key, text, is_text = trait
            value = text if is_text else json.loads(text)
            known[trait] = stored_trait(key, value, privacy, keys)
    return [known[trait] for trait in sent]
