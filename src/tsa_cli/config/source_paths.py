"""
The paths of a mapping, and which of them no line can ever fill.

`context.page.url` goes down by its dots, and so does `items.0.id`, into a list; `/page.url` is a
JSON pointer, for keys with a dot. A top-level key of which only the beginning is known ends in
`*`: `unstruct_event_*`, and `unstruct_event_*/data` for what is inside of it.

source  RFC 6901 (JSON pointers)
"""

import re
from typing import Annotated

from pydantic import AfterValidator

_BRACKETS = re.compile(r"\[(\d+|\*|'[^']*'|\"[^\"]*\")\]")
_BEGINNING = re.compile(r"/?[^*/]+\*(/[^*]+)?")
_BAD_ESCAPE = re.compile(r"~(?![01])")


def source_path(value: str) -> str:
    """The path, if a line may have something there; ValueError with what to write instead."""
    if fault := _fault(value):
        raise ValueError(f"{fault}, not {value!r}")
    return value


def path_without_star(value: str) -> str:
    """The path, if it is a whole one; ValueError of one with a `*`, which is looked for nowhere."""
    if "*" in value:
        raise ValueError(f"a whole path is needed here, without `*`, not {value!r}")
    return source_path(value)


def path_of_text(value: str) -> str:
    """The path, if a text may stand there; ValueError of a `*` that says only which object."""
    if value.endswith("*"):
        raise ValueError(f"the key inside is needed, like {value}/KEY, not {value!r}")
    return source_path(value)


def is_path_of_text(value: str) -> bool:
    """Whether a mapping may name the path; a key with a `*` of its own has none."""
    return "*" not in value and not _fault(value)


SourcePath = Annotated[str, AfterValidator(source_path)]
WholePath = Annotated[str, AfterValidator(path_without_star)]
TextPath = Annotated[str, AfterValidator(path_of_text)]


def _fault(path: str) -> str:
    if not path.strip(" /"):
        return "a path names a key"
    if path.startswith("/"):
        if _BAD_ESCAPE.search(path):
            return "in a path that begins with / a ~ is written ~0 (and a / in a key ~1)"
    elif path.startswith(("$.", "$[")):
        return f"a path begins with its first key: {_dotted(path[1:])!r}"
    elif _BRACKETS.search(path):
        return f"a place in a list is a number between dots: {_dotted(path)!r}"
    elif "" in path.split("."):
        return f"a key is missing at a dot: {'.'.join(filter(None, path.split('.')))!r} has none"
    if "*" in path and not _BEGINNING.fullmatch(path):
        return "a * ends the beginning of a top-level key, like event_* or event_*/KEY"
    return ""


def _dotted(path: str) -> str:
    """`items[0].id` as `items.0.id`."""
    return _BRACKETS.sub(lambda found: f".{found[1].strip(chr(39) + chr(34))}", path).strip(".")
