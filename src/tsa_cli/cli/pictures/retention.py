"""
Retention on a terminal: the triangle of cohorts, the lifecycle, the stickiness.
"""

from typing import TYPE_CHECKING

from tsa_cli.cli.pictures.drawing import bar, count, heading, note, number, percent, table
from tsa_cli.cli.pictures.rows import items, reports, text
from tsa_cli.cli.plain import Plain
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from rich.console import RenderableType

_FIRST_COLUMNS = 20  # cohort and size
_CELL = 9
_BAR_WIDTH = 20

Report = dict[str, Plain]


def picture(data: Plain, width: int) -> "RenderableType":
    """The report that the data is: cohorts, lifecycle periods or stickiness rows."""
    from rich.console import Group

    parts: list[RenderableType] = []
    for report in reports(data):
        if "cohorts" in report:
            parts += _triangle(report, width)
        elif "pulse" in str(report.get("periods")):
            parts += _lifecycle(report)
        else:
            parts += _stickiness(report)
        parts.append(note(""))
    return Group(*parts)


def _triangle(report: Report, width: int) -> "list[RenderableType]":
    pooled = items(report, "pooled")
    shown = max(1, min(len(pooled), (width - _FIRST_COLUMNS) // _CELL))
    rows = [
        [text(c, "cohort"), count(c.get("size")), *_cells(c)[:shown]]
        for c in items(report, "cohorts")
    ]
    rows.append(["all", "", *(percent(p.get("rate")) for p in pooled[:shown])])
    what = f"{text(report, 'mode')}, {text(report, 'measure')}, {text(report, 'clock')}"
    names = [f"{text(report, 'bucket')[:1]}{number}" for number in range(shown)]
    hidden = len(pooled) - shown
    more = f"; {quantity(hidden, 'more period')}: --format csv" if hidden > 0 else ""
    return [
        heading(f"{text(report, 'name')}: who comes back ({what}, {text(report, 'timezone')})"),
        table(["cohort"], ["size", *names], rows),
        note(f"a cell marked … is not over yet and in no mean{more}"),
    ]


def _cells(cohort: Report) -> list[str]:
    size = number(cohort.get("size")) or 0.0
    returned, complete = cohort.get("returned"), cohort.get("complete")
    if not isinstance(returned, list) or not isinstance(complete, list):
        return []
    return [
        _cell((number(value) or 0.0) / size if size else None, is_over=over is True)
        for value, over in zip(returned, complete, strict=True)
    ]


def _cell(rate: float | None, *, is_over: bool) -> str:
    """A rate; with … while its period lasts, and … alone where nobody came yet."""
    if is_over:
        return percent(rate)
    return f"{percent(rate)}…" if rate else "…"


def _lifecycle(report: Report) -> "list[RenderableType]":
    names = ["new", "returning", "resurrecting", "dormant", "active"]
    rows = [
        [
            text(p, "period") + ("" if p.get("is_complete") else " …"),
            *(count(p.get(name)) for name in names),
            f"{number(p.get('pulse')):.2f}" if number(p.get("pulse")) is not None else "–",
        ]
        for p in items(report, "periods")
    ]
    title = f"{text(report, 'name')}: users by {text(report, 'bucket')}"
    return [heading(title), table(["period"], [*names, "pulse"], rows)]


def _stickiness(report: Report) -> "list[RenderableType]":
    rows = [
        [
            count(row.get("active_periods")),
            bar(number(row.get("share")) or 0.0, _BAR_WIDTH),
            count(row.get("users")),
            percent(row.get("share")),
            percent(row.get("share_at_least")),
        ]
        for row in items(report, "rows")
    ]
    return [
        heading(
            f"{text(report, 'name')}: in how many of {count(report.get('periods'))}"
            f" {text(report, 'bucket')}s users are active"
        ),
        table(["active in", ""], ["users", "share", "at least"], rows),
    ]
