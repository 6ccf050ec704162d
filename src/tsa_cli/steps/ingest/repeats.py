"""
Rows whose id is known: the first of an id is an event, the others repeat or contradict it.

reads   held rows (encoded), raw_events
writes  raw_events
source  definitions D2 (duplicates and conflicts); Snowplow's event fingerprint, which leaves out
        what only the sending says
"""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.config.sources import Delivery
from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.privacy.personal_texts import url_cleaner
from tsa_cli.steps.ingest.word_keys import text_cleaners
from tsa_cli.store import Fragment, Store, fragment_of

if TYPE_CHECKING:
    import pyarrow as pa

_TEXTS = {
    "pages": "page_url", "referrers": "referrer_url", "user_agents": "user_agent",
    "ips": "ip_address",
}  # fmt: skip

_ALWAYS_THE_SAME = Delivery()
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d(:?\d\d)?)?", re.ASCII
)

Properties = dict[str, object]


@dataclass(frozen=True)
class SortedOut:
    """What the held rows are: events, the same as the first of their id, or another content."""

    inserted: int
    duplicate: int
    conflicts: list[int]  # ordinals, from 0


def sort_out(
    store: Store,
    held: "list[pa.Table]",
    cleaner: Cleaner,
    placeholders: Collection[str] = (),
    delivery: Delivery = _ALWAYS_THE_SAME,
) -> SortedOut:
    """
    Insert those that are the first of their id; leaves the temporary table `repeats`.

    What `delivery` names may differ: a client that got no answer sends the event again. The held
    rows are clean. What they are compared to may have been stored when less was personal, and when
    a placeholder was an id.
    """
    import pyarrow as pa

    with store.lent("streamed_rows", pa.concat_tables(held)):
        store.execute("1_events/held_rows.sql")
    store.execute("1_events/repeats.sql")
    [(first_count, same_count)] = store.rows("1_events/repeat_counts.sql")
    store.execute("1_events/insert_events.sql", {"rows": _firsts()})
    suspects = store.records("1_events/repeat_suspects.sql")
    conflicts = list(_conflicts(suspects, cleaner, placeholders, delivery))
    duplicate = int(str(same_count)) + len(suspects) - len(conflicts)
    return SortedOut(int(str(first_count)), duplicate, conflicts)


def _conflicts(
    suspects: "list[dict[str, object]]",
    cleaner: Cleaner,
    placeholders: Collection[str],
    delivery: Delivery,
) -> Iterator[int]:
    """The ordinals of those that are not the first of their id, as it would be stored today."""
    import polars as pl

    documents = cleaner.lines([str(row["first_properties"]).encode() for row in suspects])
    texts = text_cleaners(cleaner.privacy.ip, url_cleaner(cleaner.privacy))
    has_same_words = [True] * len(suspects)
    for table, name in _TEXTS.items():
        first = pl.Series([row[f"first_{name}"] for row in suspects], dtype=pl.String)
        pairs = zip(has_same_words, suspects, texts[table](first), strict=True)
        has_same_words = [same and row[name] == word for same, row, word in pairs]
    for row, document, same in zip(suspects, documents, has_same_words, strict=True):
        is_same = (
            row["has_same_facts"]
            and same
            and (_same_id(row, "anonymous_id", placeholders) or _is_renamed(row, delivery))
            and (_same_id(row, "known_id", placeholders) or _is_merged(row, delivery))
            and _comes_again(row, document, cleaner.privacy, delivery)
        )
        if not is_same:
            yield int(str(row["ordinal"]))


def _same_id(row: dict[str, object], name: str, placeholders: Collection[str]) -> bool:
    """Of two anonymous ids the session's stands for none: see logins.py."""
    first = row[f"first_{name}"]
    ids = {row[name], None if first in placeholders else first}
    return len(ids) == 1 or (name == "anonymous_id" and ids == {None, row["client_session_id"]})


def _is_merged(row: dict[str, object], delivery: Delivery) -> bool:
    """Whether one of the two exports knows the user and the other one does not know any."""
    return delivery.user_is_merged and None in (row["known_id"], row["first_known_id"])


def _is_renamed(row: dict[str, object], delivery: Delivery) -> bool:
    """Whether the two may be one line without a device, whose one id is its user's by now."""
    return delivery.user_is_merged and row["known_id"] is None and row["first_known_id"] is None


def documents() -> Fragment:
    """The documents of those that were sorted out as events, for the tracking plan."""
    return fragment_of("1_events/first_repeat_documents.sql", {"rows": _firsts()})


def _firsts() -> Fragment:
    return fragment_of("1_events/first_repeats.sql")


def _comes_again(
    row: dict[str, object], document: str, privacy: PrivacyConfig, delivery: Delivery
) -> bool:
    """True when the row's properties and time are those of `document` but for the sending."""
    ours, theirs = json.loads(str(row["properties"])), json.loads(document)
    is_then = row["has_same_time"] or _same_device_time(ours, theirs, delivery.device_timestamp)
    return bool(is_then) and _same_content(ours, theirs, privacy, delivery.keys)


def _same_device_time(ours: Properties, theirs: Properties, name: str | None) -> bool:
    """True when only the correction of one and the same time differs."""
    if name is None or ours.get(name) is None:
        return False
    return _said(theirs.get(name)) == _said(ours[name])


def _same_content(
    ours: Properties, theirs: Properties, privacy: PrivacyConfig, may_differ: Collection[str]
) -> bool:
    """
    True when two objects differ only in the order of keys, in null ones, in how a moment is
    written, or in `may_differ`.

    What stands under a personal key left `ours` for the traits; in `theirs` it may be a hash.
    """
    mine = {key: value for key, value in ours.items() if key not in may_differ}
    first = {
        key: value
        for key, value in theirs.items()
        if key not in may_differ
        and (key in ours or not (privacy.is_personal(key) and _is_hash(value)))
    }
    return _said(mine) == _said(first)


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and value.startswith("sha256:")


def _said(value: object) -> object:
    """
    The value without nulls, with moments for texts of them: a typed column writes its own.

    `true` is 1 to Python, and not the same content.
    """
    if isinstance(value, dict):
        return {key: _said(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_said(inner) for inner in value]
    if isinstance(value, bool):
        return bool, value
    if not (isinstance(value, str) and _MOMENT.fullmatch(value)):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
