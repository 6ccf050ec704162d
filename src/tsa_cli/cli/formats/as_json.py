"""The JSON envelope, with keys in the contract's order."""

import json
from typing import TextIO

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.plain import Plain
from tsa_cli.cli.terminal import HIDDEN

MANY = 1000  # rows beyond which each takes one line: indenting is slow, and nobody reads them all


def write(answer: Answer, run_id: str, stream: TextIO) -> None:
    """The whole answer as one object."""
    envelope = answer.envelope(run_id)
    rows = envelope["data"]
    if not isinstance(rows, list) or len(rows) <= MANY:
        stream.write(encoded(envelope, indent=2) + "\n")
        return
    head = encoded({**envelope, "data": []}, indent=2).removesuffix("[]\n}")
    stream.write(head + "[\n")
    stream.writelines(f"    {encoded(row)},\n" for row in rows[:-1])
    stream.write(f"    {encoded(rows[-1])}\n  ]\n}}\n")


def encoded(value: Plain, indent: int | None = None) -> str:
    """`value` as JSON; characters that a terminal would obey are escaped, the rest is UTF-8."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    return HIDDEN.sub(lambda hit: hit[0] if hit[0] == "\n" else _escaped(hit[0]), text)


def _escaped(character: str) -> str:
    """JSON's escape; beyond the first plane it takes two."""
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
