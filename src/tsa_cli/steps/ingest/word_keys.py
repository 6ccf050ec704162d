"""
The texts of a batch of events become the integer keys of the lookups.

A batch is encoded column by column: distinct texts first, then one look per distinct text. What is
new gets the next key at once, and is looked up and added when the whole file is through.

reads   event_types, user_agents, ips, pages, referrers, actors, as they were before the file
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tsa_cli.lookups import LOOKUPS
from tsa_cli.store import Store

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

Keys = NDArray[np.int32]
NO_KEY = 0  # of what is absent; keys count from 1
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
        unseen = [word for word in words if word not in self.by_word]
        if unseen:
            self._learn(unseen)
        return np.fromiter((self.by_word[word] for word in words), np.int32, len(words))

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


@dataclass
class ActorKeys:
    """The keys of pairs of ids (anonymous, known), for the time of one file."""

    store: Store
    newest: int
    by_pair: dict[tuple[str | None, str | None], int] = field(default_factory=dict)
    new: dict[tuple[str | None, str | None], int] = field(default_factory=dict)

    def keys_of(self, pairs: list[tuple[str | None, str | None]]) -> Keys:
        """The key of each distinct pair."""
        unseen = [pair for pair in pairs if pair not in self.by_pair]
        if unseen:
            self.by_pair |= self._stored(unseen)
            for pair in unseen:
                if pair not in self.by_pair:
                    self.newest += 1
                    self.by_pair[pair] = self.new[pair] = self.newest
        return np.fromiter((self.by_pair[pair] for pair in pairs), np.int32, len(pairs))

    def _stored(
        self, pairs: list[tuple[str | None, str | None]]
    ) -> dict[tuple[str | None, str | None], int]:
        if self.newest == len(self.new):  # no pair was there before the file
            return {}
        with self.store.lent("asked_pairs", _pair_frame(pairs)):
            rows = self.store.rows("1_events/keys_of_actors.sql")
        return {(_text(a), _text(b)): int(str(key)) for a, b, key in rows}

    def new_rows(self) -> "pl.DataFrame":
        """(actor_key, anonymous_id, known_id) of the pairs that are not stored yet."""
        import polars as pl

        keys = pl.Series("actor_key", list(self.new.values()), dtype=pl.Int32)
        return _pair_frame(list(self.new)).insert_column(0, keys)


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
        self._texts["event_types"].by_word |= {"$alias": 65_534, "$identify": 65_535}
        self._actors = ActorKeys(aside, aside.count("1_events/newest_key_of_actors.sql"))

    def texts(self, table: str, words: "pa.Array") -> "pa.Array":
        """(n,) int32: the key of each text in the lookup `table`; null where there is none."""
        encoded = words.dictionary_encode()
        keys = self._texts[table].keys_of(encoded.dictionary.to_pylist())
        return _spread(keys, encoded.indices)

    def actors(self, anonymous_ids: "pa.Array", known_ids: "pa.Array") -> "pa.Array":
        """(n,) int32: the key of each pair of ids."""
        left, right = anonymous_ids.dictionary_encode(), known_ids.dictionary_encode()
        left_words = [*left.dictionary.to_pylist(), None]
        right_words = [*right.dictionary.to_pylist(), None]
        pairs = _codes(left.indices, len(left_words) - 1).astype(np.int64)
        pairs *= len(right_words)
        pairs += _codes(right.indices, len(right_words) - 1)
        import pyarrow as pa

        encoded = pa.array(pairs).dictionary_encode()
        distinct = [divmod(pair, len(right_words)) for pair in encoded.dictionary.to_pylist()]
        keys = self._actors.keys_of([(left_words[a], right_words[b]) for a, b in distinct])
        return _spread(keys, encoded.indices)

    def new_rows(self) -> "dict[str, pl.DataFrame]":
        """What each lookup does not have yet, by its name."""
        found = {table: texts.new_rows() for table, texts in self._texts.items()}
        return {**found, "actors": self._actors.new_rows()}


def _codes(indices: "pa.Array", absent: int) -> NDArray[np.int32]:
    codes: NDArray[np.int32] = indices.fill_null(absent).to_numpy(zero_copy_only=False)
    return codes


def _spread(keys: Keys, indices: "pa.Array") -> "pa.Array":
    import pyarrow as pa

    spread = np.append(keys, np.int32(NO_KEY))[_codes(indices, len(keys))]
    is_absent = spread == NO_KEY
    return pa.array(spread, mask=is_absent if is_absent.any() else None)


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


def _pair_frame(pairs: Iterable[tuple[str | None, str | None]]) -> "pl.DataFrame":
    import polars as pl

    schema = {"anonymous_id": pl.String, "known_id": pl.String}
    return pl.DataFrame(list(pairs), schema=schema, orient="row")


def _text(value: object) -> str | None:
    return None if value is None else str(value)
