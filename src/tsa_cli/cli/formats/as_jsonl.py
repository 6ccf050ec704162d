"""One JSON object a line, without the envelope: for tools that read line by line."""

from typing import TextIO

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.formats.as_json import encoded


def write(answer: Answer, run_id: str, stream: TextIO) -> None:
    """Each row of the answer as one line."""
    stream.writelines(encoded(row) + "\n" for row in answer.flat())
