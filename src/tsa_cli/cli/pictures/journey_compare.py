"""
Two groups of visits side by side on a terminal: how many they are, and their ways.
"""

from typing import TYPE_CHECKING

from tsa_cli.cli.pictures.drawing import NOTHING, count, heading, note, number, percent, table
from tsa_cli.cli.pictures.rows import ARROW, items, text
from tsa_cli.cli.pictures.top import top_rows
from tsa_cli.cli.plain import Plain
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from rich.console import RenderableType

_MOST_PATHS = 10
_WIDEST_GROUP = 14

Report = dict[str, Plain]


def comparison(report: Report) -> "list[RenderableType]":
    """The groups and the paths of both with their difference; nothing where none is asked for."""
    compared = report.get("compare")
    if not isinstance(compared, dict):
        return []
    groups = items(compared, "groups")
    names = [text(group, "value") for group in groups]
    title = f"{text(compared, 'by')}: {' and '.join(names)}"
    paths = top_rows(items(compared, "paths"), _MOST_PATHS)
    left_out = len(items(compared, "transitions"))
    return [
        note(""),
        heading(title),
        _groups(groups),
        note(""),
        heading("Paths of both, as shares of each group's sessions"),
        _paths(paths, [_short(name) for name in names]),
        note(f"{quantity(left_out, 'transition')} of both: --part compare_transitions"),
    ]


def _groups(groups: list[Report]) -> "RenderableType":
    rows = [
        (
            text(group, "value"),
            count(group.get("sessions")),
            count(group.get("users")),
            percent(group.get("conversion_rate")),
            _interval(group),
        )
        for group in groups
    ]
    return table(["group"], ["sessions", "users", "converts", "95 %"], rows)


def _interval(group: Report) -> str:
    low, high = percent(group.get("ci_low")), percent(group.get("ci_high"))
    return NOTHING if NOTHING in (low, high) else f"{low} – {high}"


def _paths(paths: list[Report], groups: list[str]) -> "RenderableType":
    rows = [
        (
            _name(row),
            percent(row.get("first")),
            percent(row.get("second")),
            _points(row.get("change")),
        )
        for row in paths
    ]
    return table(["path"], [*groups, "change"], rows)


def _name(row: Report) -> str:
    name = row.get("name")
    return ARROW.join(map(str, name)) if isinstance(name, list) else text(row, "name")


def _points(value: Plain) -> str:
    """A difference of two shares in percentage points, with its sign."""
    found = number(value)
    return NOTHING if found is None else f"{100 * found:+.1f} pp"


def _short(name: str) -> str:
    return name if len(name) <= _WIDEST_GROUP else f"{name[: _WIDEST_GROUP - 1]}…"
