"""
A trained model on a terminal: its figures beside those of two trivial ones, and what it looks at.
"""

from typing import TYPE_CHECKING

from tsa_cli.cli.pictures.drawing import (
    NOTHING,
    bar,
    count,
    heading,
    note,
    number,
    percent,
    table,
)
from tsa_cli.cli.pictures.rows import items, reports, text
from tsa_cli.cli.plain import Plain

if TYPE_CHECKING:
    from rich.console import RenderableType

_TOP = 8
_BAR_WIDTH = 20
_PLAIN = (
    ("ROC-AUC", "roc_auc"), ("PR-AUC", "pr_auc"), ("Brier", "brier"), ("log loss", "log_loss"),
)  # fmt: skip
_SHARES = (("precision", "precision"), ("recall", "recall"), ("lift", "lift"))

Report = dict[str, Plain]


def picture(data: Plain, width: int) -> "RenderableType":
    """Each model, one below the other."""
    from rich.console import Group

    return Group(*(part for report in reports(data) for part in _report(report)))


def _report(report: Report) -> "list[RenderableType]":
    figures = _object(report, "figures")
    held = _object(figures, "holdout")
    current = "in use" if report.get("is_current") else "not in use: the current one is better"
    name = f"{text(report, 'model')} {text(report, 'version')}"
    title = f"{name}: {text(report, 'status')}, {current}"
    people = (
        f"{text(figures, 'method')} on {count(figures.get('rows'))} people at cut-offs,"
        f" {count(figures.get('positives'))} of whom did it; judged on {count(held.get('n'))} later"
        f" ones, {percent(held.get('base_rate'))} of whom did it"
    )
    parts: list[RenderableType] = [heading(title), note(people), _beside(figures, held)]
    parts += [note(""), heading("What it looks at"), _importances(figures)]
    return [*parts, note("")]


def _beside(figures: Report, held: Report) -> "RenderableType":
    columns = [held, _object(figures, "baseline"), _object(figures, "recency_baseline")]
    rows = [[label, *(_number(column.get(key)) for column in columns)] for label, key in _PLAIN]
    rows += [[label, *(_share(column, key) for column in columns)] for label, key in _SHARES]
    names = ["model", text(columns[1], "name"), text(columns[2], "name")]
    return table([f"at {_number(held.get('threshold'))}"], names, rows)


def _importances(figures: Report) -> "RenderableType":
    rows = items(figures, "importances")[:_TOP]
    largest = max((number(row.get("importance")) or 0.0 for row in rows), default=0.0)
    return table(
        ["feature", ""],
        ["log loss gained"],
        [
            (
                text(row, "feature"),
                bar((number(row.get("importance")) or 0.0) / largest if largest else 0, _BAR_WIDTH),
                _number(row.get("importance")),
            )
            for row in rows
        ],
    )


def _share(column: Report, key: str) -> str:
    share = _object(column, key)
    if share.get("value") is None:
        return NOTHING
    value, low, high = (_number(share.get(name)) for name in ("value", "ci_low", "ci_high"))
    return f"{value} ({low}–{high})"


def _number(value: Plain) -> str:
    found = number(value)
    return NOTHING if found is None else f"{found:.3f}"


def _object(report: Report, key: str) -> Report:
    found = report.get(key)
    return found if isinstance(found, dict) else {}
