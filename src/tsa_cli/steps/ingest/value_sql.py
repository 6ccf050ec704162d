"""
The SQL of one value of a Parquet column: as JSON, as the text that fields read, as a moment.

One of the named places that compose SQL: what comes in is a quoted column and the type that the
engine names.
"""

from tsa_cli.steps.ingest.json_ready import json_ready, text_of_bytes

_SAID_TO_BE_JSON = ("JSON", "VARIANT")  # "x" in them is x, and 1 a number
TEXTS = ("VARCHAR", "BLOB", *_SAID_TO_BE_JSON)
_LOOSE = ("NaN", "Infinity", ",}", ",]")  # what the engine takes in JSON, and no strict reader
_STRINGS = r'"(?:[^"\\]|\\.)*"|[^"]+'  # of a JSON text, and what stands between them
_NO_NUMBER = "-?(?:NaN|Infinity)"


def json_value(column: str, kind: str) -> str:
    """What a column is in a document."""
    if kind in TEXTS:
        return _json_of(written_text(column, kind), kind)
    return f"to_json({json_ready(column, kind)})"


def whole_number(column: str) -> str:
    """An id in a column of floats, which is what pandas makes of integers where one is absent."""
    is_whole = f"{column} = trunc({column}) and abs({column}) < {2**53}"
    return (
        f"case when {is_whole} then to_json(cast({column} as bigint))"
        f" when isfinite({column}) then to_json({column}) end"
    )


def json_object(column: str, kind: str) -> str:
    """What a column of objects is in a document: without members or texts that are null."""
    if kind in TEXTS:
        return _json_of(f"nullif({written_text(column, kind)}, 'null')", kind)
    if kind.startswith("STRUCT"):  # every row has every key, most of them null
        return f"json_merge_patch('{{}}', to_json({json_ready(column, kind)}))"
    return f"to_json({json_ready(column, kind)})"


def _json_of(text: str, kind: str) -> str:
    """
    The object or array that a text is, in strict JSON with null for NaN; else the text.

    Of a column that is said to be JSON, whatever value it is. Asked of rows with a text alone: a
    column that is mostly null cost as much as one of texts.
    """
    numbers = (
        f"list_transform(regexp_extract_all({text}, '{_STRINGS}'), lambda part: case when"
        f" part[1] = '\"' then part else regexp_replace(part, '{_NO_NUMBER}', 'null', 'g') end)"
    )
    strict = f"json_merge_patch('{{}}', try_cast(array_to_string({numbers}, '') as json))"
    is_loose = " or ".join(f"contains({text}, '{part}')" for part in _LOOSE)
    is_text = "false" if kind in _SAID_TO_BE_JSON else f"ltrim({text})[1] not in ('{{', '[')"
    return (
        f"case when {text} is not null then"
        f" coalesce(case when {is_text} then null"
        f" when {text}[1] in ('{{', '[') and not ({is_loose}) then try_cast({text} as json)"
        f" else {strict} end, to_json({text})) end"
    )


def written_text(column: str, kind: str) -> str:
    """The text that a column has or is."""
    if kind == "BLOB":
        return text_of_bytes(column)
    if kind == "VARIANT":
        column = f"to_json({column})"
    return column if kind == "VARCHAR" else f"cast({column} as varchar)"


def text_of(column: str, kind: str) -> str:
    """The text that a field has of a column."""
    if kind in _SAID_TO_BE_JSON or kind.endswith(("DOUBLE", "FLOAT", "]", ")")):
        # written as in a document; NaN is no value
        return f"json_extract_string({json_object(column, kind)}, '$')"
    return written_text(column, kind)


def moment_of(column: str, kind: str) -> str:
    """The moment of a column; what no moment can say is infinite, and so out of range."""
    beyond = f"case when {column} is not null then cast('infinity' as timestamp) end"
    if kind.endswith("_NS"):  # a cast would round to the microsecond, texts are cut
        return f"coalesce(make_timestamp(epoch_ns({column}) // 1000), {beyond})"
    if "ZONE" in kind:
        return f"{column} at time zone 'UTC'"
    if kind == "DATE":  # which reaches further than a timestamp
        return f"coalesce(try_cast({column} as timestamp), {beyond})"
    return f"cast({column} as timestamp)"
