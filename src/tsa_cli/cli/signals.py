"""
SIGINT and SIGTERM end a run by a KeyboardInterrupt, so that transactions roll back; a second
one ends it at once, which is safe too: the store survives a kill at any moment.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_EXIT_BASE = 128


@contextmanager
def ending_signals() -> Iterator[list[int]]:
    """Handle both signals for the time of the block; yields the signals received so far."""
    received: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        received.append(number)
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)  # no handler runs while the engine unwinds
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def exit_code(received: list[int]) -> int:
    """130 for SIGINT, 143 for SIGTERM."""
    return _EXIT_BASE + (received[0] if received else signal.SIGINT)
