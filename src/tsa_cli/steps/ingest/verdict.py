"""
What a strict reader says of one line: the oracle of every fast path, and the reason of a rejection.

source  RFC 8259 (JSON): no NaN, no trailing comma, no second document
"""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """`reason` is a code of the contract, None for a JSON object."""

    reason: str | None
    detail: str = ""


def judge(line: bytes, max_line_bytes: int, max_depth: int) -> Verdict:
    """Whether the line is one JSON object within the limits, else why not."""
    if (size := size_of(line)) > max_line_bytes:
        return Verdict("line_too_long", f"{size} bytes, the limit is {max_line_bytes}")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return Verdict("invalid_encoding", f"byte {error.start} is not UTF-8")
    if _depth(text) > max_depth:
        return Verdict("invalid_json", f"nested deeper than {max_depth}")
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return Verdict("invalid_json", f"{error.msg.removesuffix(' at')} at column {error.colno}")
    except (ValueError, RecursionError) as error:
        return Verdict("invalid_json", str(error).splitlines()[0])
    if not isinstance(value, dict):
        return Verdict("not_an_object", f"a JSON {_KIND[type(value)]}")
    if _has_lone_surrogate(text):
        return Verdict("invalid_encoding", "half of a surrogate pair")
    return Verdict(None)


def size_of(line: bytes) -> int:
    """Its bytes without the CR of its end: the same line has one size on every system."""
    return len(line) - line.endswith(b"\r")


_KIND: dict[type, str] = {
    list: "array", str: "string", int: "number", float: "number", bool: "boolean",
    type(None): "null",
}  # fmt: skip


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _has_lone_surrogate(text: str) -> bool:
    if "\\u" not in text and "\\U" not in text:
        return False
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _depth(text: str) -> int:
    """Nesting outside of strings; only counted where there are openers enough to matter."""
    if text.count("[") + text.count("{") < 10:
        return 0
    depth = deepest = 0
    in_string = escaped = False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest
