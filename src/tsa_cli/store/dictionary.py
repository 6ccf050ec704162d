"""
The data dictionary, read from the comments that the `.sql` files keep beside each column.

reads   src/tsa_cli/sql/**.sql: `-- table: NAME, what a row is`, `create table`, the last `select`
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources

from tsa_cli.store.queries import sql_text

_HEADER = re.compile(r"-- (?:table|view):\s+(\w+)(?:,\s*(.*))?")
_CREATE = re.compile(
    r"create (?:or replace )?(?:table|view) (?:if not exists )?(\w+)"
    r"(?: as)?(?: \()?\s*(?:--\s*(.*))?"
)
_DECLARED = re.compile(
    r"    (\w+) ([a-z][\w ()\[\],]*?)(?: not null| using .*?)*,?\s*(?:--\s*(.*))?"
)
_ADDED = re.compile(r"alter table (\w+) add column (\w+) ([a-z]\w*);\s*(?:--\s*(.*))?")
_SELECTED = re.compile(r"    (?:.* as |(?:\w+\.)?)(\w+),?\s*")
_KEYWORDS = frozenset({"case", "distinct", "end", "from", "when", "then", "else"})


@dataclass(frozen=True)
class ColumnEntry:
    """One column: its declared type where the SQL states one, and what it means, with its unit."""

    name: str
    type: str | None
    meaning: str


@dataclass(frozen=True)
class TableEntry:
    """One table or view, and what a row of it is."""

    name: str
    meaning: str
    columns: tuple[ColumnEntry, ...] = field(default_factory=tuple)


@cache
def dictionary() -> dict[str, TableEntry]:
    """Every table that the package's SQL makes, by name; later folders refine earlier ones."""
    entries: dict[str, TableEntry] = {}
    for name in sql_files():
        text = sql_text(name)
        for entry in _entries(text):
            entries[entry.name] = _refined(entries.get(entry.name), entry)
        for table, column in _added(text):
            entry = entries[table]
            entries[table] = replace(entry, columns=(*entry.columns, column))
    return entries


def sql_files() -> list[str]:
    """Every `.sql` file of the package, as "2_sessions/core.sql", in the pipeline's order."""
    root = resources.files("tsa_cli").joinpath("sql")
    folders = sorted((entry for entry in root.iterdir() if entry.is_dir()), key=lambda e: e.name)
    return [
        f"{folder.name}/{name}"
        for folder in folders
        for name in sorted(entry.name for entry in folder.iterdir())
        if name.endswith(".sql") and not name.endswith(".check.sql")
    ]


def _entries(text: str) -> Iterator[TableEntry]:
    """What one file defines: each `create`, or the header's table made by the file's select."""
    lines = text.splitlines()
    headed = {hit[1]: hit[2] or "" for line in lines if (hit := _HEADER.fullmatch(line))}
    created = [(i, hit) for i, line in enumerate(lines) if (hit := _CREATE.fullmatch(line))]
    for index, hit in created:
        body = lines[index + 1 :]
        meaning = hit[2] or headed.get(hit[1], "")
        is_query = " as" in lines[index]
        yield TableEntry(hit[1], meaning, tuple(_selected(body) if is_query else _declared(body)))
    is_select = not any(
        line.startswith(("create ", "insert ", "update ", "delete ")) for line in lines
    )
    if is_select and len(headed) == 1:
        [(name, meaning)] = headed.items()
        yield TableEntry(name, meaning, tuple(_selected(lines)))


def _added(text: str) -> Iterator[tuple[str, ColumnEntry]]:
    """(the table, the column) of each that a file adds to a table of before."""
    for line in text.splitlines():
        if hit := _ADDED.fullmatch(line):
            yield hit[1], ColumnEntry(hit[2], hit[3], hit[4] or "")


def _declared(body: list[str]) -> Iterator[ColumnEntry]:
    for line in body:
        if line.startswith(")"):
            return
        if hit := _DECLARED.fullmatch(line):
            yield ColumnEntry(hit[1], hit[2].strip(), hit[3] or "")


def _selected(body: list[str]) -> Iterator[ColumnEntry]:
    """The columns of the last select that starts a line, up to its from."""
    starts = [i for i, line in enumerate(body) if line == "select"]
    for line in body[starts[-1] + 1 :] if starts else []:
        if line.startswith(("from", ";")):
            return
        code, _, comment = line.partition("--")
        hit = _SELECTED.fullmatch(code)
        if hit and hit[1] not in _KEYWORDS and not line.startswith("     "):
            yield ColumnEntry(hit[1], None, comment.strip())


def _refined(old: TableEntry | None, new: TableEntry) -> TableEntry:
    """`new`, with the meanings and types that only `old` states."""
    if old is None or not new.columns:
        return old or new
    known = {column.name: column for column in old.columns}
    columns = tuple(
        replace(c, type=c.type or known[c.name].type, meaning=c.meaning or known[c.name].meaning)
        if c.name in known
        else c
        for c in new.columns
    )
    return TableEntry(new.name, new.meaning or old.meaning, columns)
