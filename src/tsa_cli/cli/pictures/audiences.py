"""
Audiences on a terminal: how many may leave, and for each file why the others stay.
"""

from typing import TYPE_CHECKING

from tsa_cli.cli.pictures.drawing import count, heading, note, number, table
from tsa_cli.cli.pictures.rows import items, reports, text
from tsa_cli.cli.plain import Plain

if TYPE_CHECKING:
    from rich.console import RenderableType

_FIGURES = ("members", "written", "added", "removed")
_ALWAYS = ("not_consented", "suppressed", "invalid")
_SELDOM = ("excluded", "held_out")  # nobody is, but where an audience has `exclude` or `holdout`

Row = dict[str, Plain]


def picture(data: Plain, width: int) -> "RenderableType":
    """A line each audience; below, a line each file that is to go without some of the members."""
    from rich.console import Group

    audiences = reports(data)
    rows = [
        [text(a, "name"), text(a, "status"), *(count(a.get(figure)) for figure in _FIGURES)]
        for a in audiences
    ]
    return Group(table(["audience", "status"], _FIGURES, rows), *_staying(audiences))


def _staying(audiences: list[Row]) -> "list[RenderableType]":
    """Members that are in no file, by the first reason that holds."""
    files = [
        (audience, file)
        for audience in audiences
        for file in items(audience, "destinations")
        if file.get("written") != file.get("members")
    ]
    if not files:
        return []
    seldom = [reason for reason in _SELDOM if any(number(file.get(reason)) for _, file in files)]
    reasons = (*seldom, *_ALWAYS)
    rows, above = [], ""
    for audience, file in files:
        name = text(audience, "name")
        cells = [name if name != above else "", text(file, "destination")]
        rows.append([*cells, *(count(file.get(reason)) for reason in reasons)])
        above = name
    titles = [reason.replace("_", " ") for reason in reasons]
    return [note(""), heading("Who stays, by file"), table(["audience", "file"], titles, rows)]
