"""
The pairs of ids that events carry become the integer keys of `actors`.

Nearly every pair is an anonymous id alone, a known id alone, or an anonymous id with the one known
id that it was ever seen with: those have a table each, by number. The others are in a dictionary.

reads   actors, as it was before the file
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tsa_cli.steps.ingest.distinct import Distinct, distinct_of
from tsa_cli.steps.ingest.stored_keys import numbered, stored_keys
from tsa_cli.steps.ingest.words import UNKNOWN, Keys, KeyTable, Numbers, Words
from tsa_cli.store import Store

if TYPE_CHECKING:
    import polars as pl

PAIR_BITS = 32
PAIR_MASK = (1 << PAIR_BITS) - 1
NO_ID = 0


@dataclass(frozen=True)
class Pairs:
    """The numbers (n,) of both ids of each row; NO_ID for none, and for what is no id."""

    anonymous: Numbers
    known: Numbers
    has_placeholders: bool  # whether a text stands where a number is NO_ID

    def is_somebody(self) -> NDArray[np.bool_]:
        """(n,) whether a row has an id at all."""
        is_somebody: NDArray[np.bool_] = (self.anonymous | self.known) != NO_ID
        return is_somebody

    def at(self, rows: NDArray[np.bool_]) -> "Pairs":
        """Those of some of the rows."""
        return Pairs(self.anonymous[rows], self.known[rows], self.has_placeholders)


@dataclass
class ActorKeys:
    """The keys of pairs of ids (anonymous, known), for the time of one file."""

    store: Store
    newest: int  # key, given by this object or in the store
    placeholders: Sequence[str] = ()  # texts that are no ids
    anonymous: Words = field(default_factory=Words)
    known: Words = field(default_factory=Words)
    _new_pairs: list[Numbers] = field(default_factory=list)  # by key, from the first new one
    _anonymous_alone: KeyTable = field(default_factory=KeyTable)
    _known_alone: KeyTable = field(default_factory=KeyTable)
    _partner: KeyTable = field(default_factory=KeyTable)  # the first known id of an anonymous one
    _with_partner: KeyTable = field(default_factory=KeyTable)
    _others: dict[int, int] = field(default_factory=dict)  # both numbers in one: key

    def __post_init__(self) -> None:
        import polars as pl

        self._has_stored = self.newest > 0

        texts = pl.Series(self.placeholders, dtype=pl.String)  # they get the first numbers
        self._last_placeholder = int(self.known.numbers_of(texts).max(initial=NO_ID))
        self.anonymous.numbers_of(texts)

    def pairs(self, anonymous: Distinct, known: Distinct) -> Pairs:
        """The numbers of the ids of each row; a look per distinct text tells which are none."""
        of_values = (
            self.anonymous.numbers_of(anonymous.values), self.known.numbers_of(known.values),
        )  # fmt: skip
        is_none = [numbers <= self._last_placeholder for numbers in of_values]
        for numbers, mask in zip(of_values, is_none, strict=True):
            numbers[mask] = NO_ID
        return Pairs(
            anonymous.spread(of_values[0], NO_ID),
            known.spread(of_values[1], NO_ID),
            any(mask.any() for mask in is_none),
        )

    def keys_of(self, anonymous: Numbers, known: Numbers) -> Keys:
        """(n,) the key of each pair of numbers, NO_ID for no id."""
        keys = self._found(anonymous, known)
        is_new = keys == UNKNOWN
        if is_new.any():
            import pyarrow as pa

            pairs = (anonymous[is_new] << PAIR_BITS) | known[is_new]
            found = distinct_of(pa.chunked_array([pairs]))
            keys[is_new] = found.spread(self._of_others(found.values.to_numpy()), UNKNOWN)
        return keys

    def new_rows(self) -> "pl.DataFrame":
        """(actor_key, anonymous_id, known_id) of the pairs that are not stored yet."""
        import polars as pl

        pairs, keys = numbered(self._new_pairs, self.newest)
        return self._named(pairs).insert_column(0, pl.Series("actor_key", keys))

    @property
    def word_count(self) -> int:
        """How many ids it holds."""
        return self.anonymous.count + self.known.count

    def are_stored(self) -> None:
        """What was new is in the store now."""
        self._new_pairs.clear()
        self._has_stored = self.newest > 0

    def _found(self, anonymous: Numbers, known: Numbers) -> Keys:
        """The keys of pairs that one of the tables has."""
        keys = np.where(known == NO_ID, self._anonymous_alone[anonymous], UNKNOWN)
        both = np.flatnonzero(known)
        mine, theirs = anonymous[both], known[both]
        found = np.where(self._partner[mine] == theirs, self._with_partner[mine], UNKNOWN)
        keys[both] = np.where(mine == NO_ID, self._known_alone[theirs], found)
        return keys

    def _of_others(self, pairs: Numbers) -> Keys:
        """The key of each distinct pair that no table has."""
        asked = pairs.tolist()
        keys = np.array([self._others.get(pair, UNKNOWN) for pair in asked], np.int32)
        is_new = keys == UNKNOWN
        if is_new.any():
            keys[is_new] = self._learned(pairs[is_new])
        return keys

    def _learned(self, pairs: Numbers) -> Keys:
        keys = self._stored(pairs)
        new = np.flatnonzero(keys == UNKNOWN)
        keys[new] = np.arange(self.newest + 1, self.newest + 1 + len(new), dtype=np.int32)
        self.newest += len(new)
        self._new_pairs.append(pairs[new])
        self._remember(pairs, keys)
        return keys

    def _remember(self, pairs: Numbers, keys: Keys) -> None:
        anonymous, known = pairs >> PAIR_BITS, pairs & PAIR_MASK
        alone = known == NO_ID
        self._anonymous_alone[anonymous[alone]] = keys[alone]
        alone = anonymous == NO_ID
        self._known_alone[known[alone]] = keys[alone]
        both = np.flatnonzero((anonymous != NO_ID) & (known != NO_ID))
        mine, theirs = anonymous[both], known[both]
        is_first = self._partner[mine] == UNKNOWN
        # Of several first partners at once one stays; which one does not matter.
        self._partner[mine[is_first]] = theirs[is_first].astype(np.int32)
        is_partner = self._partner[mine] == theirs
        self._with_partner[mine[is_partner]] = keys[both[is_partner]]
        others = both[~is_partner]
        self._others.update(zip(pairs[others].tolist(), keys[others].tolist(), strict=True))

    def _stored(self, pairs: Numbers) -> Keys:
        keys = np.full(len(pairs), UNKNOWN, np.int32)
        if self._has_stored:
            places, known = stored_keys(self.store, "actors", self._named(pairs))
            keys[places] = known
        return keys

    def _named(self, pairs: Numbers) -> "pl.DataFrame":
        import polars as pl

        names = {
            "anonymous_id": self.anonymous.texts_of(pairs >> PAIR_BITS),
            "known_id": self.known.texts_of(pairs & PAIR_MASK),
        }
        return pl.DataFrame(names)
