"""
How each column of a Parquet file is read: as a part of a JSON document, or as a typed column.

One of the named places that compose SQL: column names are quoted, nothing else comes from the file.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from tsa_cli.config.sources import CanonicalField, SourceConfig
from tsa_cli.steps.ingest import engine_input as engine
from tsa_cli.steps.ingest.canonical import INSTANT
from tsa_cli.steps.ingest.column_names import Mapped, in_lower_case
from tsa_cli.steps.ingest.json_ready import json_ready
from tsa_cli.steps.ingest.table_cells import path_of_column
from tsa_cli.steps.ingest.value_sql import (
    TEXTS,
    json_object,
    json_value,
    moment_of,
    text_of,
    whole_number,
    written_text,
)
from tsa_cli.store import Fragment, Store, quoted

_INSTANTS = ("TIMESTAMP", "DATE")
_FLOATS = ("DOUBLE", "FLOAT")
_IDS: tuple[CanonicalField, ...] = ("event_id", "user_id", "anonymous_id", "session_id")
_Members = dict[str, Any]  # of an object: objects of the same, and the columns that are values
_ROW_NUMBERS = re.compile(r"__index_level_\d+__")  # pandas', of a part of a frame
_DECLARED = re.compile(r'[(,]\s*(?:"((?:[^"]|"")+)"|(\w+))\s')


def columns_of(store: Store, path: Path, mapped: Mapped) -> dict[str, str]:
    """
    {column: type as the engine writes it}, in the file's order, then those of its folders.

    Named as mappings have them: `mapped` is what those need. The engine finds a column
    by its name in any case.
    """
    partitioned = is_partitioned(store, path)
    described = _described(store, path, is_partitioned=partitioned)
    return _told_columns(described, mapped, _folder_keys(path) if partitioned else ())


def is_partitioned(store: Store, path: Path) -> bool:
    """
    True when folders KEY=VALUE of its path are columns: the file has none of that name itself.

    The engine would read the folder's value in place of the file's own.
    """
    keys = _folder_keys(path)
    if not keys:
        return False
    own = _described(store, path, is_partitioned=False)
    return keys.isdisjoint(name.lower() for name in own)


def _folder_keys(path: Path) -> set[str]:
    return {name.partition("=")[0].lower() for name in path.parent.parts if "=" in name}


def _told_columns(
    described: Mapping[str, str], mapped: Mapped, of_folders: Collection[str]
) -> dict[str, str]:
    """Those that say something of an event, as mappings name them; `of_folders` keep theirs."""
    told = {
        name: kind
        for name, kind in described.items()
        if not (_ROW_NUMBERS.fullmatch(name) and kind.endswith(("INT", "INTEGER")))
    }
    own = [name for name in told if name.lower() not in of_folders]
    names = in_lower_case(own, mapped)  # how a folder is written says nothing of the file
    return {names.get(name, name): kind for name, kind in told.items()}


def _described(store: Store, path: Path, *, is_partitioned: bool) -> dict[str, str]:
    rows = store.records(
        "1_events/parquet_columns.sql", path=str(path), is_partitioned=is_partitioned
    )
    return {str(row["column_name"]): str(row["column_type"]) for row in rows}


def documents(
    store: Store,
    path: Path,
    mapped: Mapped,
    objects: Collection[str] = (),
    ids: Collection[str] = (),
) -> Fragment:
    """
    One JSON document a row, without nulls; text that is JSON of an object or array is that.

    `mapped` is what mappings need, as for `columns_of`. Columns that hold `objects` as text
    may say null in it; whole numbers in `ids` are integers.
    """
    partitioned = is_partitioned(store, path)
    described = _described(store, path, is_partitioned=partitioned)
    columns = _told_columns(described, mapped, _folder_keys(path) if partitioned else ())
    shown = {}
    for name, kind in columns.items():
        column = quoted(name)
        if kind in TEXTS:
            shown[column] = (json_object if name in objects else json_value)(column, kind)
        elif name in ids and kind in _FLOATS:
            shown[column] = whole_number(column)
        elif (mended := json_ready(column, kind)) != column:
            shown[column] = mended
    gone, members = _members(columns)
    made = {quoted(name): _struct_of(inner, shown) for name, inner in members.items()}
    shown = {column: expression for column, expression in shown.items() if column not in gone}
    renamed = [quoted(name) for name in columns if name not in described]
    made |= {column: shown.pop(column, column) for column in renamed if column not in gone}
    told = {name.lower() for name in columns}
    gone += [column for column in renamed if column not in gone]
    gone += [quoted(name) for name in described if name.lower() not in told]
    return engine.parquet_documents_reader(path, shown, made, gone, is_partitioned=partitioned)


def has_members(columns: Mapping[str, str]) -> bool:
    """True when some of the columns are members of an object."""
    return bool(_members(columns)[0])


def _members(columns: Mapping[str, str]) -> tuple[list[str], _Members]:
    """(the columns that are members of an object, the objects): names like those of a CSV."""
    gone: list[str] = []
    objects: _Members = {}
    names = {name.lower() for name in columns}  # as the engine tells them apart
    for name in columns:
        *outer, inner = path_of_column(name)
        if not outer or outer[0] in names or not all((*outer, inner)):
            continue
        holder: object = objects
        for key in outer:
            holder = holder.setdefault(key, {}) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and inner not in holder:
            holder[inner] = quoted(name)
            gone.append(quoted(name))
    return gone, objects


def _struct_of(members: _Members, shown: Mapping[str, str]) -> str:
    parts = (
        f"{quoted(key)} := "
        + (_struct_of(inner, shown) if isinstance(inner, dict) else shown.get(inner, inner))
        for key, inner in members.items()
    )
    return f"struct_pack({', '.join(parts)})"


def typed(
    store: Store,
    path: Path,
    columns: dict[str, str],
    source: SourceConfig,
    open_keys: Collection[str] = (),
) -> tuple[Fragment, list[str]]:
    """
    (the reader, its columns): instants as `c_event_ts`, objects as JSON, the rest as text.

    Columns of `open_keys` are the JSON that they are in a document.
    """
    objects = {*source.properties, *source.traits, *source.consent}
    ids = id_paths(source)
    instant = next((p for p in source.fields.get("timestamp", []) if p in columns), None)
    shown = {}
    names = []
    for name, kind in columns.items():
        column = quoted(name)
        if name == instant and kind.startswith(_INSTANTS):
            names.append(INSTANT)
            shown[INSTANT] = moment_of(column, kind)
            continue
        names.append(name)
        if name in open_keys:
            shown[column] = json_value(column, kind)
        elif name in objects:
            shown[column] = json_object(column, kind)
        elif name in ids and kind in _FLOATS:
            shown[column] = f"json_extract_string({whole_number(column)}, '$')"
        else:
            shown[column] = text_of(column, kind)
    partitioned = is_partitioned(store, path)
    return engine.parquet_columns_reader(path, shown, is_partitioned=partitioned), names


def id_paths(source: SourceConfig) -> set[str]:
    """The paths of the mapping that ids are read from."""
    return {path for field in _IDS for path in source.fields.get(field, [])}


def property_keys(
    store: Store, path: Path, columns: dict[str, str], source: SourceConfig, most_rows: int
) -> set[str]:
    """The keys inside the properties, as a struct declares them or the first texts have them."""
    found: set[str] = set()
    for name in source.properties:
        kind = columns.get(name, "")
        if kind.startswith("STRUCT"):
            found |= {a.replace('""', '"') or b for a, b in _DECLARED.findall(kind)}
        elif kind in TEXTS:
            column = {"column": Fragment(written_text(quoted(name), kind))}
            rows = store.rows(
                "1_events/parquet_text_keys.sql", column, path=str(path), most_rows=most_rows,
                is_partitioned=is_partitioned(store, path),
            )  # fmt: skip
            found |= {str(key) for (key,) in rows}
    return found


def has_texts(columns: Mapping[str, str], paths: Iterable[str]) -> bool:
    """True when a column's keys are known only text by text."""
    return any(columns.get(path) in TEXTS for path in paths)


def has_open_keys(columns: dict[str, str], paths: Iterable[str]) -> bool:
    """True when a column's keys are known only row by row, as those of a map."""
    return any(columns.get(path, "").startswith(("MAP", "VARIANT")) for path in paths)
