"""
Journeys on a terminal: the most frequent paths, where visits begin and end, who converts how.
"""

from typing import TYPE_CHECKING

from tsa_cli.cli.pictures.drawing import bar, count, heading, note, number, percent, table, things
from tsa_cli.cli.pictures.journey_compare import comparison
from tsa_cli.cli.pictures.journey_matrix import matrix
from tsa_cli.cli.pictures.rows import items, joined, reports, text
from tsa_cli.cli.pictures.top import top_rows
from tsa_cli.cli.plain import Plain
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from rich.console import RenderableType

TOP = 10
_BAR_WIDTH = 12

Report = dict[str, Plain]


def picture(data: Plain, width: int) -> "RenderableType":
    """Each report's tables, one below the other: at most `TOP` rows each, and what they leave."""
    from rich.console import Group

    return Group(*(part for report in reports(data) for part in _report(report, width)))


def _report(report: Report, width: int) -> "list[RenderableType]":
    unit = text(report, "unit")
    parts: list[RenderableType] = [
        heading(
            f"{text(report, 'name')}: {things(report.get('sessions'), 'session')} of"
            f" {things(report.get('users'), 'user')},"
            f" {percent(report.get('conversion_rate'))} convert"
        ),
        *comparison(report),
        *_titled("Paths", _paths(report)),
        *_titled(f"Where visits begin, by {unit}", _ends(report, "entries", "share")),
        *_titled(f"Where visits end, by {unit}", _ends(report, "exits", "exit_rate")),
        *matrix(report, width),
        *_titled("Ways to a conversion", _conversions(report)),
        *_titled("How people come to book", _types(report)),
    ]
    left_out = len(items(report, "transitions"))
    told = f"{quantity(left_out, 'transition')}: --format json, or --part transitions"
    parts += [note(told), note("")]
    return parts


def _titled(title: str, drawn: "RenderableType") -> "list[RenderableType]":
    return [note(""), heading(title), drawn]


def _paths(report: Report) -> "RenderableType":
    rows = [
        (
            text(joined(p), "path"),
            count(p.get("sessions")),
            percent(p.get("share")),
            percent(p.get("conversion_rate")),
        )
        for p in top_rows(items(report, "paths"), TOP)
    ]
    return table(["path"], ["sessions", "share", "converts"], rows)


def _ends(report: Report, key: str, rate: str) -> "RenderableType":
    rows = [
        (text(e, "page"), count(e.get(key)), percent(e.get(rate)))
        for e in top_rows(items(report, key), TOP)
    ]
    return table(["state"], [key, rate.replace("_", " ")], rows)


def _conversions(report: Report) -> "RenderableType":
    rows = [
        (text(joined(p), "path"), count(p.get("sessions")), percent(p.get("share")))
        for p in top_rows(items(report, "conversion_paths"), TOP // 2)
    ]
    return table(["path"], ["sessions", "share"], rows)


def _types(report: Report) -> "RenderableType":
    rows = [
        (
            text(t, "type"),
            bar(number(t.get("share")) or 0.0, _BAR_WIDTH),
            count(t.get("users")),
            percent(t.get("share")),
        )
        for t in items(report, "journey_types")
    ]
    return table(["type", ""], ["users", "share"], rows)
