"""
The step matrix of a journey on a terminal: where all visits are at step 1, 2, …
"""

from typing import TYPE_CHECKING

from tsa_cli.cli.pictures.drawing import heading, note, number, percent, table
from tsa_cli.cli.pictures.rows import items, text
from tsa_cli.cli.plain import Plain

if TYPE_CHECKING:
    from rich.console import RenderableType

_MOST_STATES = 8
_WIDEST_NAME = 36
_CELL = 7  # 12.3% and the gap before it
_OTHER, _EXIT = "(other)", "(exit)"

Report = dict[str, Plain]


def matrix(report: Report, width: int) -> "list[RenderableType]":
    """The largest states by the steps that fit, then the others and the ended; steps sum to 1."""
    levels = [_shares(level) for level in items(report, "step_matrix")]
    names = _largest(levels)
    room = width - min(_WIDEST_NAME, max(map(len, [*names, _OTHER])))
    shown = levels[: max(1, room // _CELL)]
    if not shown:
        return []
    rest = [max(0.0, sum(s.values()) - sum(s.get(n, 0.0) for n in [*names, _EXIT])) for s in shown]
    rows = [(name, *(percent(shares.get(name, 0.0)) for shares in shown)) for name in names]
    # What is left by subtraction is not exactly 0 where nothing is left.
    if any(round(share, 9) for share in rest):
        rows.append((_OTHER, *map(percent, rest)))
    rows.append((_EXIT, *(percent(shares.get(_EXIT, 0.0)) for shares in shown)))
    cut = f" (the first {len(shown)} of {len(levels)})" if len(shown) < len(levels) else ""
    title = f"Where visits are, step by step{cut}"
    drawn = table(["state"], [str(step) for step, _ in enumerate(shown, start=1)], rows)
    return [note(""), heading(title), drawn]


def _shares(level: Report) -> dict[str, float]:
    return {text(s, "state"): number(s.get("share")) or 0.0 for s in items(level, "states")}


def _largest(levels: list[dict[str, float]]) -> list[str]:
    total: dict[str, float] = {}
    for shares in levels:
        for name, share in shares.items():
            total[name] = total.get(name, 0.0) + share
    listed = [name for name in total if name not in (_OTHER, _EXIT)]
    return sorted(listed, key=lambda name: (-total[name], name))[:_MOST_STATES]
