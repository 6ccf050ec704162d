"""
The texts of a batch of events become the integer keys of the lookups.

A batch is encoded column by column: distinct texts first, then one look per distinct text. What is
new gets the next key at once, and is looked up and added when the whole file is through.

reads   event_types, user_agents, ips, pages, referrers, actors, as they were before the file
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tsa_cli.enrich.redaction import UrlCleaner
from tsa_cli.enrich.told_campaigns import apart
from tsa_cli.enrich.told_places import BEGIN, clean_places
from tsa_cli.lookups import LOOKUPS
from tsa_cli.privacy.personal_texts import redact_addresses
from tsa_cli.steps.ingest.actor_keys import ActorKeys, Pairs
from tsa_cli.steps.ingest.distinct import distinct_of
from tsa_cli.steps.ingest.stored_keys import numbered, stored_keys
from tsa_cli.steps.ingest.words import UNKNOWN, Keys, KeyTable, Numbers, Words
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
    newest: int  # key, given by this object or in the store
    _words: Words = field(default_factory=Words)  # as sent, and as stored: most are the same
    _key_of_word: KeyTable = field(default_factory=KeyTable)
    _key_of_text: KeyTable = field(default_factory=KeyTable)
    _new: list[Numbers] = field(default_factory=list)  # of texts, by key, from the first new one
    _stored: list[tuple[Numbers, Keys]] = field(default_factory=list)  # of texts, as found

    def __post_init__(self) -> None:
        self._has_stored = self.newest > 0

    def keys_of(self, words: "pa.Array") -> Keys:
        """(n,) the key of each distinct word, NO_KEY for one of which nothing is stored."""
        import polars as pl

        series = pl.Series(words)
        numbers = self._words.numbers_of(series)
        keys = self._key_of_word[numbers]
        is_new = keys == UNKNOWN
        if is_new.any():
            keys[is_new] = self._learned(self.clean(series.filter(pl.Series(is_new))))
            self._key_of_word[numbers] = keys
        return keys

    def put(self, words: Mapping[str, int]) -> None:
        """These words have these keys, sent or canonical, whatever is stored."""
        import polars as pl

        texts, keys = pl.Series(list(words)), np.array(list(words.values()), np.int32)
        numbers = self._words.numbers_of(texts)
        self._key_of_word[numbers] = keys
        self._key_of_text[numbers] = keys

    def _learned(self, texts: "pl.Series") -> Keys:
        is_text = (texts.fill_null("") != "").to_numpy()
        numbers = self._words.numbers_of(texts.filter(is_text))
        asked = np.unique(numbers)
        asked = asked[self._key_of_text[asked] == UNKNOWN]
        self._learn(asked)
        keys = np.full(len(texts), NO_KEY, np.int32)
        keys[is_text] = self._key_of_text[numbers]
        return keys

    def _learn(self, asked: Numbers) -> None:
        keys = np.full(len(asked), UNKNOWN, np.int32)
        if self._has_stored and len(asked):
            words = self._words.texts_of(asked).alias("word").to_frame()
            places, known = stored_keys(self.store, self.table, words)
            keys[places] = known
            self._note_stored(asked[places], known)
        new = np.flatnonzero(keys == UNKNOWN)
        keys[new] = np.arange(self.newest + 1, self.newest + 1 + len(new), dtype=np.int32)
        self.newest += len(new)
        self._new.append(asked[new])
        self._key_of_text[asked] = keys

    def text_by_key(self) -> dict[int, str]:
        """The text of every key met so far, but for those that were put."""
        new = self.new_rows()
        named = dict(zip(new.to_series(0).to_list(), new.to_series(1).to_list(), strict=True))
        for numbers, keys in self._stored:
            named |= zip(keys.tolist(), self._words.texts_of(numbers).to_list(), strict=True)
        return named

    def new_rows(self) -> "pl.DataFrame":
        """(key, text) of what the lookup does not have yet, by the names of its columns."""
        import polars as pl

        lookup = LOOKUPS[self.table]
        numbers, keys = numbered(self._new, self.newest)
        return pl.DataFrame({lookup.key: keys, lookup.text: self._words.texts_of(numbers)})

    @property
    def word_count(self) -> int:
        """How many texts it holds."""
        return self._words.count

    def are_stored(self) -> None:
        """What was new is in the store now."""
        self._note_stored(*numbered(self._new, self.newest))
        self._new.clear()
        self._has_stored = self.newest > 0

    def _note_stored(self, numbers: Numbers, keys: Keys) -> None:
        if len(numbers):
            self._stored.append((numbers, keys))


class WordKeys:
    """
    The encoder of one file's batches, or of several small ones'.

    `aside` is a connection of its own to the store: the main one is busy with the insert.
    `event_names` are names as sent → canonical; `placeholders` are texts that are no ids.
    """

    def __init__(
        self,
        aside: Store,
        event_names: Mapping[str, str],
        ip_policy: str,
        url_cleaner: UrlCleaner | None = None,
        placeholders: Sequence[str] = (),
    ) -> None:
        def named(words: "pl.Series") -> "pl.Series":
            import polars as pl

            names = [event_names.get(word, word) for word in words]
            return redact_addresses(pl.Series(names, dtype=pl.String))

        cleaners = {"event_types": named, **text_cleaners(ip_policy, url_cleaner or UrlCleaner())}
        [keys] = aside.records("1_events/newest_keys.sql")
        newest = {table: int(str(key)) for table, key in keys.items()}
        self._texts = {
            table: TextKeys(aside, table, clean, newest[table]) for table, clean in cleaners.items()
        }
        self._texts["event_types"].put(_CALLS)
        self._actors = ActorKeys(aside, newest["actors"], placeholders)

    def texts(self, table: str, words: "pa.ChunkedArray") -> "pa.Array":
        """(n,) int32: the key of each text in the lookup `table`; null where there is none."""
        found = distinct_of(words)
        return _with_nulls(found.spread(self._texts[table].keys_of(found.values), NO_KEY))

    def pairs(self, anonymous_ids: "pa.ChunkedArray", known_ids: "pa.ChunkedArray") -> Pairs:
        """The numbers of the ids of each row; placeholders are none."""
        return self._actors.pairs(distinct_of(anonymous_ids), distinct_of(known_ids))

    def actors(self, pairs: Pairs) -> "pa.Array":
        """(n,) int32: the key of each pair of ids."""
        import pyarrow as pa

        return pa.array(self._actors.keys_of(pairs.anonymous, pairs.known))

    def event_types(self) -> dict[int, str]:
        """The canonical name of every event code met so far; calls about people have none."""
        return self._texts["event_types"].text_by_key()

    @property
    def word_count(self) -> int:
        """How many texts and ids it holds."""
        return self._actors.word_count + sum(texts.word_count for texts in self._texts.values())

    def look_through(self, aside: Store) -> None:
        """Look things up through this connection from now on; what was new is stored by then."""
        kinds: list[TextKeys | ActorKeys] = [*self._texts.values(), self._actors]
        for kind in kinds:
            kind.store = aside
            kind.are_stored()

    def new_rows(self) -> "dict[str, pl.DataFrame]":
        """What each lookup does not have yet, by its name."""
        found = {table: texts.new_rows() for table, texts in self._texts.items()}
        return {**found, "actors": self._actors.new_rows()}


def _with_nulls(keys: Keys) -> "pa.Array":
    import pyarrow as pa

    is_absent = keys == NO_KEY
    return pa.array(keys, mask=is_absent if is_absent.any() else None)


def text_cleaners(ip_policy: str, urls: UrlCleaner) -> dict[str, _Clean]:
    """What makes of the texts of each lookup what is kept of them."""
    return {
        "user_agents": _without_people,
        "ips": address_cleaner(ip_policy),
        "pages": apart(urls.urls),
        "referrers": urls.urls,
    }


def _without_people(agents: "pl.Series") -> "pl.Series":
    """The agents without addresses, but for those of crawlers: they tell a bot, and no person."""
    redacted = redact_addresses(agents)
    places = (agents != redacted).fill_null(value=False).arg_true()
    if places.is_empty():
        return agents
    from tsa_cli.enrich.user_agents import user_agent_table

    is_bot = user_agent_table(agents.gather(places))["is_bot"]
    return redacted.clone().scatter(places.filter(is_bot), agents.gather(places.filter(is_bot)))


def address_cleaner(policy: str) -> _Clean:
    """
    What makes of addresses what is kept of them under a policy: truncate, drop or keep.

    A place that is told in place of an address is kept as it is told, but under `drop`.
    """
    from tsa_cli.enrich.ip import truncate_ips

    def places_beside(clean: _Clean) -> _Clean:
        def cleaned(words: "pl.Series") -> "pl.Series":
            is_told = words.str.starts_with(BEGIN).fill_null(value=False)
            if not is_told.any():
                return clean(words)
            return clean(words).zip_with(~is_told, clean_places(words))

        return cleaned

    if policy == "truncate":
        return places_beside(truncate_ips)
    if policy == "keep":
        return places_beside(lambda words: words)
    return lambda words: words.clear(len(words))
