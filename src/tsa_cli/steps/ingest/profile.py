"""What the keys of unknown documents hold: types, how often, masked examples. Pure."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tsa_cli.json_pointers import pointer_of

MAX_DEPTH = 4
MAX_PATHS = 400
_EXAMPLES = 2
_EXAMPLE_LENGTH = 24
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?"
)
_EPOCHS = ((6.3e8, 4.2e9), (6.3e11, 4.2e12), (6.3e14, 4.2e15), (6.3e17, 4.2e18))  # from 1990 on
Keys = tuple[str, ...]


@dataclass
class KeyProfile:
    """All values at one path of the documents."""

    keys: Keys
    document_count: int
    types: Counter[str] = field(default_factory=Counter)  # of values that are not null
    values: Counter[str] = field(default_factory=Counter)  # of scalars, as text
    time_count: int = 0  # values that read as a moment

    @property
    def path(self) -> str:
        """How a mapping writes it: dotted, or a JSON pointer where a key has a dot or slash."""
        if all(key and not set("./~*") & set(key) for key in self.keys):
            return ".".join(self.keys)
        return pointer_of(*self.keys)

    @property
    def filled_count(self) -> int:
        """In how many documents it has a value."""
        return self.types.total()

    @property
    def null_rate(self) -> float:
        """The share of documents in which it is absent or null."""
        return 1 - self.filled_count / self.document_count if self.document_count else 0.0

    @property
    def plan_type(self) -> str | None:
        """The tracking plan's type that fits every value; None for mixed ones."""
        kinds = set(self.types)
        if kinds == {"integer", "number"}:
            return "number"
        if len(kinds) != 1:
            return None
        [kind] = kinds
        return "timestamp" if kind == "string" and self.time_count == self.filled_count else kind

    def examples(self) -> str:
        """The shapes of its commonest values: letters are x, digits are 9."""
        shapes = dict.fromkeys(masked(text) for text, _ in self.values.most_common(20))
        return ", ".join(list(shapes)[:_EXAMPLES])


def profiles(documents: Sequence[Mapping[str, object]]) -> list[KeyProfile]:
    """The profile of every path, in order of appearance; lists are values, objects are entered."""
    found: dict[Keys, KeyProfile] = {}
    for document in documents:
        for keys, value in _entries(document, ()):
            if keys not in found and len(found) >= MAX_PATHS:
                continue
            profile = found.setdefault(keys, KeyProfile(keys, len(documents)))
            _add(profile, value)
    return list(found.values())


def _entries(document: Mapping[str, object], above: Keys) -> Iterable[tuple[Keys, object]]:
    for key, value in document.items():
        keys = (*above, key)
        if value is None or not key.isprintable():
            continue
        yield keys, value
        if isinstance(value, dict) and len(keys) < MAX_DEPTH:
            yield from _entries(value, keys)


def _add(profile: KeyProfile, value: object) -> None:
    profile.types[type_name(value)] += 1
    if isinstance(value, (dict, list)):
        return
    profile.values[json.dumps(value) if isinstance(value, bool) else str(value)] += 1
    profile.time_count += is_moment(value)


def type_name(value: object) -> str:
    """The tracking plan's name of a JSON value's type."""
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def is_moment(value: object) -> bool:
    """True for ISO 8601 text, and for a number or digits that are a plausible epoch."""
    if isinstance(value, str) and _ISO.fullmatch(value):
        try:
            datetime.fromisoformat(value[:10])
        except ValueError:
            return False
        return True
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return False
    if isinstance(value, str) and not re.fullmatch(r"\d{9,19}", value):
        return False
    number = float(value)
    return any(low <= number <= high for low, high in _EPOCHS)


def masked(text: str) -> str:
    """The shape of a value: what kind of text it is, not which."""
    short = text[:_EXAMPLE_LENGTH] + ("…" if len(text) > _EXAMPLE_LENGTH else "")
    shape = re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "x", short))
    return "".join(char if char.isprintable() else " " for char in shape)
