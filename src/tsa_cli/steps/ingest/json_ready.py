"""
Values that JSON does not have as they are, inside of a Parquet column.

NaN and infinity become null. A number of 32 bits is the shortest that means it: 49.9, which the
engine would make 49.900001525878906. Bytes are the text that they are, and a key of a map comes
once. Decimals without places are integers: 5, not 5.0, as databases that know no other integer
(Snowflake, Oracle) write their ids.

One of the named places that compose SQL: the names come from the type that the engine declares, as
it quotes them.
"""

import re
from collections.abc import Iterator

_WHOLE = re.compile(r"DECIMAL\(\d+,0\)")
_IS_ODD = re.compile(  # outside of quotes
    r'\b(?:DOUBLE|FLOAT|BLOB|MAP|DECIMAL\(\d+,0\))(?!\w)(?=(?:[^"]*"[^"]*")*[^"]*$)'
)
_PARTS = re.compile(r'"(?:[^"]|"")*"|[(),]|[^"(),]+')


def json_ready(expression: str, kind: str) -> str:
    """The expression of that type with such values mended; itself where the type has none."""
    return _json_ready(expression, kind, 0) if _IS_ODD.search(kind) else expression


def text_of_bytes(expression: str) -> str:
    """Bytes are text whose writer did not say so; what is none is told in hexadecimal."""
    return f"coalesce(try(decode({expression})), cast({expression} as varchar))"


def _json_ready(expression: str, kind: str, depth: int) -> str:
    if kind == "DOUBLE":
        return f"case when isfinite({expression}) then {expression} end"
    if kind == "FLOAT":
        shortest = f"cast(cast({expression} as varchar) as double)"
        return f"case when isfinite({expression}) then {shortest} end"
    if kind == "BLOB":
        return text_of_bytes(expression)
    if _WHOLE.fullmatch(kind):
        return f"cast({expression} as hugeint)"
    if not _IS_ODD.search(kind):
        return expression
    inner = f"v{depth}"  # a lambda in a lambda has a name of its own
    if kind.endswith("]"):
        element = _json_ready(inner, kind[: kind.rindex("[")], depth + 1)
        return f"list_transform({expression}, lambda {inner}: {element})"
    body = kind[kind.index("(") + 1 : -1]
    if kind.startswith("MAP("):
        key_kind, value_kind = _split(body)
        key = text_of_bytes(f"{inner}.key") if key_kind == "BLOB" else f"{inner}.key"
        value = _json_ready(f"{inner}.value", value_kind, depth + 1)
        entry = f"{{'key': {key}, 'value': {value}}}"
        entries = f"list_transform({_last_entries(expression, inner)}, lambda {inner}: {entry})"
        return f"map_from_entries({entries})"
    if not kind.startswith("STRUCT("):
        return expression
    members = ", ".join(
        f"{name} := {_json_ready(f'({expression}).{name}', member, depth)}"
        for name, member in map(_named, _split(body))
    )
    return f"case when {expression} is not null then struct_pack({members}) end"


def _last_entries(expression: str, inner: str) -> str:
    """The entries of a map; of a key that comes several times, which Parquet allows, the last."""
    keys, entries = f"map_keys({expression})", f"map_entries({expression})"
    later = f"list_contains({keys}[{inner}_at + 1:], {inner}.key)"
    return (
        f"case when len(list_distinct({keys})) = len({keys}) then {entries}"
        f" else list_filter({entries}, lambda {inner}, {inner}_at: not {later}) end"
    )


def _split(body: str) -> Iterator[str]:
    """The members of a type, at the commas that stand in no parentheses and no quotes."""
    depth, member = 0, ""
    for part in _PARTS.findall(body):
        depth += (part == "(") - (part == ")")
        if part == "," and depth == 0:
            yield member.strip()
            member = ""
        else:
            member += part
    yield member.strip()


def _named(member: str) -> tuple[str, str]:
    """(the name as the engine quotes it, the type) of a struct's member."""
    found = re.match(r'("(?:[^"]|"")*"|\w+)\s+(.*)', member, re.DOTALL)
    if found is None:
        raise ValueError(f"no member of a struct: {member}")
    return found[1], found[2]
