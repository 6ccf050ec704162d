"""
How each column of a Parquet file is read: as a part of a JSON document, or as a typed column.

One of the named places that compose SQL: column names are quoted, nothing else comes from the file.
"""

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from tsa_cli.config.sources import SourceConfig
from tsa_cli.steps.ingest import engine_input as engine
from tsa_cli.steps.ingest.finite import finite
from tsa_cli.store import Fragment, Store, quoted

_INSTANTS = ("TIMESTAMP", "DATE")
_TEXTS = ("VARCHAR", "JSON")
_DECLARED = re.compile(r'[(,]\s*(?:"((?:[^"]|"")+)"|(\w+))\s')


def columns_of(store: Store, path: Path) -> dict[str, str]:
    """{column: type as the engine writes it}, in the file's order."""
    return {
        str(row["column_name"]): str(row["column_type"])
        for row in store.records("1_events/parquet_columns.sql", path=str(path))
    }


def documents(store: Store, path: Path, objects: Collection[str] = ()) -> Fragment:
    """
    One JSON document a row, without nulls; text that is JSON of an object or array is that.

    In columns of `objects`, the text `null` is none.
    """
    shown = {}
    for name, kind in columns_of(store, path).items():
        column = quoted(name)
        if kind in (*_TEXTS, "BLOB"):
            shown[column] = (_object if name in objects else _value)(column, kind)
        elif (made := finite(column, kind)) != column:
            shown[column] = made
    return engine.parquet_documents_reader(path, shown)


def typed(
    path: Path, columns: dict[str, str], source: SourceConfig, open_keys: Collection[str] = ()
) -> tuple[Fragment, list[str]]:
    """
    (the reader, its columns): instants as `c_event_ts`, objects as JSON, the rest as text.

    Columns of `open_keys` are the JSON that they are in a document.
    """
    objects = {*source.properties, *source.traits, *source.consent}
    instant = next((p for p in source.fields.get("timestamp", []) if p in columns), None)
    shown = {}
    names = []
    for name, kind in columns.items():
        column = quoted(name)
        if name == instant and kind.startswith(_INSTANTS):
            names.append("c_event_ts")
            shown["c_event_ts"] = _instant(column, kind)
            continue
        names.append(name)
        if name in open_keys:
            shown[column] = _value(column, kind)
        elif name in objects:
            shown[column] = _object(column, kind)
        else:
            shown[column] = _text(column, kind)
    return engine.parquet_columns_reader(path, shown), names


def property_keys(
    store: Store, path: Path, columns: dict[str, str], source: SourceConfig
) -> set[str]:
    """The keys inside the properties, as a struct declares them or as texts have them."""
    found: set[str] = set()
    for name in source.properties:
        kind = columns.get(name, "")
        if kind.startswith("STRUCT"):
            found |= {a.replace('""', '"') or b for a, b in _DECLARED.findall(kind)}
        elif kind in (*_TEXTS, "BLOB"):
            column = {"column": Fragment(_text(quoted(name), kind))}
            rows = store.rows("1_events/parquet_text_keys.sql", column, path=str(path))
            found |= {str(key) for (key,) in rows}
    return found


def has_open_keys(columns: dict[str, str], paths: Iterable[str]) -> bool:
    """True when a column's keys are known only row by row, as those of a map."""
    return any(columns.get(path, "").startswith("MAP") for path in paths)


def _value(column: str, kind: str) -> str:
    """What a column is in a document: text that is JSON of an object or array is that."""
    if kind not in (*_TEXTS, "BLOB"):
        return f"to_json({finite(column, kind)})"
    text = _text(column, kind)
    return (
        f"case when {text}[1] in ('{{', '[') and json_valid({text})"
        f" then cast({text} as json) else to_json({text}) end"
    )


def _object(column: str, kind: str) -> str:
    if kind in (*_TEXTS, "BLOB"):
        return f"case when {_text(column, kind)} <> 'null' then {_value(column, kind)} end"
    if kind.startswith("STRUCT"):  # every row has every key, most of them null
        return f"json_merge_patch('{{}}', to_json({finite(column, kind)}))"
    return f"to_json({finite(column, kind)})"


def _text(column: str, kind: str) -> str:
    if kind == "BLOB":  # text whose writer did not say so
        return f"coalesce(try(decode({column})), cast({column} as varchar))"
    return column if kind in _TEXTS else f"cast({column} as varchar)"


def _instant(column: str, kind: str) -> str:
    if kind.endswith("_NS"):  # a cast would round to the microsecond, texts are cut
        return f"make_timestamp(epoch_ns({column}) // 1000)"
    if "ZONE" in kind:
        return f"{column} at time zone 'UTC'"
    return f"cast({column} as timestamp)"
