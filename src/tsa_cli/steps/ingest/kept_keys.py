"""
The keys of one file for the next: the small files of a shop say the same words.

To look the same texts up again was half of what a file of a few hundred lines took.
"""

from collections.abc import Callable, Mapping

from tsa_cli.steps.ingest.word_keys import WordKeys
from tsa_cli.store import Store

MOST_WORDS = 100_000  # of a file that has more, the next one would rather have the memory


class KeptKeys:
    """The keys that the files of a run have met, as long as each of them was stored."""

    def __init__(self) -> None:
        self._keys: WordKeys | None = None
        self._event_names: Mapping[str, str] = {}
        self._are_stored = False

    def lent(
        self, looks: Store, event_names: Mapping[str, str], make: Callable[[], WordKeys]
    ) -> WordKeys:
        """
        The keys for a file whose events are named so, looked up through `looks`.

        Those of the file before when it was stored; else `make()`: what a load that was taken back
        had given keys to is in no table.
        """
        keys = self._keys
        if keys is not None and self._are_stored and event_names == self._event_names:
            keys.look_through(looks)
        else:
            keys = make()
        self._keys, self._event_names, self._are_stored = keys, event_names, False
        return keys

    def are_used(self) -> None:
        """The file that they were lent for has its keys; very many are not kept for the next."""
        if self._keys is not None and self._keys.word_count > MOST_WORDS:
            self._keys = None

    def forget(self) -> None:
        """Keep none: others than they have given keys meanwhile."""
        self._keys = None

    def are_stored(self) -> None:
        """The file that they were lent for is in the store now, with all its texts."""
        self._are_stored = True
