"""
What a command hands to the output: the data, its flat form, and how a person wants to see it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tsa_cli.cli.plain import Plain, iso, plain
from tsa_cli.errors import TsaError

if TYPE_CHECKING:
    from rich.console import RenderableType

SCHEMA_VERSION = 1
Row = Mapping[str, object]


@dataclass(frozen=True)
class Answer:
    """One command's answer; `rows` and `picture` are derived from `data` where not given."""

    command: str
    data: object
    rows: Sequence[Row] | None = None  # for csv, jsonl, md and the plain table
    columns: Sequence[str] | None = None  # their names, where an answer may have no row
    shown: Sequence[str] | None = None  # those that the plain table shows; all by default
    picture: "Callable[[int], RenderableType] | None" = None  # width in columns -> what to draw
    as_of: datetime | None = None
    definition: str | None = None  # hash of the configuration that made the numbers
    warnings: Sequence[str] = field(default_factory=tuple)
    summary: str = ""  # one line for stderr and for the table of `tsa run`
    verdict: TsaError | None = None  # raised once the answer is out: a breach, a file that failed

    def flat(self) -> list[dict[str, Plain]]:
        """The rows of the flat formats; of a single object, one row."""
        source: object = self.data if self.rows is None else self.rows
        cells = plain(source)
        items = cells if isinstance(cells, list) else [cells]
        return [item if isinstance(item, dict) else {"value": item} for item in items]

    def names(self, rows: Sequence[Mapping[str, Plain]]) -> list[str]:
        """The columns of the flat formats: the declared ones, else every key of the rows."""
        if self.columns is not None:
            return list(self.columns)
        return list(dict.fromkeys(key for row in rows for key in row))

    def envelope(self, run_id: str) -> dict[str, Plain]:
        """The JSON object that every command answers with."""
        return {
            "command": self.command,
            "schema_version": SCHEMA_VERSION,
            "run_id": run_id,
            "as_of": iso(self.as_of) if self.as_of else None,
            "definition": self.definition,
            "warnings": [str(warning) for warning in self.warnings],
            "data": plain(self.data),
        }
