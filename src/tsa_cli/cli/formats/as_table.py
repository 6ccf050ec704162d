"""
Tables for people: what fits the terminal as columns, what does not as one block a row.

Text of events is shown as text: no rich markup, no control characters.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TextIO

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.formats.cells import is_numeric, text
from tsa_cli.cli.pictures.drawing import MAX_ROWS, left_out
from tsa_cli.cli.plain import Plain
from tsa_cli.cli.terminal import is_terminal, visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

FILE_WIDTH = 120  # of a table written to a file or a pipe
MAX_BLOCKS = 50
_TEXT, _WORD = 10, 27  # a column of text, or of single words (a moment), below it is unreadable
_GAP = 2

Rows = list[dict[str, Plain]]


@dataclass(frozen=True)
class _Width:
    """How wide a column is where there is room, and how far it may be squeezed."""

    natural: int
    least: int
    is_word: bool


def write(answer: Answer, run_id: str, stream: TextIO) -> None:
    """The command's own picture, else a table of its rows; warnings are on stderr already."""
    console = console_for(stream)
    if answer.picture is not None:
        console.print(answer.picture(console.width))
    else:
        rows = answer.flat()
        console.print(rows_picture(rows, console.width, answer.shown or answer.names(rows)))


def console_for(stream: TextIO) -> "Console":
    """A console that draws on `stream`: plain text but for a terminal with colours allowed."""
    from rich.console import Console

    live = is_terminal(stream)
    asked = os.environ.get("COLUMNS", "")
    width = int(asked) if asked.isdigit() and int(asked) else None if live else FILE_WIDTH
    return Console(
        file=stream,
        width=width,
        no_color=True if not live or os.environ.get("NO_COLOR") else None,
        markup=False,
        highlight=False,
        emoji=False,
    )


def rows_picture(rows: Rows, width: int, names: Sequence[str] | None = None) -> "RenderableType":
    """The rows as a table, or as blocks where the columns do not fit into `width`."""
    from rich.console import Group
    from rich.text import Text

    names = names or list(dict.fromkeys(key for row in rows for key in row))
    if not names:
        return Text("(no rows)")
    widths = {name: _width(rows, name) for name in names}
    fits = _sum(w.least for w in widths.values()) <= width
    limit = MAX_ROWS if fits else MAX_BLOCKS
    drawn = _table(rows[:limit], widths, width) if fits else _blocks(rows[:limit], names)
    if len(rows) <= limit:
        return drawn
    return Group(drawn, left_out(len(rows) - limit))


def _table(rows: Rows, widths: dict[str, _Width], width: int) -> "RenderableType":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name, granted in _granted(widths, width).items():
        justify: Literal["right", "left"] = "right" if is_numeric(rows, name) else "left"
        table.add_column(Text(visible(name)), justify=justify, width=granted, overflow="fold")
    for row in rows:
        table.add_row(*(Text(shown(row.get(name))) for name in widths))
    return table


def _blocks(rows: Rows, names: Sequence[str]) -> "RenderableType":
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    blocks: list[RenderableType] = []
    for number, row in enumerate(rows, start=1):
        if len(rows) > 1:
            blocks.append(Text(f"── row {number}"))
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for name in names:
            if name in row:
                grid.add_row(Text(visible(name)), Text(shown(row[name])))
        blocks.append(grid)
    return Group(*blocks)


def _width(rows: Rows, name: str) -> _Width:
    """Numbers keep their line, long words may break, text with blanks wraps."""
    cells = [shown(row.get(name)) for row in rows[:MAX_ROWS]]
    natural = max((len(cell) for cell in (name, *cells)), default=0)
    if is_numeric(rows, name):
        return _Width(natural, natural, True)
    is_word = not any(" " in cell for cell in cells)
    return _Width(natural, min(natural, max(_WORD if is_word else _TEXT, len(name))), is_word)


def _granted(widths: dict[str, _Width], width: int) -> dict[str, int]:
    """Each column's width: its least, then what is to spare, first to words, then to text."""
    granted = {name: column.least for name, column in widths.items()}
    spare = width - _sum(granted.values())
    for is_word in (True, False):
        asking = [n for n, c in widths.items() if c.is_word == is_word and c.natural > c.least]
        asking.sort(key=lambda name: widths[name].natural - widths[name].least)
        for place, name in enumerate(asking):
            share = spare // (len(asking) - place)
            more = min(share, widths[name].natural - widths[name].least)
            granted[name] += more
            spare -= more
    return granted


def _sum(widths: Iterable[int]) -> int:
    """Columns of the terminal that columns of these widths take together."""
    return sum(width + _GAP for width in widths) - _GAP


def shown(value: Plain) -> str:
    """The cell for a person: at most six significant digits, thousands kept plain."""
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"
    if isinstance(value, list) and not any(isinstance(item, (list, dict)) for item in value):
        return ", ".join(shown(item) for item in value)
    return visible(text(value))
