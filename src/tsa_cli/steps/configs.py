"""
What the configuration says: is each file right, which value is in force and why, what may be said.

reads   the user's configs and the defaults
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from pydantic.json_schema import GenerateJsonSchema

from tsa_cli.config import Catalog, ConfigFile, nearest
from tsa_cli.config.audiences import AudienceConfig
from tsa_cli.config.catalog import load_document
from tsa_cli.config.kinds import FILES, FOLDERS, model_of
from tsa_cli.config.model import format_duration
from tsa_cli.config.yaml_loader import Document
from tsa_cli.errors import ConfigError, UsageError

BUILT_IN = "built-in"
Json = dict[str, object]
Over = Mapping[tuple[str, str], tuple[object, str]]


class _AsWritten(GenerateJsonSchema):
    """JSON Schema with durations as config files take them: "30m", not "PT30M"."""

    def encode_default(self, dft: object) -> object:
        """The default as JSON."""
        return format_duration(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


@dataclass(frozen=True)
class FileCheck:
    """One config file: `fault` is empty when it is right, else FILE:LINE:COL lines."""

    file: str
    origin: str
    is_valid: bool
    fault: str


@dataclass(frozen=True)
class Setting:
    """One value in force; `origin` is FILE:LINE of where it is set, or "built-in"."""

    config: str
    key: str
    value: object
    origin: str


def validate(catalog: Catalog) -> list[FileCheck]:
    """Every file of the user's folder, right or not, then every default in force."""
    checks = [_check(catalog, relative) for relative in _in_force(catalog)]
    return sorted(checks, key=lambda check: check.origin, reverse=True)


def show(catalog: Catalog, name: str | None, over: Over | None = None) -> list[Setting]:
    """
    Each effective value of the config `name` ("sessions", "funnels/booking"), or of all.

    `over` are values from outside of the files, with their origin, by (config, key).
    """
    names = [name] if name else [r.removesuffix(".yaml") for r in _names(catalog)]
    found = [setting for each in names for setting in _settings(catalog, each)]
    for number, setting in enumerate(found):
        if told := (over or {}).get((setting.config.removesuffix(".yaml"), setting.key)):
            found[number] = replace(setting, value=told[0], origin=told[1])
    return found


def schema(name: str) -> Json:
    """The JSON Schema of a kind ("sessions", "funnels", …); ConfigError when there is none."""
    kinds = {**FILES, **FOLDERS}
    kind = name.partition("/")[0].removesuffix(".yaml")
    if kind not in kinds:
        raise ConfigError(
            f"no kind of config called {name!r}{nearest(kind, sorted(kinds))}",
            f"known: {', '.join(sorted(kinds))}",
        )
    found = kinds[kind].model_json_schema(by_alias=True, schema_generator=_AsWritten)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": kind, **found}


def schemas() -> Json:
    """The JSON Schema of every kind, by its name."""
    return {kind: schema(kind) for kind in sorted({**FILES, **FOLDERS})}


def _in_force(catalog: Catalog) -> list[str]:
    """Relative names: every YAML file of the user's folder, and the defaults not replaced."""
    found: set[str] = set()
    for folder in (catalog.user_dir, catalog.defaults_dir):
        if folder is not None:
            named = {
                path.relative_to(folder).as_posix()
                for path in _files_in(catalog, folder)
                if path.suffix.lower() in (".yaml", ".yml")
                and not path.name.startswith(".")  # an editor's or a file manager's
            }
            # A user's NAME.yml is told as itself, not as a fault of our NAME.yaml, too.
            found |= {name for name in named if f"{name.removesuffix('.yaml')}.yml" not in found}
    return sorted(found)


def _files_in(catalog: Catalog, folder: Path) -> Iterator[Path]:
    """What stands in it at any depth; ConfigError of a folder that cannot be looked into."""

    def refuse(error: OSError) -> None:
        raise error

    with catalog.readable(folder):
        for place, folders, names in os.walk(folder, onerror=refuse):
            yield from (Path(place, name) for name in (*folders, *names))


