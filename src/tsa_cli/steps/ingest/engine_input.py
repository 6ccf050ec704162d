"""
What the engine reads of one file: the relation of its raw lines.

JSON lines are read in place, or from a copy without the lines that the engine must not see, and
never unpacked: the spool did that by their bytes, the engine would by their name. CSV and TSV were
made JSON lines before; Parquet is read as it is.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

from tsa_cli.steps.ingest.table_rows import MAX_OBJECT_BYTES
from tsa_cli.store import Fragment, fragment_of


def line_columns_reader(path: Path, columns: list[str], objects: set[str]) -> Fragment:
    """Typed columns of a JSONL file; `objects` are read as JSON, the others as text."""
    types = {name: "JSON" if name in objects else "VARCHAR" for name in columns}
    return Fragment(
        "read_ndjson($line_files, columns=$line_columns, ignore_errors=true, compression='none',"
        " hive_partitioning=false, maximum_object_size=$max_object_bytes)",
        {"line_files": [str(path)], "line_columns": types, "max_object_bytes": MAX_OBJECT_BYTES},
    )


def documents_reader(path: Path) -> Fragment:
    """One JSON document a line, null for a broken one."""
    return Fragment(
        "(select json from read_ndjson_objects($line_files, ignore_errors=true,"
        " compression='none', hive_partitioning=false, maximum_object_size=$max_object_bytes))",
        {"line_files": [str(path)], "max_object_bytes": MAX_OBJECT_BYTES},
    )


def parquet_documents_reader(
    path: Path,
    shown: Mapping[str, str],
    made: Mapping[str, str],
    gone: Collection[str],
    *,
    is_partitioned: bool,
) -> Fragment:
    """
    One JSON document a Parquet row, without nulls.

    `shown` columns are read another way, `made` are no columns of the file, `gone` are left out.
    """
    exclude = f" exclude ({', '.join(gone)})" if gone else ""
    replace = f" replace ({_aliased(shown)})" if shown else ""
    columns = [f"*{exclude}{replace}", *([_aliased(made)] if made else [])]
    return _parquet("1_events/parquet_documents.sql", path, ", ".join(columns), is_partitioned)


def parquet_columns_reader(
    path: Path, shown: Mapping[str, str], *, is_partitioned: bool
) -> Fragment:
    """Typed columns of a Parquet file; `shown` gives each column's select expression."""
    return _parquet("1_events/parquet_typed.sql", path, _aliased(shown), is_partitioned)


def _aliased(shown: Mapping[str, str]) -> str:
    return ", ".join(f"{expression} as {name}" for name, expression in shown.items())


def _parquet(sql: str, path: Path, columns: str, is_partitioned: bool) -> Fragment:
    slots = {"columns": Fragment(columns)}
    return fragment_of(sql, slots, parquet_files=[str(path)], is_partitioned=is_partitioned)
