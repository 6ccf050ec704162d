"""
SIGINT and SIGTERM end a run by a KeyboardInterrupt, so that transactions roll back; a second
one ends it at once, which is safe too: the store survives a kill at any moment.

Python calls a handler between two steps of the main thread, so not while the engine works, and
the engine's threads work on: another thread, which hears of the signal first, stops the engine.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tsa_cli import interrupts

_EXIT_BASE = 128
_ENDING = (signal.SIGINT, signal.SIGTERM)
_PATIENCE_SECONDS = 0.1  # enough for a main thread that runs Python


@contextmanager
def ending_signals() -> Iterator[list[int]]:
    """Handle both signals for the time of the block; yields the signals received so far."""
    received: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        received.append(number)
        for each in _ENDING:
            signal.signal(each, signal.SIG_DFL)  # no handler runs while the engine unwinds
        raise KeyboardInterrupt

    with _watched():
        before = {number: signal.signal(number, end) for number in _ENDING}
        try:
            yield received
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _watched() -> Iterator[None]:
    """A thread that stops the engine, again and again, once a signal has come."""
    hear, tell = os.pipe()
    os.set_blocking(tell, False)
    is_over = threading.Event()
    before = signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(hear, is_over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        signal.set_wakeup_fd(before)
        os.close(tell)
        watcher.join()
        os.close(hear)


def _watch(hear: int, is_over: threading.Event) -> None:
    while heard := os.read(hear, 1):
        while heard[0] in _ENDING and not is_over.wait(_PATIENCE_SECONDS):
            interrupts.stop_what_is_under_way()


def exit_code(received: list[int]) -> int:
    """130 for SIGINT, 143 for SIGTERM."""
    return _EXIT_BASE + (received[0] if received else signal.SIGINT)
