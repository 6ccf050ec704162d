"""
The figures of a `tsa` report that its peers must answer, too.
"""

from collections.abc import Callable, Mapping

Data = Mapping[str, object]
Rows = list[dict[str, object]]


def funnel(data: object) -> Data:
    """`step1`, `step2`, …: the units at each step; with a breakdown `VALUE.step1`, …."""
    [report] = _rows(data)
    figures = {f"step{i}": step["count"] for i, step in enumerate(_rows(report["steps"]), start=1)}
    for value in _rows(report["breakdown"]):
        steps = enumerate(_rows(value["steps"]), start=1)
        figures |= {f"{value['value']}.step{i}": step["count"] for i, step in steps}
    return figures


def journey(data: object) -> Data:
    """Sessions, the sessions of the 20 top paths, and sums over all transitions."""
    if not isinstance(data, dict):
        raise TypeError(data)
    paths = [row for row in _rows(data["paths"]) if row["path"] != ["(other)"]]
    moves = [int(str(row["count"])) for row in _rows(data["transitions"])]
    return {
        "sessions": data["sessions"],
        "top_paths": sorted((row["sessions"] for row in paths), key=str),
        "longest_top_path": max(len(_listed(row["path"])) for row in paths),
        "transition_kinds": len(moves),
        "transitions": sum(moves),
        "transition_squares": sum(count * count for count in moves),
    }


def _rows(value: object) -> Rows:
    return [row for row in _listed(value) if isinstance(row, dict)]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


FIGURES: dict[str, Callable[[object], Data]] = {"funnel": funnel, "journey": journey}
