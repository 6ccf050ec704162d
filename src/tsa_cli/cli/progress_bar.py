"""
A bar on stderr, for work over a second, on a terminal only.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from tsa_cli.cli.terminal import is_terminal, visible

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

PATIENCE_SECONDS = 1.0


class Progress(Protocol):
    """Whoever wants to know how far a step is."""

    def __call__(self, done: int, total: int | None, description: str) -> None:
        """`done` of `total` (None: unknown) units of the work called `description` are over."""
        ...


def silent(done: int, total: int | None, description: str) -> None:
    """The listener that shows nothing."""


class _Bar:
    """One line; draws nothing until the work has lasted a second."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._bars: Bars | None = None
        self._task: TaskID | None = None

    def __call__(self, done: int, total: int | None, description: str) -> None:
        if self._bars is None:
            if time.monotonic() - self._started < PATIENCE_SECONDS:
                return
            self._bars = _bars()
            self._bars.start()
        if self._task is None:
            self._task = self._bars.add_task("", total=None)
        told = visible(description)
        self._bars.update(self._task, completed=done, total=total, description=told)

    def close(self) -> None:
        """Take the bar away."""
        if self._bars is not None:
            self._bars.stop()


def _bars() -> "Bars":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True, markup=False),
        transient=True,
    )


@contextmanager
def progress_bar(*, is_quiet: bool) -> Iterator[Progress]:
    """What a step calls with how far it is; silent unless a person is watching."""
    if is_quiet or not is_terminal(sys.stderr):
        yield silent
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.close()
