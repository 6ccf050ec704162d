"""
Metrics on a terminal: a line each, with its latest value, its course and its target.
"""

from typing import TYPE_CHECKING

from tsa_cli.cli.pictures.drawing import NOTHING, count, duration, number, percent, sparkline, table
from tsa_cli.cli.pictures.rows import reports, text
from tsa_cli.cli.plain import Plain

if TYPE_CHECKING:
    from rich.console import RenderableType

_WIDE = 110  # columns of the terminal from which long sparklines and intervals fit
_LONG, _SHORT = 40, 8
_VERDICTS = {"True": "ok", "False": "MISSED"}

Row = dict[str, Plain]


def picture(data: Plain, width: int) -> "RenderableType":
    """One line per metric and value of the dimension: the last period's, and the way there."""
    courses: dict[tuple[str, str], list[Row]] = {}
    for row in reports(data):
        courses.setdefault((text(row, "metric"), _dimension(row)), []).append(row)
    is_wide = width >= _WIDE
    sparks = _LONG if is_wide else _SHORT
    lines = [_line(metric, value, rows, sparks) for (metric, value), rows in courses.items()]
    has_values = any(line["by"] for line in lines)
    left = ["metric", *(["by"] if has_values else []), "course"]
    right = ["value", *(["95 %"] if is_wide else []), "change", "n", "target", ""]
    return table(left, right, [[line[name] for name in (*left, *right)] for line in lines])


def _line(metric: str, value: str, rows: list[Row], sparks: int) -> dict[str, str]:
    """The cells of one line, by column."""
    last = rows[-1]
    return {
        "metric": metric,
        "by": value,
        "course": sparkline([row.get("value") for row in rows[-sparks:]]) if rows[1:] else "",
        "value": _told(last, last.get("value")),
        "95 %": _interval(last),
        "change": _change(last.get("change")),
        "n": count(last.get("n")),
        "target": _told(last, last.get("target")),
        "": _VERDICTS.get(str(last.get("ok")), ""),
    }


def _dimension(row: Row) -> str:
    if row.get("dimension") is None:
        return ""
    return NOTHING if row.get("dimension_value") is None else text(row, "dimension_value")


def _told(row: Row, value: Plain) -> str:
    unit = text(row, "unit")
    if unit == "share":
        return percent(value)
    if unit == "seconds":
        return duration(value)
    found = number(value)
    return NOTHING if found is None else f"{found:,.2f}"


def _interval(row: Row) -> str:
    low, high = number(row.get("ci_low")), number(row.get("ci_high"))
    return "" if low is None or high is None else f"{100 * low:.0f}–{100 * high:.0f}"


def _change(value: Plain) -> str:
    found = number(value)
    return "" if found is None else f"{100 * found:+.1f}%"
