"""SQL lives in `.sql` files; docs/adr/0003 names the few places in Python that put it together."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "tsa_cli"
ALLOWED = (
    "store/",
    "matcher.py",
    "operators.py",
    "relations.py",
    "steps/ingest/",
    "cli/examples.py",
)
SQL = re.compile(
    r"\bselect\b.+\bfrom\b|\binsert into\b"
    r"|\bcreate (or replace )?(temp(orary)? )?(table|view|macro)\b"
    r"|\bupdate \w+ set\b|\bdelete from\b|\bcopy .+ to\b|^\s*(select|with)\s+\S",
    re.IGNORECASE | re.DOTALL,
)


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of every string that is no docstring; of an f-string, its fixed parts."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inside: set[int] = set()  # the constants of f-strings, told with their string
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside |= {id(value) for value in node.values}
            parts = [str(v.value) if isinstance(v, ast.Constant) else "x" for v in node.values]
            yield node.lineno, "".join(parts)
        elif isinstance(node, ast.Constant) and id(node) not in docstrings | inside:
            yield node.lineno, str(node.value)


def sql_in(source: str) -> list[int]:
    """The lines of `source` with SQL in a string."""
    return [line for line, text in texts(ast.parse(source)) if SQL.search(text)]


def modules() -> list[str]:
    return sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))


@pytest.mark.parametrize("name", [m for m in modules() if not m.startswith(ALLOWED)])
def test_no_module_but_the_named_ones_holds_sql(name: str) -> None:
    assert sql_in((SOURCE / name).read_text()) == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('x = f"select a from {t}"', [1]),
        ('x = (\n  "with a as (select 1) "\n  "select * from a")', [2]),
        ('x = "create or replace table t as"', [1]),
        ('def f():\n    """Select what comes from a table."""', []),
        ('x = "selected from the list"', []),
        ('x = "update the store with `tsa ingest`"', []),
    ],
)
def test_the_search_finds_sql_and_leaves_prose_alone(source: str, lines: list[int]) -> None:
    assert sql_in(source) == lines
