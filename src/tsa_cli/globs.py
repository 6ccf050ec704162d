r"""
Globs of configuration files: `*` stands for any text, `?` for one character, all else for itself.

The engine's GLOB is another one: to it `[…]` is a class, a `\` an escape and `?` one byte, so that
a plain name with one of these (`[Amplitude] Page Viewed`) would not be found by itself.
"""

import re
from collections.abc import Iterable, Mapping


def glob_to_like(pattern: str) -> str:
    r"""The LIKE pattern (escape character `\`) of a glob."""
    for special in ("\\", "%", "_"):
        pattern = pattern.replace(special, "\\" + special)
    return pattern.replace("*", "%").replace("?", "_")


def globs_to_like(patterns: Iterable[str]) -> list[str]:
    r"""Those LIKE patterns, in order."""
    return [glob_to_like(pattern) for pattern in patterns]


def lists_to_like(lists: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    r"""The LIKE patterns of each list, by its name."""
    return {name: globs_to_like(patterns) for name, patterns in lists.items()}


def fits_glob(text: str, pattern: str) -> bool:
    """True when the glob stands for the whole text."""
    parts = {"*": ".*", "?": "."}
    expression = "".join(parts.get(sign, re.escape(sign)) for sign in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None
