"""
Work that runs outside of Python, and how to stop it when a signal asks the run to end.

Python's own handler waits until the engine comes back, and even when the engine has noticed the
signal it waits for its threads, which may take minutes; told to stop, it stops at once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_under_way: list[Callable[[], None]] = []
_beside: list[Callable[[], None]] = []  # the main thread
_left_alone: list[bool] = []
_received: list[int] = []


@contextmanager
def interruptible(stop: Callable[[], None], *, is_beside: bool = False) -> Iterator[None]:
    """
    Let a signal call `stop` for the time of the block, and again until the block ends.

    What works `is_beside` the main thread is stopped also while that one already cleans up.
    """
    stops = _beside if is_beside else _under_way
    stops.append(stop)
    try:
        yield
    finally:
        if stop in stops:
            stops.remove(stop)


def stop_what_is_under_way() -> None:
    """Stop it; the main thread may begin more, or it may already stand down."""
    for stop in [*([] if _left_alone else _under_way), *_beside]:
        stop()


@contextmanager
def left_alone() -> Iterator[None]:
    """Stop nothing of the main thread in the block, where it writes down how it was ended."""
    _left_alone.append(True)
    try:
        yield
    finally:
        _left_alone.pop()


def hear(*numbers: int) -> None:
    """Only the signals of these numbers have come to this run so far."""
    _received[:] = numbers


def exit_code_of(number: int) -> int:
    """The exit code of a run that the signal of this number ends."""
    return 128 + number


def exit_code_of_signal() -> int | None:
    """The exit code by the signal that ends this run; None when none has come."""
    return exit_code_of(_received[0]) if _received else None


def let_clean_up(error: BaseException) -> None:
    """
    Stop nothing of the main thread any more, when a signal was what ended its work.

    Stopped while it reads a frame of ours, the engine calls that an error of its own.
    """
    if _received or isinstance(error, KeyboardInterrupt) or is_interruption(error):
        _under_way.clear()


def is_interruption(error: BaseException) -> bool:
    """True of what the engine's client raises when it notices a signal: no error of its own."""
    return type(error) is RuntimeError and "interrupted" in str(error).lower()
