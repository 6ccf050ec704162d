"""
What lines say of people: traits protected, consent kept apart.

writes  user_traits, consent_events
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.privacy.consent_words import NO, YES
from tsa_cli.store import Fragment, Store, give_back_memory

if TYPE_CHECKING:
    import polars

# A trait as sent: its key, its text or JSON, and which of the two ("1" is not 1).
Sent = tuple[str, str, bool]
KnownTraits = dict[Sent, dict[str, str]]  # what is stored of each
MOST_KNOWN_TRAITS = 50_000
SLICE_ROWS = 20_000  # of people at once: as Python objects they take twenty times their bytes
GROUP_ROWS = 200_000  # of lines that speak of people, sorted at once


def store_people(
    store: Store,
    told: Fragment,
    cleaner: Cleaner,
    known: KnownTraits,
    row_count: int,
) -> None:
    """
    Append what lines say of people: traits, protected first, and consent.

    `told` is a relation of at most `row_count` rows (anonymous_id, user_id, event_ts, traits,
    consent, load_id); `known` keeps what was protected before: the files of a run speak of the
    same people.
    """
    slots = {"told": told}
    words = {"yes": [*YES], "no": [*NO]}
    store.execute("1_events/insert_consent.sql", slots, **words)
    group_count = 1 + row_count // GROUP_ROWS
    for group in range(group_count):
        spoken = store.frame(
            "1_events/traits_of_load.sql", slots, group_count=group_count, group=group
        )
        for part in spoken.iter_slices(SLICE_ROWS):
            store.insert("user_traits", _trait_frame(part, cleaner, known))
        if group_count > 1:
            give_back_memory()


def _trait_frame(
    spoken: "polars.DataFrame",
    cleaner: Cleaner,
    known: KnownTraits,
) -> "polars.DataFrame":
    """The rows of `user_traits`, in the order of `spoken`: each value is protected once."""
    import polars as pl

    distinct = spoken["traits"].unique(maintain_order=True)
    objects, sent = _sent(distinct.to_list())
    numbers = {trait: number for number, trait in enumerate(dict.fromkeys(sent))}
    stored = _stored(numbers, cleaner, known)
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
    return (
        spoken.join(by_text, on="traits", maintain_order="left")
        .join(of_objects, on="object", maintain_order="left_right")
        .select("anonymous_id", "user_id", "key", "value", "seen_ts", "load_id")
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


def _stored(sent: Iterable[Sent], cleaner: Cleaner, known: KnownTraits) -> list[dict[str, str]]:
    """The pairs to store of each trait; equal ones are stored alike, encrypted ones too."""
    if len(known) > MOST_KNOWN_TRAITS:
        known.clear()
    for trait in sent:
        if trait not in known:
            key, text, is_text = trait
            known[trait] = cleaner.trait(key, text if is_text else json.loads(text))
    return [known[trait] for trait in sent]
