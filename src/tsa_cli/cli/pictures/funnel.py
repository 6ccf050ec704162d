"""
Funnels on a terminal: a bar a step, what is between the steps, and why people gave up.
"""

from itertools import groupby
from typing import TYPE_CHECKING

from tsa_cli.cli.pictures.drawing import (
    NOTHING,
    bar,
    count,
    duration,
    heading,
    note,
    number,
    percent,
    table,
    things,
)
from tsa_cli.cli.pictures.rows import items, joined, reports, text
from tsa_cli.cli.plain import Plain

if TYPE_CHECKING:
    from rich.console import RenderableType

_GAP = 2
_NARROWEST_BAR, _WIDEST_BAR = 8, 40
_MOST_DRIVERS, _MOST_PATHS = 15, 5  # in all; of a step

Report = dict[str, Plain]


def picture(data: Plain, width: int) -> "RenderableType":
    """Each funnel, one below the other."""
    from rich.console import Group

    return Group(*(part for report in reports(data) for part in _report(report, width)))


def _report(report: Report, width: int) -> "list[RenderableType]":
    entered = things(report.get("entered"), text(report, "count_by"))
    of_all = f"{text(report, 'name')}: {count(report.get('converted'))} of {entered}"
    head = heading(f"{of_all} converted within {duration(report.get('window_seconds'))}")
    parts: list[RenderableType] = [head, _steps(items(report, "steps"), width)]
    parts += [note(_balance(report)), *_matured(report), *_before(report)]
    for value in (v for v in items(report, "breakdown") if v.get("entered")):
        name = NOTHING if value.get("value") is None else text(value, "value")
        parts += [note(""), heading(f"{name}: {count(value.get('entered'))} entered")]
        parts += [_steps(items(value, "steps"), width), *_matured(value)]
    if items(report, "abandonment"):
        parts += [
            note(""),
            heading("Given up, with median times"),
            _abandonment(report),
            *_told(report),
        ]
    for key, title, draw in _DRILLED:
        if key in report:
            parts += [note(""), heading(title), draw(report)]
    return [*parts, note("")]


def _steps(steps: list[Report], width: int) -> "RenderableType":
    """A line a step; who stopped there either dropped or is pending: the window is still open."""
    columns = {
        "count": [count(step.get("count")) for step in steps],
        "of all": [percent(step.get("rate_from_start")) for step in steps],
        "95 %": [_interval(step) for step in steps],
        "of last": [percent(step.get("rate_from_previous")) for step in steps],
        "median": [duration(_median(step)) for step in steps],
        "dropped": [count(step.get("dropped")) for step in steps],
        "pending": [count(step.get("pending")) for step in steps],
    }
    names = [_named(step) for step in steps]
    for too_wide in ("95 %", "median"):
        room = width - _wide("step", names) - sum(_wide(*column) for column in columns.items())
        if room >= _NARROWEST_BAR:
            break
        del columns[too_wide]
    if room < _NARROWEST_BAR:
        return table(["step"], list(columns), list(zip(names, *columns.values(), strict=True)))
    bar_width = min(_WIDEST_BAR, room)
    bars = [bar(number(step.get("rate_from_start")) or 0.0, bar_width) for step in steps]
    rows = list(zip(names, bars, *columns.values(), strict=True))
    return table(["step", ""], list(columns), rows)


def _wide(name: str, cells: list[str]) -> int:
    """The columns of the terminal that a column takes, with the gap before the next."""
    return max(len(cell) for cell in (name, *cells)) + _GAP


def _named(step: Report) -> str:
    optional = " (optional)" if step.get("optional") else ""
    return f"{text(step, 'index')} {text(step, 'name')}{optional}"


def _balance(report: Report) -> str:
    """The line that adds up: entered = converted + dropped + pending."""
    told = [
        f"{count(report.get('entered'))} entered = {count(report.get('converted'))} converted",
        f"{count(report.get('dropped'))} dropped",
        f"{count(report.get('pending'))} pending",
    ]
    excluded = number(report.get("excluded")) or 0
    return " + ".join(told) + (f"; {excluded:,.0f} excluded on top" if excluded else "")


def _matured(report: Report) -> "list[RenderableType]":
    """The rate that later data cannot change, where some may still convert."""
    ripe = report.get("matured")
    if not number(report.get("pending")) or not isinstance(ripe, dict):
        return []
    if not ripe.get("entered"):
        return [note("nobody's window is over yet: no rate is final")]
    told = f"of the {count(ripe.get('entered'))} whose window is over"
    return [note(f"{told}, {percent(ripe.get('rate'))} converted (95 %: {_interval(ripe)})")]


