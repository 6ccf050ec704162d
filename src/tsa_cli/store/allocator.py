"""
Freed memory stays with the process, for the arrays that come next; a long load gives it back.

glibc gives freed arrays back to the system at once, which hands them out again page by page and
zeroed: on a virtual machine that takes longer than most of what is computed with them.
"""

import ctypes
from contextlib import suppress

_OPTIONS = {  # of malloc.h
    -1: 256 << 20,  # M_TRIM_THRESHOLD: so much free memory at the end of the heap is kept
    -2: 64 << 20,  # M_TOP_PAD: the heap grows by so much
    -3: 32 << 20,  # M_MMAP_THRESHOLD: a larger array is mapped, and given back, by itself
    -8: 1,  # M_ARENA_MAX: what one thread has freed is there for the others
}


def keep_freed_memory() -> None:
    """Ask the C library to keep what is freed; other libraries than glibc go on as they do."""
    with suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        for option, value in _OPTIONS.items():
            library.mallopt(option, value)


def give_back_memory() -> None:
    """
    Give the system what is free between pieces that are not.

    Small pieces of many threads lie between large ones, so that a load of millions of rows held a
    fifth of its memory for nothing. It takes 50 ms; other threads wait for memory meanwhile.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
