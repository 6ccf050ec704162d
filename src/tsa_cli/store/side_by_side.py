"""
Work on parts of a table, two at once: DuckDB and numpy work outside the interpreter's lock.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

from tsa_cli.store.store import Store

Part = TypeVar("Part")
Result = TypeVar("Result")


def side_by_side(
    store: Store, work: Callable[[Store, Part], Result], parts: Iterable[Part]
) -> Iterator[Result]:
    """What `work` answers for each part, in their order; each on a connection of its own."""

    def run(part: Part) -> Result:
        with store.aside() as own:
            return work(own, part)

    with ThreadPoolExecutor(max_workers=2) as pool:
        yield from pool.map(run, parts)


def cut(whole: range, length: float) -> list[range]:
    """The numbers in pieces of about this length, all of the same; none of them is empty."""
    if not whole:
        return []
    count = max(1, round(len(whole) / length))
    ends = [whole.start + len(whole) * piece // count for piece in range(count + 1)]
    return [range(first, last) for first, last in pairwise(ends) if last > first]
