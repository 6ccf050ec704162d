"""
A mapping becomes one select: the canonical text columns of every line of a file.

One of the named places that compose SQL: paths and names of the mapping are bound, never pasted.
Two ways in. Native JSON lines whose keys are all plain are read as typed columns (twice as fast);
everything else is read as one JSON document a line, and every field is looked up by its path.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tsa_cli.config.sources import CanonicalField, KeyValues, SourceConfig
from tsa_cli.store import Fragment, quoted

IDENTIFY_EVENT = "$identify"
ALIAS_EVENT = "$alias"
TEXT_FIELDS: tuple[CanonicalField, ...] = (
    "event_id", "event", "timestamp", "user_id", "anonymous_id", "session_id", "page_url",
    "referrer_url", "user_agent", "ip",
)  # fmt: skip
_COLUMN = {"timestamp": "c_ts"}


@dataclass(frozen=True)
class Reader:
    """A relation of raw lines: `document` (one JSON column `json`), or plain columns."""

    fragment: Fragment
    columns: tuple[str, ...] = ()  # empty: a document reader


def column_name(field: str) -> str:
    """The canonical column of a field, e.g. "timestamp" → "c_ts"."""
    return _COLUMN.get(field, f"c_{field}")


def pointer(path: str) -> str:
    """The JSON pointer of a dotted path; a path that begins with "/" is one already."""
    if path.startswith("/"):
        return path
    return "/" + path.replace("~", "~0").replace("/", "~1").replace(".", "/")


def first_key(path: str) -> str:
    """The top-level key of a path."""
    return pointer(path).split("/")[1].replace("~1", "/").replace("~0", "~")


def from_columns(source: SourceConfig, reader: Reader) -> Fragment:
    """The canonical select over typed columns; the reader has one for every path it names."""
    present = set(reader.columns)
    selected = [
        f"{_coalesced_columns(source.fields.get(f, []), present)} as {column_name(f)}"
        for f in TEXT_FIELDS
    ]
    typed = "c_event_ts" if "c_event_ts" in present else "cast(null as timestamp)"
    selected.append(f"{typed} as c_event_ts")
    properties = next((p for p in source.properties if p in present), None)
    selected.append(f"{_object_or_wrapped(properties)} as c_properties")
    for name, paths in (("c_traits", source.traits), ("c_consent", source.consent)):
        held = next((path for path in paths if path in present), None)
        selected.append(f"{quoted(held) if held else 'cast(null as json)'} as {name}")
    sql = f"select {', '.join(selected)} from {reader.fragment.sql}"
    return Fragment(sql, reader.fragment.params)


def from_documents(source: SourceConfig, reader: Reader, personal_keys: Sequence[str]) -> Fragment:
    """
    The canonical select over one JSON document a line.

    Keys that no field consumed stay in the properties; `personal_keys` leave them for the traits.
    """
    names = _Names()
    flat, params = _flattened(reader.fragment, source.key_values, names)
    selected = []
    for field in TEXT_FIELDS:
        value = _coalesced_paths(source.fields.get(field, []), names)
        selected.append(f"{_with_kind(field, value, source, names)} as {column_name(field)}")
    selected.append("cast(null as timestamp) as c_event_ts")
    selected.append(f"{_merged_properties(source, names, personal_keys)} as c_properties")
    selected.append(f"{_traits(source, names, personal_keys)} as c_traits")
    selected.append(f"{_first_object(source.consent, names)} as c_consent")
    return Fragment(f"select {', '.join(selected)} from {flat}", {**params, **names.params})


class _Names:
    """Hands out parameter names for the values of one statement."""

    def __init__(self) -> None:
        self.params: dict[str, object] = {}
        self._known: dict[str, str] = {}

    def bind(self, value: str) -> str:
        if value not in self._known:
            name = f"map_{len(self._known)}"
            self._known[value] = name
            self.params[name] = value
        return "$" + self._known[value]

    def text(self, path: str) -> str:
        return f"json_extract_string(json, {self.bind(pointer(path))})"

    def json(self, path: str) -> str:
        return f"json_extract(json, {self.bind(pointer(path))})"

    def is_object(self, path: str) -> str:
        return f"json_type(json, {self.bind(pointer(path))}) = 'OBJECT'"


def _coalesced_columns(paths: Iterable[str], present: set[str]) -> str:
    columns = [f"nullif({quoted(path)}, '')" for path in paths if path in present]
    return f"coalesce({', '.join(columns)})" if columns else "cast(null as varchar)"


def _object_or_wrapped(column: str | None) -> str:
    if column is None:
        return "cast('{}' as json)"
    name = quoted(column)
    return (
        f"case when {name} is null then cast('{{}}' as json)"
        f" when starts_with(cast({name} as varchar), '{{') then {name}"
        f" else json_object('properties', {name}) end"
    )


def _coalesced_paths(paths: Iterable[str], names: _Names) -> str:
    values = [f"nullif({names.text(path)}, '')" for path in paths]
    return f"coalesce({', '.join(values)})" if values else "cast(null as varchar)"


def _with_kind(field: str, value: str, source: SourceConfig, names: _Names) -> str:
    """Calls that speak of people become events of reserved names; an alias' old id is its device."""
    kinds = source.kinds
    if kinds is None or field not in ("event", "anonymous_id"):
        return value
    kind = names.text(kinds.path)
    cases = []
    for name, spoken in ((IDENTIFY_EVENT, kinds.identify), (ALIAS_EVENT, kinds.alias)):
        if not spoken:
            continue
        bound = ", ".join(names.bind(word) for word in spoken)
        if field == "event":
            cases.append(f"when {kind} in ({bound}) then '{name}'")
        elif name == ALIAS_EVENT:
            previous = _coalesced_paths(source.fields.get("previous_id", []), names)
            cases.append(f"when {kind} in ({bound}) then {previous}")
    return f"case {' '.join(cases)} else {value} end" if cases else value


