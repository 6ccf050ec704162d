"""
JSON documents as every reader sees them: no infinity, no half pairs, and of a key that comes twice
the first value.
"""

import json
import math


def dumped(value: object) -> str:
    """Compact JSON; half of a surrogate pair, for which UTF-8 has no bytes, is escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text


def loaded(text: str) -> object:
    """The document; ValueError of what is no JSON, RecursionError of one that is too deep."""
    return json.loads(text, parse_float=_number, object_pairs_hook=_first_of)


def _first_of(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object; of a key that comes twice the first value, as the engine reads it."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else found | dict(reversed(pairs))


def seen(text: str, repeats: list[bool]) -> object:
    """What a reader sees; `repeats` gets whether an object has a key more than once."""
    has_repeats = False

    def object_of(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal has_repeats
        has_repeats = has_repeats or len(dict(pairs)) < len(pairs)
        return _first_of(pairs)

    value = json.loads(text, parse_float=_number, object_pairs_hook=object_of)
    repeats.append(has_repeats)
    return value


def is_readable(text: str) -> bool:
    """True for a document that `loaded` takes."""
    try:
        loaded(text)
    except (ValueError, RecursionError):
        return False
    return True


def _number(text: str) -> float | str:
    """A number that no float is big enough for is kept as a text: infinity is no JSON."""
    number = float(text)
    return number if math.isfinite(number) else text


def is_json(text: str) -> bool:
    """Whether the text is a JSON object or array itself, as some exports have their properties."""
    if text[:1] not in ("{", "["):
        return False
    try:
        return isinstance(loaded(text), dict | list)
    except (ValueError, RecursionError):
        return False
