"""
YAML 1.2 core with unique keys, and the line of every key.

PyYAML alone reads `no` as False, `12:30` as 750 and `010` as 8, and lets a duplicate key win
silently; a file here means what it says or is an error with its line and column.

source  https://yaml.org/spec/1.2.2/#103-core-schema
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tsa_cli.errors import ConfigError

MAX_BYTES = 1_000_000
MAX_ALIASES = 50
MAX_DEPTH = 30
MAX_DIGITS = 40

_CORE = (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    (
        "float",
        r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$|^[-+]?[0-9]+[eE][-+]?[0-9]+$",
        "-+0123456789.",
    ),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("merge", r"^<<$", "<"),
)
_NO_TEXT = ("bool", "int", "float", "null")


class _Loader(yaml.CSafeLoader):
    """CSafeLoader with the core schema's scalars only."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        """The node's value; a ConstructorError with its place where its tag does not fit it."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, TypeError):  # of `!!int x` and the like
            kind = node.tag.rpartition(":")[2]
            raise yaml.constructor.ConstructorError(
                None, None, f"the tag !!{kind} does not fit the value", node.start_mark
            ) from None


def _integer(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    if len(text) > MAX_DIGITS:
        raise yaml.constructor.ConstructorError(
            None, None, f"a number of more than {MAX_DIGITS} digits", node.start_mark
        )
    return int(text)


def _mapping(loader: yaml.CSafeLoader, node: yaml.MappingNode) -> Iterator[dict[object, object]]:
    seen: set[str] = set()
    for key, _ in node.value:
        if fault := _key_fault(key, seen):
            raise yaml.constructor.ConstructorError(None, None, fault, key.start_mark)
        seen.add(key.value)
    loader.flatten_mapping(node)
    out: dict[object, object] = {}
    yield out
    out.update(loader.construct_mapping(node))


def _key_fault(key: yaml.Node, seen: set[str]) -> str:
    """Why the node is no key beside those that were seen; "" when it is one."""
    kind = key.tag.rpartition(":")[2]
    if not isinstance(key, yaml.ScalarNode):
        return "a list or mapping cannot be a key"
    if key.value in seen:
        return f"duplicate key {key.value!r}"
    if kind in _NO_TEXT:  # of an event, or a band: names that are meant as texts
        return f'the key {key.value or "nothing"} is no text; write it in quotes: "{key.value}"'
    return ""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in _CORE:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


@dataclass(frozen=True)
class Document:
    """One YAML file: its values, and where each key stands."""

    path: str
    values: object
    root: yaml.Node | None

    def at(self, location: Sequence[str | int]) -> str:
        """`FILE:LINE:COL` of the deepest key on the way to `location` that the file has."""
        node = best = self.root
        for part in location:  # parts that are no keys (union tags, absent fields) are skipped
            if isinstance(node, yaml.MappingNode):
                hits = [(k, v) for k, v in node.value if k.value == str(part)]
                if hits:
                    best, node = hits[-1]  # before it stand those that a merge brought and it beats
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
                best = node = node.value[part] if part < len(node.value) else node
        if best is None:
            return f"{self.path}:1:1"
        return f"{self.path}:{best.start_mark.line + 1}:{best.start_mark.column + 1}"


def read_text(path: Path, name: str) -> str:
    """The file's text; ConfigError when it cannot be read, is no UTF-8 or too large."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{name}: {error.strerror}", "check the path and its rights") from None
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{name}:1:1: larger than {MAX_BYTES} bytes", "split it")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{name}:{line}:1: not UTF-8", "save it as UTF-8") from None


def parse_yaml(text: str, name: str) -> Document:
    """The parsed text; ConfigError with NAME:LINE:COL when it is no YAML of ours."""
    try:
        _bound(text, name)
        root, values = _composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else f"{name}:1:1"
        why = error.problem or error.context
        if error.context and str(why).startswith("but "):  # "expected X", "but found Y"
            why = f"{error.context}, {why}"
        raise ConfigError(f"{where}: {why}", "mend the YAML") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{name}:1:1: {str(error).splitlines()[0]}", "mend the YAML") from None
    return Document(name, values, root)


def _composed(text: str) -> tuple[yaml.Node | None, object]:
    """(the tree with the place of every key, its values), of one reading."""
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        return root, None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()


def _bound(text: str, name: str) -> None:
    """Refuse nesting and aliases that only an attack or an accident makes."""
    depth = aliases = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > MAX_DEPTH or aliases > MAX_ALIASES:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise ConfigError(f"{name}:{line}:1: too deep or too many aliases", "flatten it")
