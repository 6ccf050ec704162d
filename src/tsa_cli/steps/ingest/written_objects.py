"""
Objects that lines have as JSON text: `"properties": "{\\"price\\": 5}"`, as a database writes them.

The first lines say under which keys, so that a file without any is read as fast as before.
"""

import json
from collections.abc import Iterable, Mapping

from tsa_cli.config.sources import SourceConfig
from tsa_cli.json_pointers import pointer_of
from tsa_cli.steps.ingest.paths import first_key, is_top


def with_objects(document: Mapping[str, object]) -> dict[str, object]:
    """The document, with an object in place of each text that is one."""
    return {key: _object_of(value) or value for key, value in document.items()}


def reading_texts(source: SourceConfig, lines: Iterable[str]) -> SourceConfig:
    """The mapping, told which of the objects that it looks into some of the lines have as text."""
    wanted = {*source.property_paths(), *source.trait_paths(), *source.consent}
    wanted |= {path for _, path in source.field_paths() if not is_top(path)}
    keys = {first_key(path) for path in wanted} - {first_key(path) for path in source.embedded}
    documents = filter(None, map(_object_of, lines))
    texts = {key for document in documents for key in keys if _object_of(document.get(key))}
    if not texts:
        return source
    pointers = map(pointer_of, sorted(texts))
    return source.model_copy(update={"embedded": [*source.embedded, *pointers]})


def _object_of(value: object) -> dict[str, object] | None:
    if not isinstance(value, str) or value.lstrip()[:1] != "{":
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
