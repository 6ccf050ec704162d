"""A Markdown table: pipes, line ends and tags of the data cannot leave their cell."""

from typing import TextIO

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.formats.cells import is_numeric, text
from tsa_cli.cli.terminal import visible


def write(answer: Answer, run_id: str, stream: TextIO) -> None:
    """One table; numbers to the right."""
    rows = answer.flat()
    names = answer.names(rows)
    if not names:
        return
    rules = ["---:" if is_numeric(rows, name) else "---" for name in names]
    for cells in ([escaped(name) for name in names], rules):
        stream.write("| " + " | ".join(cells) + " |\n")
    for row in rows:
        stream.write("| " + " | ".join(escaped(text(row.get(name))) for name in names) + " |\n")


def escaped(shown: str) -> str:
    """`shown` so that Markdown shows it as it is, in one cell."""
    one_line = visible(shown.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))
    for mark in ("\\", "|", "`", "["):
        one_line = one_line.replace(mark, "\\" + mark)
    return one_line.replace("&", "&amp;").replace("<", "&lt;")
