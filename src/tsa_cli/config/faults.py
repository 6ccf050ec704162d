"""
What is wrong with the values of a configuration: each fault with its line and nearest spelling.
"""

import re
from collections.abc import Iterator
from typing import TypeVar

from pydantic import ValidationError

from tsa_cli.config.model import ConfigModel
from tsa_cli.config.spelling import nearest
from tsa_cli.config.yaml_loader import Document
from tsa_cli.errors import ConfigError

Some = TypeVar("Some", bound=ConfigModel)
_QUOTED = re.compile("'([^']*)'")
_LIST = ("list_type", "tuple_type")
_MAPPING = ("model_type", "dict_type", "model_attributes_type")
_NEEDED = {
    ("string_type", "string_too_short"): "a text",
    _LIST: "a list",
    _MAPPING: "a mapping",
    ("int_type", "int_parsing", "int_from_float"): "a whole number",
    ("float_type", "float_parsing"): "a number",
    ("bool_type", "bool_parsing"): "true or false",
}


def validate(model: type[Some], values: object, document: Document) -> Some:
    """`values` as a `model`; every fault on a line of its own, placed by `document`."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults: dict[str, str] = {}
        for each in error.errors(include_url=False):
            if each["type"] == "too_short" and each["input"]:
                continue  # what is in it was refused, and is told
            where, why = _fault(model, document, dict(each))
            faults.setdefault(where, why)  # the others are of other readings of the same value
        told = dict.fromkeys(f"{where}{why}" for where, why in faults.items())
        raise ConfigError("\n".join(told), "`tsa config schema` has every key") from None


def _fault(
    model: type[ConfigModel], document: Document, error: dict[str, object]
) -> tuple[str, str]:
    """(`FILE:LINE:COL: KEY: `, why); a rule over the whole file has its message in the first."""
    parts = _written(document.values, error["loc"])
    key = ".".join(str(part) for part in parts)
    message = _plain(error) or str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        allowed = _allowed(model, parts[:-1])
        message = f"unknown key{nearest(str(parts[-1]), allowed)}"
        if allowed:
            message += f" (allowed: {', '.join(allowed)})"
    elif error["type"] in ("literal_error", "enum"):
        message += _instead(error)
    elif error["type"] in _MAPPING and (allowed := _allowed(model, parts)):
        message += f" (keys: {', '.join(allowed)})"
    if not parts:  # a rule over several keys begins with the one that it blames
        return f"{document.at([message.partition(':')[0]])}: {message}", ""
    return f"{document.at(parts)}: {key}: ", message


def _written(values: object, location: object) -> list[str | int]:
    """The parts of a location that are in the file, and a last one that is missing there."""
    parts: list[str | int] = []
    keys = location if isinstance(location, tuple) else ()
    for part in keys:
        if isinstance(values, dict) and (part in values or part == keys[-1]):
            if part == "[key]":
                continue
            values = values.get(part)
        elif isinstance(values, list) and isinstance(part, int) and part < len(values):
            values = values[part]
        else:  # the name of one of several readings of a value
            continue
        parts.append(part)
    return parts


def _plain(error: dict[str, object]) -> str:
    """What is needed in place of a value of the wrong kind; "" for other faults."""
    kind, found = str(error["type"]), error["input"]
    if kind == "missing":
        return "is missing"
    if kind == "too_short" and not found:
        return "at least one is needed"
    if kind == "recursion_loop":
        return "an anchor that holds itself has no end"
    if kind in _LIST and not isinstance(found, (dict, type(None))):
        return f"a list is needed, like [{_shown(found)}]"
    if kind == "string_type" and isinstance(found, (int, float)):
        return f"a text is needed, not {_shown(found)}; in quotes it is one"
    for kinds, needed in _NEEDED.items():
        if kind in kinds:
            return f"{needed} is needed, not {_shown(found)}"
    return ""


def _shown(value: object) -> str:
    """A value as a file has it."""
    if isinstance(value, (bool, type(None))):
        return "null" if value is None else str(value).lower()
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return repr(value)


def _instead(error: dict[str, object]) -> str:
    """`, not 'x'; did you mean 'y'?`, from the values that the message allows."""
    found, context = error["input"], error.get("ctx")
    if not isinstance(found, str):
        return f", not {found!r}" if isinstance(found, (int, float, type(None))) else ""
    allowed = str(context["expected"]) if isinstance(context, dict) else ""
    return f", not {found!r}{nearest(found, _QUOTED.findall(allowed))}"


def _allowed(model: type[ConfigModel], path: list[str | int]) -> list[str]:
    """The keys that the model at `path` takes, found through its JSON schema."""
    schema: dict[str, object] = model.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    nodes: list[object] = [schema]
    for part in path:
        nodes = [child for node in nodes for child in _children(node, part, definitions)] or nodes
    keys: list[str] = []
    for node in nodes:
        for flat in _flatten(node, definitions):
            properties = flat.get("properties")
            keys += list(properties) if isinstance(properties, dict) else []
    return sorted(set(keys))


def _children(node: object, part: str | int, definitions: object) -> Iterator[object]:
    for flat in _flatten(node, definitions):
        properties = flat.get("properties")
        if isinstance(properties, dict) and part in properties:
            yield properties[part]
        elif isinstance(part, int) and "items" in flat:
            yield flat["items"]
        elif isinstance(flat.get("additionalProperties"), dict):
            yield flat["additionalProperties"]


def _flatten(node: object, definitions: object) -> Iterator[dict[str, object]]:
    if not isinstance(node, dict):
        return
    reference = node.get("$ref")
    if isinstance(reference, str) and isinstance(definitions, dict):
        yield from _flatten(definitions.get(reference.rsplit("/", 1)[1]), definitions)
    for several in ("anyOf", "oneOf", "allOf"):
        options = node.get(several)
        for option in options if isinstance(options, list) else []:
            yield from _flatten(option, definitions)
    yield node
