"""
Metrics on a terminal: a line each, with its latest value, its course and its target.
"""

from typing import TYPE_CHECKING

from tsa_cli.cli.pictures.drawing import (
    NOTHING,
    count,
    duration,
    heading,
    note,
    number,
    percent,
    sparkline,
    table,
)
from tsa_cli.cli.pictures.rows import reports, text
from tsa_cli.cli.plain import Plain

if TYPE_CHECKING:
    from rich.console import RenderableType

_WIDE = 110  # columns of the terminal from which long sparklines and intervals fit
_LONG, _SHORT = 40, 8
_OPTIONAL = ("by", "course", "change")  # no columns where nothing stands in them
_VERDICTS = {"True": "ok", "False": "MISSED"}

Row = dict[str, Plain]


def picture(data: Plain, width: int, grain: str | None = None) -> "RenderableType":
    """One line per metric and value of the dimension: the last period's, and the way there."""
    from rich.console import Group

    courses: dict[tuple[str, str], list[Row]] = {}
    for row in reports(data):
        courses.setdefault((text(row, "metric"), _dimension(row)), []).append(row)
    is_wide = width >= _WIDE
    sparks = _LONG if is_wide else _SHORT
    lines = [_line(metric, value, rows, sparks) for (metric, value), rows in courses.items()]
    empty = {name for name in _OPTIONAL if not any(line[name] for line in lines)}
    left = [name for name in ("metric", "by", "course") if name not in empty]
    right = ["value", *(["95 %"] if is_wide else []), "change", "n", "target", ""]
    right = [name for name in right if name not in empty]
    drawn = table(left, right, [[line[name] for name in (*left, *right)] for line in lines])
    if grain is None:
        return drawn
    lasts = [rows[-1] for rows in courses.values()]
    return Group(*_of_period(lasts, grain), drawn, *_notes(lasts, grain))


def _of_period(lasts: list[Row], grain: str) -> "list[RenderableType]":
    """Which period the shown values are of."""
    return [heading(f"{grain.title()} of {_period(row)}") for row in lasts[:1]]


def _notes(lasts: list[Row], grain: str) -> "list[RenderableType]":
    """What is of another period (lines have that of their ingestion), and what brackets mean."""
    periods = {text(row, "metric"): _period(row) for row in lasts}
    shown = _period(lasts[0]) if lasts else ""
    told = [f"{name}: {grain} of {period}" for name, period in periods.items() if period != shown]
    if any(_is_open(row) and row.get("change") is not None for row in lasts):
        told.append(f"in brackets: the change so far, of a {grain} that is not over")
    return [note(line) for line in told]


def _period(row: Row) -> str:
    """The period's begin, and what it lacks."""
    lack = " (cut by --since or --until)" if row.get("is_cut") else " (open)"
    return text(row, "period") + ("" if row.get("is_complete") else lack)


def _is_open(row: Row) -> bool:
    return not row.get("is_complete")


def _line(metric: str, value: str, rows: list[Row], sparks: int) -> dict[str, str]:
    """The cells of one line, by column."""
    last = rows[-1]
    return {
        "metric": metric,
        "by": value,
        "course": sparkline([row.get("value") for row in rows[-sparks:]]) if rows[1:] else "",
        "value": _told(last, last.get("value")),
        "95 %": _interval(last),
        "change": _change(last),
        "n": count(last.get("n")),
        "target": _target(last),
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


def _target(row: Row) -> str:
    """< 70.0%; a dash without a target."""
    told = _told(row, row.get("target"))
    return told if told == NOTHING else f"{text(row, 'target_relation')} {told}"


def _interval(row: Row) -> str:
    low, high = number(row.get("ci_low")), number(row.get("ci_high"))
    return "" if low is None or high is None else f"{100 * low:.0f}–{100 * high:.0f}"


def _change(row: Row) -> str:
    """+12.3 %; in brackets while the period is not over."""
    found = number(row.get("change"))
    if found is None:
        return ""
    told = f"{100 * found:+.1f}%"
    return f"({told})" if _is_open(row) else told
