"""
Sections of a SQL file in plain DuckDB: `duckdb_sql FILE.duckdb FILE.sql SECTION… KEY=VALUE…`.

reads   the database and what the sections read
writes  what the sections write; stdout: the last row that a section answered
"""

import sys
from pathlib import Path

import duckdb

from benchmarks.sides.sections import arguments, sections
from benchmarks.sides.told import Stages, tell


def main() -> None:
    """Run the sections, each timed after the engine is up."""
    path, file, names, values = arguments(sys.argv[1:])
    statements = sections(file, values)
    stages = Stages()
    answer: dict[str, object] = {}
    with duckdb.connect(path) as database:
        for name in names:
            with stages.timed(name):
                for statement in statements[name]:
                    found = database.execute(statement)
                    columns = [column[0] for column in found.description or []]
                    rows = found.fetchall()
                    if statement.startswith(("select", "with")):
                        answer = dict(zip(columns, rows[0], strict=True))
    answer["_bytes"] = Path(path).stat().st_size
    tell(stages.seconds, answer)


if __name__ == "__main__":
    main()
