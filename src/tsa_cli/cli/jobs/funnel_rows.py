"""
A funnel's report as the flat formats have it: a row per step, or the drill-down that was asked.
"""

from tsa_cli.cli.pictures.rows import items, joined
from tsa_cli.cli.plain import Plain

Report = dict[str, Plain]

_TIMES = ("seconds_from_previous", "seconds_from_start")


def rows_of(report: Report) -> list[dict[str, object]]:
    """Flat: the drill-down that was asked, else one row per step, and per value and step."""
    name = {"funnel": report["name"]}
    for key in ("drivers", "after_drop", "trend"):
        if key in report:
            return [{**name, **_with_matured(joined(row), row)} for row in items(report, key)]
    values = items(report, "breakdown")
    whole = [{**report, "value": "(all)"}] if values else [report]
    rows: list[dict[str, object]] = [
        {**name, **_flat(step, of)} for of in [*whole, *values] for step in items(of, "steps")
    ]
    past = report.get("previous")
    if not isinstance(past, dict):
        return rows
    bars = items(past, "steps")
    return [{**row, **(_past(bars[n]) if n < len(bars) else {})} for n, row in enumerate(rows)]


def _past(bar: Report) -> Report:
    return {f"previous_{key}": bar.get(key) for key in ("count", "rate_from_start")}


def _flat(step: Report, of: Report) -> Report:
    """The step, with its times as columns, its value and the matured rate of the whole of it."""
    row = {key: value for key, value in step.items() if key not in _TIMES}
    row |= _times(step, "median")
    if "value" in of:
        row["value"] = of["value"]
    for measure in ("mean", "p25", "p75", "p90"):
        row |= _times(step, measure)
    return _with_matured(row, of)


def _times(step: Report, measure: str) -> Report:
    """One measure of the step's two times; null where nobody got there."""
    times = {key: step.get(key) for key in _TIMES}
    return {
        f"{measure}_{key}": value[measure] if isinstance(value, dict) else None
        for key, value in times.items()
    }


def _with_matured(row: Report, of: Report) -> Report:
    """The row with what is nested in `of` as columns at its end; the row itself without it."""
    nested = of.get("matured")
    flat = {key: value for key, value in row.items() if key != "matured"}
    return flat | {
        f"matured_{k}": v for k, v in (nested if isinstance(nested, dict) else {}).items()
    }