def _before(report: Report) -> "list[RenderableType]":
    """The span before, and how far the rate has moved since."""
    past = report.get("previous")
    if not isinstance(past, dict):
        return []
    days = " to ".join(text(past, key)[:10] for key in ("since", "until"))
    if not past.get("entered"):
        return [note(f"before ({days}): nobody entered")]
    told = f"{count(past.get('converted'))} of {count(past.get('entered'))} converted"
    rates = number(report.get("conversion_rate")), number(past.get("conversion_rate"))
    moved = (
        "" if None in rates else f"; now {100 * (rates[0] or 0) - 100 * (rates[1] or 0):+.1f} pp"
    )
    return [note(f"before ({days}): {told}, {percent(past.get('conversion_rate'))}{moved}")]


def _interval(step: Report) -> str:
    low, high = number(step.get("ci_low")), number(step.get("ci_high"))
    return NOTHING if low is None or high is None else f"{100 * low:.0f}–{100 * high:.0f}"


def _median(step: Report) -> Plain:
    seconds = step.get("seconds_from_previous")
    return seconds.get("median") if isinstance(seconds, dict) else None


def _abandonment(report: Report) -> "RenderableType":
    rows = [
        (
            text(row, "last_step"),
            text(row, "reason"),
            count(row.get("count")),
            duration(row.get("median_seconds_in_funnel")),
            duration(row.get("median_seconds_until_abandoned")),
        )
        for row in items(report, "abandonment")
    ]
    return table(["last step", "reason"], ["count", "to last step", "until given up"], rows)


def _told(report: Report) -> "list[RenderableType]":
    """Why the rows are more than the dropped: who gave up by the rule may come back later."""
    rule = report.get("abandonment_rule")
    if not isinstance(rule, dict):
        return []
    mine = [row for row in items(report, "abandonment") if row["reason"] == rule["reason"]]
    counts = {
        key: sum(number(row.get(key)) or 0 for row in mine)
        for key in ("count", "dropped", "converted", "pending")
    }
    if not counts["count"]:
        return []
    who = f"{text(rule, 'reason')}: {text(rule, 'step')}, but not {text(rule, 'completes')} within"
    fate = (
        f"of these {counts['count']:,.0f}, {counts['dropped']:,.0f} dropped,"
        f" {counts['converted']:,.0f} converted later, {counts['pending']:,.0f} pending"
    )
    return [note(f"{who} {duration(rule.get('window_seconds'))}; {fate}")]


def _trend(report: Report) -> "RenderableType":
    from rich.console import Group

    rows = [
        (
            text(row, "period") + _mark(row),
            *(count(row.get(key)) for key in ("entered", "converted", "dropped", "pending")),
            percent(ripe.get("rate")),
            _interval(ripe),
        )
        for row in items(report, "trend")
        for ripe in [row.get("matured")]
        if isinstance(ripe, dict)
    ]
    names = ["entered", "converted", "dropped", "pending", "matured", "95 %"]
    told = "matured: the rate of those whose window is over; open: some windows are not"
    if any(row.get("is_cut") for row in items(report, "trend")):
        told += "; cut: the asked time leaves out a part"
    return Group(table(["period"], names, rows), note(told))


def _mark(row: Report) -> str:
    if row.get("is_cut"):
        return " (cut)"
    return "" if row.get("is_complete") else " (open)"


def _after_drop(report: Report) -> "RenderableType":
    """The commonest ways on, of each step at which people dropped."""
    names = {step.get("index"): _named(step) for step in items(report, "steps")}
    rows: list[tuple[str, str, str, str]] = []
    for last, group in groupby(items(report, "after_drop"), lambda row: row.get("last_step")):
        paths = list(group)
        for place, row in enumerate(paths[:_MOST_PATHS]):
            step = names.get(last, str(last)) if not place else ""
            path = text(joined(row), "path") or "(nothing more)"
            rows.append((step, path, count(row.get("count")), percent(row.get("share"))))
        if paths[_MOST_PATHS:]:
            rest = [
                sum(number(row.get(key)) or 0 for row in paths[_MOST_PATHS:])
                for key in ("count", "share")
            ]
            rows.append(("", "(other ways)", count(rest[0]), percent(rest[1])))
    return table(["last step", "next events"], ["count", "share"], rows)


def _drivers(report: Report) -> "RenderableType":
    from rich.console import Group

    found = items(report, "drivers")
    rows = [
        (
            text(row, "name") + ("" if row.get("value") is None else f" = {text(row, 'value')}"),
            count(row.get("n")),
            percent(row.get("rate_with")),
            percent(row.get("rate_without")),
            f"×{number(row.get('odds_ratio')) or 0:.3g}",
        )
        for row in found[:_MOST_DRIVERS]
    ]
    drawn = table(["who did or had"], ["n", "converted", "the others", "odds"], rows)
    if len(found) <= _MOST_DRIVERS:
        return drawn
    return Group(drawn, note(f"… {len(found) - _MOST_DRIVERS} more: --format json"))


_DRILLED = (
    ("trend", "Entrants by period", _trend),
    ("after_drop", "Where those who dropped went next", _after_drop),
    ("drivers", "What goes with converting", _drivers),
)
