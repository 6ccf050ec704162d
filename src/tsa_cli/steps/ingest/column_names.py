"""
The names of a table's columns, as mappings have them.

source  Snowflake, "Identifier requirements": a name without quotes is stored, and unloaded, in
        upper case
"""

from collections.abc import Collection, Iterable

from tsa_cli.config.sources import SourceConfig
from tsa_cli.steps.ingest.paths import first_key


def mapped_names(sources: Iterable[SourceConfig]) -> frozenset[str]:
    """The columns that the mappings read their fields from."""
    return frozenset(first_key(path) for source in sources for _, path in source.field_paths())


def in_lower_case(names: Collection[str], mapped: Collection[str]) -> dict[str, str]:
    """
    {name: the name in lower case} where all are in upper case and no mapping knows one of them.

    Else each name is itself, as is one with a letter beyond ASCII: the engine finds a column by it
    as it is written only. With one name in lower case they were written with care: an `ID`
    beside an `id` is another column.
    """
    are_upper = all(name == name.upper() for name in names)
    if are_upper and not any(name in mapped for name in names):
        return {name: name.lower() if name.isascii() else name for name in names}
    return {name: name for name in names}
