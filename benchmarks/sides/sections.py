"""
A peer's SQL file: sections of statements, each begun by a line `-- section: NAME`.

reads   benchmarks/FOLDER/FILE.sql; `$name` in it stands for a value given on the command line
"""

from pathlib import Path
from string import Template

BENCHMARKS = Path(__file__).resolve().parents[1]
MARK = "-- section: "


def sections(file: str, values: dict[str, str]) -> dict[str, list[str]]:
    """The statements of each section, in order; KeyError when a `$name` has no value."""
    found: dict[str, list[str]] = {}
    text = (BENCHMARKS / file).read_text(encoding="utf-8")
    for part in text.split(MARK)[1:]:
        name, _, body = part.partition("\n")
        lines = [line for line in body.splitlines() if not line.lstrip().startswith("--")]
        statements = "\n".join(lines).split(";\n")
        composed = [Template(statement).substitute(values).strip() for statement in statements]
        found[name.strip()] = [one.removesuffix(";") for one in composed if one.strip("; \n")]
    return found


def arguments(argv: list[str]) -> tuple[str, str, list[str], dict[str, str]]:
    """(database, file, sections, values) of `DATABASE FILE SECTION… KEY=VALUE…`."""
    database, file, *rest = argv
    values = dict(word.split("=", 1) for word in rest if "=" in word)
    return database, file, [word for word in rest if "=" not in word], values