def _flattened(
    base: Fragment, key_values: Sequence[KeyValues], names: _Names
) -> tuple[str, dict[str, object]]:
    """The documents with each {key, value} list replaced by an object."""
    relation = base.sql
    for rule in key_values:
        values = ", ".join(
            f"nullif(json_extract(kv, {names.bind(pointer(path))}), cast('null' as json))"
            for path in rule.values
        )
        entries = (
            f"list_transform(from_json({names.json(rule.path)}, '[\"JSON\"]'), lambda kv:"
            f" {{'k': json_extract_string(kv, {names.bind(pointer(rule.key))}), 'v': coalesce({values})}})"
        )
        patch = f"json_object({names.bind(first_key(rule.path))}, to_json(map_from_entries({entries})))"
        relation = f"(select coalesce(try(json_merge_patch(json, {patch})), json) as json from {relation})"
    return relation, dict(base.params)


def _merged_properties(source: SourceConfig, names: _Names, personal_keys: Sequence[str]) -> str:
    consumed = {first_key(p) for paths in source.fields.values() for p in paths if _is_top(p)}
    consumed |= {first_key(p) for p in [*source.traits, *source.consent, *source.strip] if _is_top(p)}
    if source.kinds is not None:
        consumed.add(first_key(source.kinds.path))
    stripped = {key: None for key in sorted(consumed | set(personal_keys))}
    rest = f"json_merge_patch(json, {names.bind(json.dumps(stripped))})" if source.keep_rest else "'{}'"
    merged = rest
    for path in source.properties:
        inner = {first_key(path): None} if _is_top(path) else {}
        unwrapped = f"json_merge_patch({merged}, {names.bind(json.dumps(inner))})" if inner else merged
        merged = (
            f"case when {names.is_object(path)} then json_merge_patch({unwrapped}, {names.json(path)})"
            f" else {merged} end"
        )
    nested = _nested_strip(source, personal_keys)
    return f"json_merge_patch({merged}, {names.bind(json.dumps(nested))})" if nested else merged


def _nested_strip(source: SourceConfig, personal_keys: Sequence[str]) -> dict[str, object]:
    """What must go from inside the merged properties: addresses, agents, personal values."""
    patch: dict[str, object] = dict.fromkeys(personal_keys)
    for path in [*source.strip, *source.fields.get("ip", []), *source.fields.get("user_agent", [])]:
        keys = [key.replace("~1", "/").replace("~0", "~") for key in pointer(path).split("/")[1:]]
        if pointer(path).rpartition("/")[0] in {pointer(p) for p in source.properties}:
            keys = keys[-1:]
        elif len(keys) == 1:
            continue
        at = patch
        for key in keys[:-1]:
            inner = at.setdefault(key, {})
            at = inner if isinstance(inner, dict) else {}
        at[keys[-1]] = None
    return patch


def _traits(source: SourceConfig, names: _Names, personal_keys: Sequence[str]) -> str:
    merged = _first_object(source.traits, names)
    for key in personal_keys:
        holders = [f"{path}.{key}" for path in source.properties] + [key]
        value = _coalesced_paths(holders, names)
        merged = (
            f"case when {value} is null then {merged} else"
            f" json_merge_patch(coalesce({merged}, '{{}}'), json_object({names.bind(key)}, {value})) end"
        )
    return merged


def _first_object(paths: Sequence[str], names: _Names) -> str:
    cases = " ".join(f"when {names.is_object(path)} then {names.json(path)}" for path in paths)
    return f"case {cases} end" if cases else "cast(null as json)"


def _is_top(path: str) -> bool:
    return pointer(path).count("/") == 1
