"""
Work done ahead in another thread: reading and encoding go on while the engine writes.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
_LOOK_SECONDS = 0.1


class Ahead(Generic[T]):
    """
    An iterator over `make()`, made in a thread, at most `depth` items ahead.

    What the thread raises is kept as `error`, and is raised to whoever iterates. `close` ends the
    thread; the iterator that it works on is closed there.
    """

    def __init__(self, make: Callable[[], Iterator[T]], depth: int = 1) -> None:
        self.error: BaseException | None = None
        self._items: queue.Queue[T | None] = queue.Queue(depth)
        self._is_closed = threading.Event()
        self._thread = threading.Thread(
            target=self._work, args=(make,), daemon=True, name="tsa-ahead"
        )
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        while (item := self._items.get()) is not None:
            yield item
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        """Wait for the thread to end; what it made is dropped."""
        self._is_closed.set()
        self._thread.join()

    def _work(self, make: Callable[[], Iterator[T]]) -> None:
        try:
            for item in make():
                if not self._put(item):
                    return
        except BaseException as error:  # noqa: BLE001  raised again where the items are taken
            self.error = error
        self._put(None)

    def _put(self, item: T | None) -> bool:
        while not self._is_closed.is_set():
            try:
                self._items.put(item, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            return True
        return False
