"""
Sections of a SQL file in ClickHouse (chdb): `chdb_sql FOLDER FILE.sql SECTION… KEY=VALUE…`.

reads   FOLDER, a database of chdb; what the sections read
writes  what the sections write; stdout: what a section answered last
"""

import json
import sys

from chdb import session

from benchmarks.sides.sections import arguments, sections
from benchmarks.sides.told import Stages, tell


def main() -> None:
    """Run the sections, each timed after the engine is up."""
    folder, file, names, values = arguments(sys.argv[1:])
    statements = sections(file, values)
    database = session.Session(folder)
    database.query("select 1")
    stages = Stages()
    answer: dict[str, object] | None = None
    for name in names:
        with stages.timed(name):
            for statement in statements[name]:
                text = str(database.query(statement, "JSON"))
                if statement.startswith(("select", "with")):
                    answer = _figures(json.loads(text)["data"])
    database.close()
    tell(stages.seconds, answer)


def _figures(rows: list[dict[str, object]]) -> dict[str, object]:
    """The only row; or of several, with a column `label`, every figure as LABEL.COLUMN."""
    if "label" not in rows[0]:
        return rows[0]
    named = [(row["label"], name, value) for row in rows for name, value in row.items()]
    return {f"{label}.{name}": value for label, name, value in named if name != "label"}


if __name__ == "__main__":
    main()
