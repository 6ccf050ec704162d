"""
Paths of a mapping as SQL over documents, every path and name bound.

A document is parsed once for all its texts and once for all its parts: an expression asks for a
path, and gets an element of the list that `lines` selects.
"""

from dataclasses import dataclass, field

from tsa_cli.config.sources import KeyValues, SourceConfig
from tsa_cli.steps.ingest.paths import keys_of, pointer
from tsa_cli.store import Fragment, fragment_of


@dataclass
class BoundPaths:
    """What the expressions of one statement ask for and bind; `lines` comes last."""

    params: dict[str, object] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _texts: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _prefixes: list[str] = field(default_factory=list)

    def bind(self, value: str) -> str:
        """The parameter of a value, the same one each time."""
        if value not in self._names:
            name = f"map_{len(self._names)}"
            self._names[value] = name
            self.params[name] = value
        return "$" + self._names[value]

    def text(self, path: str) -> str:
        """The text at a path, null where there is none; `beginning*/key` is a key inside."""
        if "*/" in path:
            return f"json_extract_string(json, {self._inside(path)})"
        return f"texts[{_position(self._texts, pointer(path))}]"

    def part(self, path: str) -> str:
        """The JSON at a path; of a path that ends in `*`, at the first such key."""
        if path.endswith("*"):
            return f"json_extract(json, '/' || {self.key_like(path)})"
        if "*/" in path:
            return f"json_extract(json, {self._inside(path)})"
        return f"parts[{_position(self._parts, pointer(path))}]"

    def is_object(self, path: str) -> str:
        """Whether an object stands at a path; null where nothing does."""
        return f"starts_with(cast({self.part(path)} as varchar), '{{')"

    def key_like(self, path: str) -> str:
        """The first top-level key with the beginning that stands before the `*`."""
        return f"matching[{_position(self._prefixes, path.removesuffix('*').removeprefix('/'))}]"

    def _inside(self, path: str) -> str:
        """The pointer of a key inside of the first key with a beginning, null without one."""
        beginning, inner = path.split("*", 1)
        return f"'/' || {self.key_like(beginning + '*')} || {self.bind(inner)}"

    def lines(self, base: Fragment, source: SourceConfig) -> Fragment:
        """The documents with all that was asked for, and every value that is bound."""
        documents = _patched(base, source, self)
        slots = {
            "documents": documents,
            "texts": Fragment("cast([] as varchar[])"),
            "parts": Fragment("cast([] as json[])"),
            "matching": Fragment("cast([] as varchar[])"),
        }
        asked: dict[str, object] = {}
        if self._texts:
            slots["texts"] = Fragment("json_extract_string(json, $asked_texts)")
            asked["asked_texts"] = self._texts
        if self._parts:
            slots["parts"] = Fragment("json_extract(json, $asked_parts)")
            asked["asked_parts"] = self._parts
        if self._prefixes:
            slots["matching"] = Fragment(
                "list_transform($asked_prefixes, lambda beginning: list_filter(json_keys(json),"
                " lambda key: starts_with(key, beginning))[1])"
            )
            asked["asked_prefixes"] = self._prefixes
        lines = fragment_of("1_events/read_documents.sql", slots)
        return Fragment(lines.sql, {**lines.params, **self.params, **asked})


def expected_documents(source: SourceConfig, base: Fragment) -> Fragment:
    """The documents as the mapping expects them: JSON texts read, {key, value} lists objects."""
    paths = BoundPaths()
    lines = _patched(base, source, paths)
    return Fragment(lines.sql, {**lines.params, **paths.params})


def open_keys_inside(source: SourceConfig) -> Fragment:
    """The keys of properties that stand under a key of which the mapping has the beginning."""
    beginnings = [path[:-1] for path in source.property_paths() if path.endswith("*")]
    if not beginnings:
        return Fragment("cast([] as varchar[])")
    return Fragment(
        "flatten(list_transform(list_filter(json_keys(json), lambda key: list_bool_or("
        "list_transform($beginnings, lambda beginning: starts_with(key, beginning)))),"
        " lambda key: json_keys(json, '/' || key)))",
        {"beginnings": beginnings},
    )


def without_nulls(document: str) -> str:
    """The object without keys that are null, at any depth: such a key says as much as none."""
    is_suspect = f"contains(cast({document} as varchar), 'null')"
    return f"case when {is_suspect} then json_merge_patch('{{}}', {document}) else {document} end"


