"""
Which bytes were read to their end before, so that a file that has not changed is not read again.

reads   ingested_files
source  the contract's section 3: an unchanged file is skipped by the hash of its content
"""

from collections.abc import Collection, Iterable

from tsa_cli.steps.ingest.inputs import Input
from tsa_cli.steps.ingest.spool import Given, table_of
from tsa_cli.store import Store


class KnownFiles:
    """
    The files of the store that are as long as an input, asked for once for all inputs.

    `source` is the mapping that they were read by; empty is any.
    """

    def __init__(self, store: Store, inputs: Iterable[Input], source: str) -> None:
        self._store = store
        self._source = source
        self._names: dict[int, dict[str, list[str]]] = {}  # by size, then by hash
        self._ask({size for item in inputs if (size := _size(item)) is not None})

    def name_of(self, given: Given) -> str:
        """
        The name under which the same bytes were read to their end, or an empty text.

        Read as lines, a table is none but refused: under a name that says CSV it is another file.
        """
        if given.size_bytes not in self._names:
            self._ask({given.size_bytes})
        by_hash = self._names[given.size_bytes]
        if not by_hash:
            return ""  # without waiting for the hash: the file is scanned meanwhile
        names = by_hash.get(given.sha256, [])
        return next((name for name in names if table_of(name) == table_of(given.name)), "")

    def was_read(self, given: Given) -> None:
        """A file of this size may be in the store now that was not."""
        self._names.pop(given.size_bytes, None)

    def _ask(self, sizes: Collection[int]) -> None:
        if not sizes:
            return
        self._names |= {size: {} for size in sizes}
        for size, sha256, name in self._store.rows(
            "1_events/known_files.sql", sizes=list(sizes), source=self._source
        ):
            self._names[int(str(size))].setdefault(str(sha256), []).append(str(name))


def _size(item: Input) -> int | None:
    """None for what has no size before it was read, or is gone."""
    try:
        return item.path.stat().st_size if item.path is not None and item.absolute else None
    except OSError:
        return None
