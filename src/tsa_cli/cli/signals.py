"""
SIGINT, SIGTERM and SIGHUP (of a terminal that closes) end a run by a KeyboardInterrupt, so that
transactions roll back; a second one ends it at once, which is safe too: the store survives a kill
at any moment, but of SIGHUP. One that is ignored at the start (`nohup`) stays ignored.

Python calls a handler between two steps of the main thread, so not while the engine works, and
the engine's threads work on: another thread, which hears of the signal first, stops the engine.
An exception that is raised in a callback (of a weak reference) ends there, unseen; one that is
raised while a compiled module is being imported ends the process by SIGABRT, since such a module
cannot fail halfway: in both cases the signal is sent again.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tsa_cli import interrupts

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE_SECONDS = 0.1  # enough for a main thread that runs Python
_GRACE_SECONDS = 5.0  # for the rollback
_IMPORTING = "<frozen importlib._bootstrap>"


class Ended(KeyboardInterrupt):
    """A signal's exception; of a bare KeyboardInterrupt in exec() Python dies by SIGINT later."""


@contextmanager
def ending_signals(received: list[int]) -> Iterator[None]:
    """Handle these signals for the time of the block; those that came are in `received`."""

    def end(number: int, frame: FrameType | None) -> None:
        received.append(number)
        interrupts.hear(*received)
        if _is_importing(frame):
            is_lost.set()
            return
        for each in before:  # no handler runs while the engine unwinds
            # A terminal that closes tells twice, by its shell and by the kernel.
            signal.signal(each, signal.SIG_IGN if each == signal.SIGHUP else signal.SIG_DFL)
        raise Ended

    interrupts.hear()
    is_lost = threading.Event()

    def notice(unseen: "sys.UnraisableHookArgs") -> None:
        if not isinstance(unseen.exc_value, Ended):
            hook_before(unseen)
            return
        for each in before:
            signal.signal(each, end)
        is_lost.set()

    hook_before, sys.unraisablehook = sys.unraisablehook, notice
    before = {number: signal.getsignal(number) for number in _ENDING}
    if before[signal.SIGHUP] is signal.SIG_IGN:
        del before[signal.SIGHUP]
    for number in before:
        signal.signal(number, end)
    try:
        with _watched(is_lost):  # ends first: what it sends again still finds a handler
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = hook_before


def _is_importing(frame: FrameType | None) -> bool:
    """True of a frame that runs on behalf of an import statement."""
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTING:
            return True
        frame = frame.f_back
    return False


@contextmanager
def _watched(is_lost: threading.Event) -> Iterator[None]:
    """A thread that stops the engine, again and again, once a signal has come; sends a lost one."""
    hear, tell = os.pipe()
    os.set_blocking(tell, False)
    is_over = threading.Event()
    before = signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(hear, is_over, is_lost), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        signal.set_wakeup_fd(before)
        os.close(tell)
        watcher.join()
        os.close(hear)


def _watch(hear: int, is_over: threading.Event, is_lost: threading.Event) -> None:
    while heard := os.read(hear, 1):
        deadline = time.monotonic() + _GRACE_SECONDS
        while heard[0] in _ENDING and not is_over.wait(_PATIENCE_SECONDS):
            interrupts.stop_what_is_under_way()
            if is_lost.is_set():
                is_lost.clear()
                os.kill(os.getpid(), heard[0])
            if time.monotonic() > deadline:
                os._exit(interrupts.exit_code_of(heard[0]))


def exit_code(received: list[int]) -> int:
    """130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP."""
    return interrupts.exit_code_of(received[0] if received else signal.SIGINT)
