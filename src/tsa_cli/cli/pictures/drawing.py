"""
What the pictures are made of: tables, bars, sparklines, and numbers as people read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tsa_cli.cli.plain import Plain
from tsa_cli.cli.terminal import visible
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text

_EIGHTHS = " ▏▎▍▌▋▊▉"
_SPARKS = "▁▂▃▄▅▆▇█"
_UNITS = (("d", 86400.0), ("h", 3600.0), ("m", 60.0), ("s", 1.0))
_LEAST_TEXT, _LEAST_WORD = 10, 30  # a column of text, or of names alone, below is unreadable
_GAP = 2
MAX_ROWS = 500  # of a table for people; rich takes a millisecond a row
NOTHING = "–"


def number(value: Plain) -> float | None:
    """`value` where it is a number, else None."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and isinstance(value, (int, float)) else None


def count(value: Plain) -> str:
    """12,345."""
    found = number(value)
    return NOTHING if found is None else f"{found:,.0f}"


def things(value: Plain, one: str) -> str:
    """12,345 users; 1 user."""
    return quantity(round(number(value) or 0), one)


def percent(value: Plain) -> str:
    """A rate of 0 to 1 as 12.3%; a dash where it is undefined."""
    found = number(value)
    return NOTHING if found is None else f"{100 * found:.1f}%"


def duration(value: Plain) -> str:
    """Seconds in their largest two units: 2d 3h, 5m 10s, 4s."""
    seconds = number(value)
    if seconds is None:
        return NOTHING
    for index, (unit, size) in enumerate(_UNITS):
        if seconds >= size or unit == "s":
            whole, rest = divmod(round(seconds), int(size))
            if index + 1 == len(_UNITS):
                return f"{whole}{unit}"
            small_unit, small_size = _UNITS[index + 1]
            small = int(rest // small_size)
            return f"{whole}{unit} {small}{small_unit}" if small else f"{whole}{unit}"
    return NOTHING


def bar(share: float, width: int) -> str:
    """A bar of `share` (0 to 1) of `width` characters, in eighths; never nothing for something."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    if share > 0:
        eighths = max(eighths, 1)
    full, part = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[part] if part else "")).ljust(width)


def sparkline(values: Sequence[Plain]) -> str:
    """One character a value, from the lowest to the highest; a blank where there is none."""
    numbers = [number(value) for value in values]
    known = [value for value in numbers if value is not None]
    if not known:
        return ""
    low, span = min(known), max(known) - min(known)
    return "".join(
        " " if value is None else _SPARKS[round((value - low) / span * 7) if span else 3]
        for value in numbers
    )


def heading(text: str) -> "Text":
    """A line that names what follows."""
    from rich.text import Text

    return Text(visible(text), style="bold")


def note(text: str) -> "Text":
    """A quiet line below a picture."""
    from rich.text import Text

    return Text(visible(text), style="dim")


def table(
    left: Sequence[str], right: Sequence[str], rows: Sequence[Sequence[str]]
) -> "RenderableType":
    """
    A table whose first columns are text (`left`) and whose others are numbers (`right`).

    Where the terminal is too narrow for it, a block a row: rich would leave columns out unsaid. Of
    very many rows the first are drawn, and the others counted.
    """
    drawn = _Fitting(left, right, rows[:MAX_ROWS])
    if len(rows) <= MAX_ROWS:
        return drawn
    from rich.console import Group

    return Group(drawn, left_out(len(rows) - MAX_ROWS))


def left_out(rows: int) -> "Text":
    """The line below a table that does not have all of its rows."""
    from rich.text import Text

    return Text(f"… {quantity(rows, 'more row')}: --format csv has them all")


@dataclass(frozen=True)
class _Fitting:
    """What `table` draws, once the width is known."""

    left: Sequence[str]
    right: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        widths = [
            max(len(name), *(len(row[place]) for row in self.rows), 0)
            for place, name in enumerate((*self.left, *self.right))
        ]
        texts = [
            min(width, _LEAST_TEXT if any(" " in row[place] for row in self.rows) else _LEAST_WORD)
            for place, width in enumerate(widths[: len(self.left)])
        ]
        least = sum(texts) + sum(widths[len(self.left) :]) + _GAP * (len(widths) - 1)
        yield self._columns() if least <= options.max_width else self._blocks()

    def _columns(self) -> "RenderableType":
        from rich import box
        from rich.table import Table
        from rich.text import Text

        drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        for name in self.left:
            drawn.add_column(Text(visible(name)), overflow="fold")
        for name in self.right:
            drawn.add_column(Text(visible(name)), justify="right", no_wrap=True)
        for row in self.rows:
            drawn.add_row(*(Text(visible(cell)) for cell in row))
        return drawn

    def _blocks(self) -> "RenderableType":
        from rich.table import Table
        from rich.text import Text

        drawn = Table.grid(padding=(0, 1, 0, 0))
        drawn.add_column(no_wrap=True)
        drawn.add_column(overflow="fold")
        for number, row in enumerate(self.rows):
            if number:
                drawn.add_row("", "")
            for name, cell in zip((*self.left, *self.right), row, strict=True):
                if cell.strip():
                    drawn.add_row(Text(visible(name)), Text(visible(cell)))
        return drawn
