"""
Values in what is nearly JSON (cut, damaged, or printed by Python): where they stand, what they say.

A quote of a text inside of another text stands behind one backslash, one level deeper behind three.
"""

import json
import re
from dataclasses import dataclass, replace

_OPENING = re.compile(r"""(\\*)(["'])""")
# The look-behind keeps a long row of backslashes without a quote from being read from each of them.
_QUOTE = re.compile(r"""(?<!\\)(\\*)(["'])""")
_NEXT = re.compile(r"""(?<!\\)\\*["']|[\[\](){}]|[^\s,:\[\](){}"'\\][^,:\[\]{}"'\\\n]*""")
_BARE = re.compile(r"""[^,\[\]{}"'\\\n]*""")
_COLON = re.compile(r"\s*:")
_NOTHING = frozenset({"null", "true", "false", "None", "True", "False", "NaN"})


@dataclass(frozen=True)
class LooseValue:
    """`name` is the innermost key above it, if it is not at the top; a cut one is not whole."""

    start: int  # of what it says: after its quote
    end: int
    said: str
    name: str | None = None
    is_quoted: bool = True
    is_whole: bool = True


def values_at(text: str, at: int, backslashes: int = 0) -> tuple[list[LooseValue], int]:
    """
    (the texts and numbers of the value that begins there, its end); it may be a list or object.

    `backslashes` stand before its quotes: a quote behind fewer ends the text that it is all in.
    """
    values: list[LooseValue] = []
    names: list[str | None] = [None]
    name: str | None = None
    while (token := _NEXT.search(text, at)) is not None:
        if len(names) < 2 and "," in text[at : token.start()]:
            break  # there is no value
        found, at = token[0], token.end()
        if found in ("[", "{", "("):
            names.append(name)
        elif found in ("]", "}", ")"):
            names.pop()
            name = names[-1] if names else None
        elif found[-1] in "\"'" and len(found) <= backslashes:
            return values, token.start()
        else:
            value, at = _value(text, token, is_inside=len(names) > 1)
            if len(names) > 1 and (colon := _COLON.match(text, at)):
                name, at = value.said, colon.end()
                continue
            if value.is_quoted or value.said not in _NOTHING:
                values.append(replace(value, name=name))
            name = names[-1]
        if len(names) < 2:
            break
    return values, at


def _value(text: str, token: re.Match[str], *, is_inside: bool) -> tuple[LooseValue, int]:
    """(the value that the token begins, where it ends)"""
    opening = _OPENING.match(token[0])
    if opening is not None:
        return _quoted(text, token.end(), len(opening[1]), opening[2])
    end = token.end()
    if not is_inside and (bare := _BARE.match(text, token.start())):  # no key: it may have a colon
        end = bare.end()
    said = text[token.start() : end].rstrip()
    value = LooseValue(
        token.start(), token.start() + len(said), said.rstrip(")"), is_quoted=False,
        is_whole=end < len(text),
    )  # fmt: skip
    return value, end


def _quoted(text: str, start: int, backslashes: int, sign: str) -> tuple[LooseValue, int]:
    for mark in _QUOTE.finditer(text, start):
        count = len(mark[1])
        if mark[2] != sign or count % (2 * backslashes + 2) == 2 * backslashes + 1:
            continue  # a quote of what it says
        end = mark.end() - 1 - min(backslashes, count)
        said = _said(text[start:end], backslashes, sign)
        return LooseValue(start, end, said), mark.end() if count >= backslashes else end
    said = _said(text[start:], backslashes, sign)
    return LooseValue(start, len(text), said, is_whole=False), len(text)


def _said(body: str, backslashes: int, sign: str) -> str:
    """What was written, as a reader of JSON would tell it; as it is, where none could."""
    said = body
    if sign == "'":
        said = said.replace("\\'", "'").replace('"', '\\"')
    try:
        for _ in range(backslashes.bit_length() + 1):
            said = str(json.loads(f'"{said}"', strict=False))
        said.encode()
    except ValueError:
        return body
    return said
