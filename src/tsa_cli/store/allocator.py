"""
Freed memory stays with the process, for the arrays that come next.

glibc gives freed arrays back to the system at once, which hands them out again page by page and
zeroed: on a virtual machine that takes longer than most of what is computed with them.
"""

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of malloc.h
_KEPT_BYTES = 256 << 20  # free memory at the end of the heap that is kept
_LARGEST_BYTES = 64 << 20  # a larger array is mapped, and given back, by itself


def keep_freed_memory() -> None:
    """Ask the C library to keep what is freed; other libraries than glibc go on as they do."""
    with suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        library.mallopt(_MMAP_THRESHOLD, _LARGEST_BYTES)
