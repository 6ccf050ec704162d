"""Paths of a mapping: dotted (`context.page.url`) or JSON pointers (`/gtm.uniqueEventId`)."""

import json
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
    """The value at a path of nested objects and lists; None where there is none."""
    value = document
    for key in keys_of(path):
        if isinstance(value, list) and key.isdecimal():  # as the engine goes into one
            value = value[int(key)] if int(key) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def text_at(document: object, path: str) -> str | None:
    """What a line has at a path, as the text that fields have of it; None where nothing is."""
    value = look_up(document, path)
    return (
        value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )
