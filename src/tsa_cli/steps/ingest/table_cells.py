"""
What a cell of a CSV or TSV is, and the line of JSON that a row of cells becomes.

A cell is text, but a JSON object or array stays one, and so do true and false (as pandas and
spreadsheets write them, too) and the numbers of JSON that lose nothing (49.90, not 007, 1e5 or more
than 15 digits): a file has the same types in every format. Numbers are written as they stand. The
engine stores 1.10 as 1.1, so that a column named as an id or a version keeps as text what would
change: two ids, or versions, are not one. But an id 5.0 is 5: pandas makes floats of integers where
one is absent.
"""

import json
import re
from functools import cache

from tsa_cli.privacy.odd_rows import odd_row

_BRACKETS = "{["  # what an object or a list begins with
_NESTED = {  # objects whose members may be columns
    "properties", "traits", "consent", "context", "event_properties", "user_properties",
}  # fmt: skip
_INTEGER = re.compile(r"-?[1-9]\d{0,14}|0", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d*)\.\d+", re.ASCII)
_BOOLEANS = {
    word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}
_MAX_DIGITS = 15  # that a double keeps, whatever they are
_SPELLED = re.compile(  # columns whose values are names; `paid` and `grid` are none
    r"(?:^|[^a-z])(?:id|uuid|guid|version)$|(?:user|visitor|client|session|device|event|order)id$",
    re.IGNORECASE,
)
_SPELLED_IN_CAMEL_CASE = re.compile(r"[a-z](?:I[Dd]|Version)$")


class _Written:
    """A number as it stands in the table, where Python would write it another way."""

    def __init__(self, text: str) -> None:
        self.text = text


def json_row(header: list[str], row: list[str]) -> str:
    """The row as JSON, without its empty cells; no JSON where it is not as long as the header."""
    if len(row) != len(header):  # not JSON on purpose
        return odd_row(header, row)
    document: dict[str, object] = {}
    for name, text in zip(header, row, strict=True):
        if not text or (not name and _INTEGER.fullmatch(text)):
            continue  # the second is a row's number: pandas and R write them, of no event's
        *outer, inner = path_of_column(name or "column_1")
        holder: object = document
        for key in outer:
            holder = holder.setdefault(key, {}) if isinstance(holder, dict) else None
        if isinstance(holder, dict):
            holder[inner] = _cell(name, text)
        else:
            document[name] = _cell(name, text)
    try:
        return json.dumps(document)
    except TypeError:  # there is a number in it that json would not write as it stands
        return _dumped(document)


@cache  # of the names of columns, each looked at in every row
def path_of_column(name: str) -> tuple[str, ...]:
    """The keys from the top down that a column's name stands for, as `context.page.url`."""
    outer, dot, inner = name.partition(".")
    if not dot or outer not in _NESTED:
        return (name,)
    return (outer, *(inner.split(".") if outer == "context" else [inner]))


def is_cut_short(text: str) -> bool:
    """The cell begins as an object or a list and is none: `{"a` of a row that is being written."""
    return text[0] in _BRACKETS and _cell("", text) == text


def _dumped(value: object) -> str:
    if isinstance(value, _Written):
        return value.text
    if not isinstance(value, dict):
        return json.dumps(value)
    return "{" + ", ".join([f"{json.dumps(k)}: {_dumped(v)}" for k, v in value.items()]) + "}"


def _cell(name: str, text: str) -> object:
    if text[0] in _BRACKETS:
        try:
            value: object = json.loads(text)
        except (ValueError, RecursionError):
            return text
        return value
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if not _DECIMAL.fullmatch(text) or _digit_count(text) > _MAX_DIGITS:
        return text
    number = float(text)
    if repr(number) == text:
        return int(number) if number.is_integer() and _is_id(name) else number
    return text if _is_spelled(name) else _Written(text)


def _digit_count(text: str) -> int:
    return len(text.lstrip("-").replace(".", "").lstrip("0"))


@cache
def _is_spelled(name: str) -> bool:
    return bool(_SPELLED.search(name) or _SPELLED_IN_CAMEL_CASE.search(name))


def _is_id(name: str) -> bool:
    return _is_spelled(name) and not name.lower().endswith("version")
