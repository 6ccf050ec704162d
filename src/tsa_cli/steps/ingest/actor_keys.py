"""
The pairs of ids that events carry become the integer keys of `actors`.

reads   actors, as it was before the file
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from tsa_cli.store import Store

if TYPE_CHECKING:
    import polars as pl

Keys = NDArray[np.int32]
T = TypeVar("T")
PAIR_BITS = 32
PAIR_MASK = (1 << PAIR_BITS) - 1
_Pair = tuple[str | None, str | None]


@dataclass
class Ids:
    """Small numbers for the ids of one kind, in order of appearance; 0 is none."""

    by_word: dict[str, int] = field(default_factory=dict)
    words: list[str | None] = field(default_factory=lambda: [None])

    def numbers_of(self, words: list[str]) -> NDArray[np.int64]:
        """The number of each distinct word, and 0 after the last one."""
        return np.array([*looked_up(self.by_word, words, self._learn), 0], np.int64)

    def _learn(self, words: list[str]) -> None:
        for word in words:
            self.by_word[word] = len(self.words)
            self.words.append(word)


@dataclass
class ActorKeys:
    """The keys of pairs of ids (anonymous, known), for the time of one file."""

    store: Store
    newest: int
    has_stored: bool = True
    anonymous: Ids = field(default_factory=Ids)
    known: Ids = field(default_factory=Ids)
    by_pair: dict[int, int] = field(default_factory=dict)  # both numbers in one: key
    new: dict[int, int] = field(default_factory=dict)

    def keys_of(self, pairs: list[int]) -> Keys:
        """The key of each distinct pair."""
        return np.array(looked_up(self.by_pair, pairs, self._learn), np.int32)

    def _learn(self, pairs: list[int]) -> None:
        stored = self._stored(pairs)
        for pair in pairs:
            key = stored.get(self._named(pair))
            if key is None:
                self.newest += 1
                key = self.new[pair] = self.newest
            self.by_pair[pair] = key

    def _named(self, pair: int) -> _Pair:
        return self.anonymous.words[pair >> PAIR_BITS], self.known.words[pair & PAIR_MASK]

    def _stored(self, pairs: list[int]) -> dict[_Pair, int]:
        if not self.has_stored:
            return {}
        with self.store.lent("asked_pairs", _pair_frame(map(self._named, pairs))):
            rows = self.store.rows("1_events/keys_of_actors.sql")
        return {(_text(a), _text(b)): int(str(key)) for a, b, key in rows}

    def new_rows(self) -> "pl.DataFrame":
        """(actor_key, anonymous_id, known_id) of the pairs that are not stored yet."""
        import polars as pl

        keys = pl.Series("actor_key", list(self.new.values()), dtype=pl.Int32)
        return _pair_frame(map(self._named, self.new)).insert_column(0, keys)


def looked_up(known: dict[T, int], asked: list[T], learn: Callable[[list[T]], None]) -> list[int]:
    """The number of each distinct thing; `learn` adds those that `known` does not have."""
    found = list(map(known.get, asked))
    if None in found:
        learn([thing for thing, number in zip(asked, found, strict=True) if number is None])
    return list(map(known.__getitem__, asked))


def _pair_frame(pairs: Iterable[_Pair]) -> "pl.DataFrame":
    import polars as pl

    schema = {"anonymous_id": pl.String, "known_id": pl.String}
    return pl.DataFrame(list(pairs), schema=schema, orient="row")


def _text(value: object) -> str | None:
    return None if value is None else str(value)
