"""
The texts of a batch of events become the integer keys of the lookups.

A batch is encoded column by column: distinct texts first, then one look per distinct text. What is
new gets the next key at once, and is looked up and added when the whole file is through.

reads   event_types, user_agents, ips, pages, referrers, actors, as they were before the file
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tsa_cli.lookups import LOOKUPS
from tsa_cli.steps.ingest.actor_keys import PAIR_BITS, ActorKeys, Keys, looked_up
from tsa_cli.steps.ingest.distinct import distinct_of
from tsa_cli.store import Store

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

NO_KEY = 0  # of what is absent; keys count from 1
_CALLS = {"$alias": 65_534, "$identify": 65_535}  # codes of calls about people
_Clean = Callable[["pl.Series"], "pl.Series"]


@dataclass
class TextKeys:
    """The keys of one lookup's texts, as sent, for the time of one file."""

    store: Store
    table: str
    clean: _Clean
    newest: int
    by_word: dict[str, int] = field(default_factory=dict)  # as sent
    new: dict[str, int] = field(default_factory=dict)  # as stored
    has_stored: bool = True

    def keys_of(self, words: list[str]) -> Keys:
        """The key of each distinct word, NO_KEY for one of which nothing is stored."""
        return np.array(looked_up(self.by_word, words, self._learn), np.int32)

    def _learn(self, words: list[str]) -> None:
        import polars as pl

        texts = self.clean(pl.Series(words, dtype=pl.String)).to_list()
        known = self._stored([text for text in texts if text and text not in self.new])
        for word, text in zip(words, texts, strict=True):
            if not text:
                self.by_word[word] = NO_KEY
                continue
            key = known.get(text) or self.new.get(text)
            if key is None:
                self.newest += 1
                key = self.new[text] = self.newest
            self.by_word[word] = key

    def _stored(self, texts: list[str]) -> dict[str, int]:
        if not self.has_stored or not texts:
            return {}
        import polars as pl

        with self.store.lent("asked_words", pl.DataFrame({"word": texts})):
            rows = self.store.rows(f"1_events/keys_of_{self.table}.sql")
        return {str(word): int(str(key)) for word, key in rows}

    def new_rows(self) -> "pl.DataFrame":
        """(key, text) of what the lookup does not have yet, by the names of its columns."""
        import polars as pl

        lookup = LOOKUPS[self.table]
        columns = {lookup.key: list(self.new.values()), lookup.text: list(self.new)}
        return pl.DataFrame(columns, schema={lookup.key: pl.Int32, lookup.text: pl.String})


class WordKeys:
    """
    The encoder of one file's batches.

    `aside` is a connection of its own to the store: the main one is busy with the insert.
    `event_names` are names as sent → canonical.
    """

    def __init__(self, aside: Store, event_names: Mapping[str, str], ip_policy: str) -> None:
        def named(words: "pl.Series") -> "pl.Series":
            import polars as pl

            return pl.Series([event_names.get(word, word) for word in words], dtype=pl.String)

        cleaners: dict[str, _Clean] = {
            "event_types": named,
            "user_agents": lambda words: words,
            "ips": _address_cleaner(ip_policy),
            "pages": _without_personal,
            "referrers": _without_personal,
        }
        self._texts = {
            table: TextKeys(aside, table, clean, newest, has_stored=newest > 0)
            for table, clean in cleaners.items()
            for newest in [aside.count(f"1_events/newest_key_of_{table}.sql")]
        }
        self._event_names = event_names
        self._texts["event_types"].by_word |= _CALLS
        newest = aside.count("1_events/newest_key_of_actors.sql")
        self._actors = ActorKeys(aside, newest, has_stored=newest > 0)

    def texts(self, table: str, words: "pa.ChunkedArray") -> "pa.Array":
        """(n,) int32: the key of each text in the lookup `table`; null where there is none."""
        distinct, codes = _encoded(words)
        return _with_nulls(np.append(self._texts[table].keys_of(distinct), NO_KEY)[codes])

    def actors(self, anonymous_ids: "pa.ChunkedArray", known_ids: "pa.ChunkedArray") -> "pa.Array":
        """(n,) int32: the key of each pair of ids."""
        anonymous, anonymous_codes = _encoded(anonymous_ids)
        known, known_codes = _encoded(known_ids)
        pairs = self._actors.anonymous.numbers_of(anonymous)[anonymous_codes] << PAIR_BITS
        pairs |= self._actors.known.numbers_of(known)[known_codes]
        distinct, codes = _distinct(pairs)
        return _with_nulls(self._actors.keys_of(distinct)[codes])

    def event_types(self) -> dict[int, str]:
        """The canonical name of every event code met so far; calls about people have none."""
        known = self._texts["event_types"].by_word
        return {
            code: self._event_names.get(word, word)
            for word, code in known.items()
            if word not in _CALLS
        }

    def new_rows(self) -> "dict[str, pl.DataFrame]":
        """What each lookup does not have yet, by its name."""
        found = {table: texts.new_rows() for table, texts in self._texts.items()}
        return {**found, "actors": self._actors.new_rows()}


def _encoded(words: "pa.ChunkedArray") -> tuple[list[str], NDArray[np.int32]]:
    """(the distinct words, the place of each row's word among them: after the last one if null)."""
    found = distinct_of(words)
    distinct: list[str] = found.values.to_pylist()
    parts = [places.fill_null(len(distinct)).to_numpy() for places in found.places]
    return distinct, np.concatenate([np.zeros(0, np.int32), *parts])


def _distinct(values: NDArray[np.int64]) -> tuple[list[int], NDArray[np.int32]]:
    """(the distinct values, the place of each row's value among them)."""
    import pyarrow as pa

    encoded = pa.array(values).dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy()


def _with_nulls(keys: Keys) -> "pa.Array":
    import pyarrow as pa

    is_absent = keys == NO_KEY
    return pa.array(keys, mask=is_absent if is_absent.any() else None)


def _without_personal(urls: "pl.Series") -> "pl.Series":
    from tsa_cli.enrich.redaction import redact_urls

    return redact_urls(urls)


def _address_cleaner(policy: str) -> _Clean:
    from tsa_cli.enrich.ip import truncate_ips

    if policy == "truncate":
        return truncate_ips
    if policy == "keep":
        return lambda words: words
    return lambda words: words.clear(len(words))
