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


def validate(model: type[Some], values: object, document: Document) -> Some:
    """`values` as a `model`; every fault on a line of its own, placed by `document`."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = [_fault(model, document, dict(e)) for e in error.errors(include_url=False)]
        raise ConfigError(
            "\n".join(dict.fromkeys(faults)), "`tsa config schema` has every key"
        ) from None


def _fault(model: type[ConfigModel], document: Document, error: dict[str, object]) -> str:
    location = error["loc"]
    parts = (
        [part for part in location if isinstance(part, (str, int))]
        if isinstance(location, tuple)
        else []
    )
    key = ".".join(str(part) for part in parts)
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        allowed = _allowed(model, parts[:-1])
        message = f"unknown key{nearest(str(parts[-1]), allowed)}"
        if allowed:
            message += f" (allowed: {', '.join(allowed)})"
    elif error["type"] in ("literal_error", "enum"):
        message += _instead(error)
    if not parts:  # a rule over several keys begins with the one that it blames
        return f"{document.at([message.partition(':')[0]])}: {message}"
    return f"{document.at(parts)}: {key}: {message}"


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
