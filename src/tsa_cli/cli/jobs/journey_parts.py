"""
The tables of a journey report as flat rows, for csv, jsonl and md.

reads   the plain data of a report
writes  nothing
"""

from collections.abc import Iterator

from tsa_cli.cli.pictures.rows import ARROW, items, joined
from tsa_cli.cli.plain import Plain

Row = dict[str, Plain]


def part_rows(report: Row, part: str) -> list[Row]:
    """The rows of one part, each with the name of its report; none where it has no comparison."""
    read = _NESTED.get(part)
    rows = read(report) if read else map(joined, items(report, part))
    return [{"name": report["name"], **row} for row in rows]


def _step_matrix(report: Row) -> Iterator[Row]:
    for level in items(report, "step_matrix"):
        for state in items(level, "states"):
            yield {"step": level["step"], **state}


def _groups(report: Row) -> Iterator[Row]:
    compared = report["compare"]
    if isinstance(compared, dict):
        yield from ({"by": compared["by"], **group} for group in items(compared, "groups"))


def _paths(report: Row) -> Iterator[Row]:
    for row in _compared(report, "paths"):
        yield _changed(report, {"path": _name(row)}, row)


def _transitions(report: Row) -> Iterator[Row]:
    for row in _compared(report, "transitions"):
        yield _changed(report, {"from": row["from"], "to": row["to"]}, row)


def _matrix_changes(report: Row) -> Iterator[Row]:
    compared = report["compare"]
    levels = compared["step_matrix"] if isinstance(compared, dict) else None
    for step, level in enumerate(levels if isinstance(levels, list) else [], start=1):
        for row in items({"states": level}, "states"):
            yield _changed(report, {"step": step, "state": _name(row)}, row)


_NESTED = {
    "step_matrix": _step_matrix,
    "compare": _paths,
    "compare_transitions": _transitions,
    "compare_step_matrix": _matrix_changes,
    "compare_groups": _groups,
}


def _compared(report: Row, key: str) -> list[Row]:
    return items(report["compare"], key)


def _name(row: Row) -> str:
    name = row["name"]
    return ARROW.join(map(str, name)) if isinstance(name, list) else str(name)


def _changed(report: Row, what: Row, row: Row) -> Row:
    """Both shares of something beside the groups they are shares of, and the second - the first."""
    compared = report["compare"]
    first, second = items(compared, "groups")
    return {
        "by": compared["by"] if isinstance(compared, dict) else None,
        **what,
        "first_group": first["value"],
        "first_sessions": first["sessions"],
        "first": row["first"],
        "second_group": second["value"],
        "second_sessions": second["sessions"],
        "second": row["second"],
        "change": row["change"],
    }