def _patched(base: Fragment, source: SourceConfig, paths: BoundPaths) -> Fragment:
    patches = [_embedded(key, paths) for key in source.embedded]
    lists = [_object_of(rule, paths) for rule in source.key_values]
    entities = _entities(source, paths)
    relation = base
    for several in (patches, lists, entities):
        if several:
            slots = {"documents": relation, "patch": Fragment(", ".join(several))}
            relation = fragment_of("1_events/patched_documents.sql", slots)
    return relation


def _position(known: list[str], value: str) -> int:
    if value not in known:
        known.append(value)
    return known.index(value) + 1


def _embedded(key: str, paths: BoundPaths) -> str:
    at = paths.bind(pointer(key))
    text = f"json_extract_string(json, {at})"
    return (
        f"case when json_type(json, {at}) = 'VARCHAR' and json_valid({text})"
        f" then {_standing_at(key, f'cast({text} as json)', paths)} else '{{}}' end"
    )


def _object_of(rule: KeyValues, paths: BoundPaths) -> str:
    def inner(path: str) -> str:
        return paths.bind(pointer(path))

    values = [
        f"nullif(json_extract(kv, {inner(path)}), cast('null' as json))" for path in rule.values
    ]
    values += [_number(f"json_extract_string(kv, {inner(path)})") for path in rule.numbers]
    records = f"from_json(json_extract(json, {inner(rule.path)}), '[\"JSON\"]')"
    entries = (
        f"list_transform({records}, lambda kv:"
        f" {{'k': json_extract_string(kv, {inner(rule.key)}), 'v': coalesce({', '.join(values)})}})"
    )
    made = f"try(to_json(map_from_entries({entries})))"  # a key that comes twice makes no map
    patch = _standing_at(rule.path, made, paths)
    return f"case when {made} is null then '{{}}' else {patch} end"


def _entities(source: SourceConfig, paths: BoundPaths) -> list[str]:
    """
    The patches that put self-describing entities under keys, as Snowplow's SDKs do in JSON.

    `iglu:com.acme/userPlan/jsonschema/1-0-2` has the key `contexts_com_acme_user_plan_1`, of all
    lists together, in their order, as Snowplow's loaders have it.
    """
    lists = [_named_entities(path, paths) for path in source.entities]
    if not lists:
        return []
    named = f"list_concat({', '.join(lists)}, null)"
    alike = f"list_transform(list_filter({named}, lambda n: n.k = kind), lambda n: n.v)"
    kinds = f"list_distinct(list_transform({named}, lambda n: n.k))"
    entries = f"list_transform({kinds}, lambda kind: {{'k': kind, 'v': {alike}}})"
    made = f"case when {named} is not null then to_json(map_from_entries({entries})) end"
    gone = [
        f"case when {one} is null then '{{}}' else {_standing_at(path, 'null', paths)} end"
        for path, one in zip(source.entities, lists, strict=True)
    ]
    return [f"coalesce({made}, '{{}}')", *gone]


def _named_entities(path: str, paths: BoundPaths) -> str:
    """The {k: key, v: data} of a list of entities; null where one of them names no schema."""
    schema = "json_extract_string(e, '/schema')"
    name = f"regexp_extract({schema}, '^iglu:([^/]+/[^/]+)/', 1)"
    words = f"lower(regexp_replace({name}, '([a-z0-9])([A-Z])', '\\1_\\2', 'g'))"
    major = f"nullif(regexp_extract({schema}, '/(\\d+)-\\d+-\\d+$', 1), '')"
    key = f"'contexts_' || regexp_replace({words}, '[^a-z0-9_]', '_', 'g') || '_' || {major}"
    data = paths.bind(pointer(path) + "/data")
    records = f"try(from_json(json_extract(json, {data}), '[\"JSON\"]'))"
    named = f"list_transform({records}, lambda e: {{'k': {key}, 'v': json_extract(e, '/data')}})"
    are_all = f"list_bool_and(list_transform({named}, lambda n: n.k is not null))"
    return f"case when {are_all} then {named} end"


def _standing_at(path: str, value: str, paths: BoundPaths) -> str:
    """The patch that puts a value at a path."""
    for key in reversed(keys_of(path)):
        value = f"json_object({paths.bind(key)}, {value})"
    return value


def _number(text: str) -> str:
    return (
        f"case when regexp_full_match({text}, '-?\\d{{1,18}}') then to_json(cast({text} as bigint))"
        f" else to_json(try_cast({text} as double)) end"
    )
