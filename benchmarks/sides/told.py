"""
What every side's process says at its end: one JSON line.

writes  stdout
"""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Stages:
    """Seconds per named part of the work, measured inside the process."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the time of the block to `name`; blocks of one name add up."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin


def tell(stages: Mapping[str, float], answer: Mapping[str, object] | None = None) -> None:
    """Print the stages and the answer; keys of the answer that begin with `_` are not compared."""
    sys.stdout.write(json.dumps({"stages": stages, "answer": answer}, default=str) + "\n")
