"""
What a signal has to stop besides Python: statements that run in an engine of their own.

A KeyboardInterrupt alone waits for the engine's other threads, which go on until their work is
done (seen: a SIGTERM that took the minute that the statement had left).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_stops: list[Callable[[], object]] = []


@contextmanager
def stopped_by_signals(stop: Callable[[], object]) -> Iterator[None]:
    """For the time of the block, a signal calls `stop` before it ends the run."""
    _stops.append(stop)
    try:
        yield
    finally:
        _stops.remove(stop)


def stop_statements() -> None:
    """Stop whatever runs; where nothing does, nothing happens."""
    for stop in _stops:
        stop()