def _names(catalog: Catalog) -> list[str]:
    """What `show` goes through: every file of the house, present or not, and every entry."""
    entries = [f"{kind}/{name}.yaml" for kind in FOLDERS for name in catalog.names(kind)]
    return [f"{name}.yaml" for name in FILES] + entries


def _check(catalog: Catalog, relative: str) -> FileCheck:
    try:
        path = catalog.path(relative)
    except ConfigError as error:
        return FileCheck(relative, "user", False, error.message)
    if path is None:  # cannot be: the name came from one of the two folders
        return FileCheck(relative, BUILT_IN, True, "")
    shown, origin = catalog.shown(path), catalog.origin(path)
    model = model_of(relative)
    if model is None:
        return FileCheck(shown, origin, False, f"{shown}:1:1: {_unknown(relative)}")
    try:
        config = catalog.read(model, path)
    except ConfigError as error:
        return FileCheck(shown, origin, False, error.message)
    fault = ""
    if isinstance(config, AudienceConfig) and config.sql is not None:
        fault = _sql_fault(config.sql, load_document(model, path, shown)[1])
    return FileCheck(shown, origin, not fault, fault)


def _sql_fault(sql: str, document: Document) -> str:
    """FILE:LINE:COL and why an audience's SQL is refused or gives nobody; "" when it is right."""
    from tsa_cli.store.user_sql import check_user_sql_without_data

    place = document.at(("sql",))
    try:
        columns = check_user_sql_without_data(sql, ("as_of",)).columns
    except UsageError as error:
        return f"{place}: sql: {error.message}"
    if columns is not None and "user_id" not in columns:
        return f"{place}: sql: selects no column user_id"
    return ""


def _unknown(relative: str) -> str:
    folder, _, name = relative.rpartition("/")
    renamed = f"{relative.removesuffix('.yml')}.yaml"
    if relative.endswith(".yml") and model_of(renamed) is not None:
        return f"no config has this name; call it {renamed.rpartition('/')[2]}"
    known = sorted(FOLDERS) if folder else [f"{file}.yaml" for file in FILES]
    return f"no config has this name{nearest(folder or name, known)} (known: {', '.join(known)})"


def _settings(catalog: Catalog, name: str) -> Iterator[Setting]:
    relative = f"{name.removesuffix('.yaml')}.yaml"
    model = model_of(relative)
    if model is None:
        known = [each.removesuffix(".yaml") for each in _names(catalog)]
        raise ConfigError(
            f"no config called {name!r}{nearest(name, known)}", f"known: {', '.join(known)}"
        )
    path = catalog.path(relative)
    if path is None and "/" in name:
        folder, _, entry = name.partition("/")
        catalog.entry(model, folder, entry)  # raises, with the nearest name
    shown = f"defaults/{relative}"
    if path and catalog.origin(path) == "user":
        shown = catalog.shown(path)
    config, document = load_document(model, path, shown) if path else (model(), None)
    default = catalog.default_of(model, relative)
    kept = load_document(model, default, f"defaults/{relative}")[1] if default else None
    if kept is not None:
        config = catalog.load(model, relative)
    for key, value in _flat(config):
        origin = _origin(document, key)
        yield Setting(
            name, ".".join(key), value, origin if origin != BUILT_IN else _origin(kept, key)
        )


def _flat(config: ConfigFile) -> Iterator[tuple[tuple[str, ...], object]]:
    """(path of keys, value) of every leaf; lists are leaves."""
    pending: list[tuple[tuple[str, ...], object]] = [
        ((), config.model_dump(mode="json", by_alias=True))
    ]
    while pending:
        key, value = pending.pop(0)
        if isinstance(value, Mapping) and value:
            pending[:0] = [((*key, str(name)), item) for name, item in value.items()]
        else:
            yield key, value


def _origin(document: Document | None, key: tuple[str, ...]) -> str:
    """FILE:LINE of the deepest key that the file sets on the way to `key`; else "built-in"."""
    values = document.values if document else None
    if document is None or not isinstance(values, dict) or key[:1] == () or key[0] not in values:
        return BUILT_IN
    return document.at(key).rpartition(":")[0]
