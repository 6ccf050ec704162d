"""
A piece of SQL made from configuration, with its values bound.

The only composition of SQL in the house: a slot `@name` in a `.sql` file takes one Fragment.
Whoever makes one quotes identifiers by `quoted` and leaves every value in `params`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fragment:
    """SQL text whose `$names` are keys of `params`; names are unique within one statement."""

    sql: str
    params: Mapping[str, object] = field(default_factory=dict)


def quoted(identifier: str) -> str:
    """`identifier` as a SQL identifier; doubling the quote is sufficient in DuckDB (tested)."""
    return '"' + identifier.replace('"', '""') + '"'
