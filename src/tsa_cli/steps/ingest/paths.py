"""Paths of a mapping: dotted (`context.page.url`) or JSON pointers (`/gtm.uniqueEventId`)."""

from functools import cache

from tsa_cli.json_pointers import pointer_of


def pointer(path: str) -> str:
    """The JSON pointer of a dotted path; a path that begins with "/" is one already."""
    if path.startswith("/"):
        return path
    return pointer_of(*path.split("."))


@cache  # of the mappings' paths, each looked up in every line of a sample
def keys_of(path: str) -> tuple[str, ...]:
    """The keys from the top down that a path names."""
    keys = pointer(path).split("/")[1:]
    return tuple(key.replace("~1", "/").replace("~0", "~") for key in keys)


def first_key(path: str) -> str:
    """The top-level key of a path."""
    return keys_of(path)[0]


def is_top(path: str) -> bool:
    """True when a path names a key of the document itself."""
    return pointer(path).count("/") == 1


def look_up(document: object, path: str) -> object:
    """The value at a path of nested objects; None where there is none."""
    value = document
    for key in keys_of(path):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
