"""
The names of a table's columns, as mappings have them.

source  Snowflake, "Identifier requirements": a name without quotes is stored, and unloaded, in
        upper case
"""

from collections.abc import Collection, Iterable

from tsa_cli.config.sources import SourceConfig
from tsa_cli.steps.ingest.paths import first_key

Needs = tuple[frozenset[str], ...]  # of each set a mapping needs one column, to read events
Mapped = Collection[Needs]


def mapped_names(sources: Iterable[SourceConfig], *, is_detected: bool = False) -> Mapped:
    """What each mapping needs of a table's columns; to be `is_detected`, its marks, too."""
    return [_needs(source, is_detected=is_detected) for source in sources]


def _needs(source: SourceConfig, *, is_detected: bool) -> Needs:
    is_named = source.event or any(call.event for call in source.calls())
    fields = ["timestamp"] if is_named else ["event", "timestamp"]
    told = [
        frozenset(first_key(path) for name, path in source.field_paths() if name == field)
        for field in fields
    ]
    marks = source.detect.all_paths if is_detected else []
    return (*told, *(frozenset({first_key(path)}) for path in marks))


def in_lower_case(names: Collection[str], mapped: Mapped) -> dict[str, str]:
    """
    {name: the name in lower case} where all are in upper case, and no mapping reads them so.

    Else each name is itself, as is one with a letter beyond ASCII: the engine finds a column by it
    as it is written only. With one name in lower case they were written with care: an `ID`
    beside an `id` is another column. A mapping that has one of the names, but finds no event in
    these columns, is of another table.
    """
    are_upper = all(name == name.upper() for name in names)
    own = frozenset(names)
    if are_upper and not any(all(own & one for one in needs) for needs in mapped):
        return {name: name.lower() if name.isascii() else name for name in names}
    return {name: name for name in names}
