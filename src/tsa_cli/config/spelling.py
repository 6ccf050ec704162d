"""
The nearest right spelling of a wrong name.
"""

import difflib
from collections.abc import Sequence


def nearest(name: str, known: Sequence[str]) -> str:
    """`; did you mean "x"?`, or nothing."""
    as_written = {each.lower(): each for each in known}
    hits = difflib.get_close_matches(name, known, n=1)
    hits = hits or difflib.get_close_matches(name.lower(), list(as_written), n=1)
    return f"; did you mean {as_written.get(hits[0], hits[0])!r}?" if hits else ""
