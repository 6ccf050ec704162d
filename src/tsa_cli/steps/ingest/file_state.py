"""
In which state a file is: by it one is told that was written to while it was read.
"""

from pathlib import Path

State = tuple[int, int] | None  # size and time of change; None of a file that is gone


def state_of(path: Path) -> State:
    """The state in which the file is now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
