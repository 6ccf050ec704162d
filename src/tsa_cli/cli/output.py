"""
Where an answer goes: stdout, or a file that appears whole; in which format.

writes  stdout, or FILE of --out (temporary file, fsync, rename; mode 0600)
"""

import io
import sys
from pathlib import Path

from tsa_cli.atomic_file import replacing
from tsa_cli.cli.answer import Answer
from tsa_cli.cli.formats import WRITERS, Format, of_file
from tsa_cli.cli.outcome import is_broken_pipe
from tsa_cli.cli.terminal import is_terminal, silence


def chosen_format(asked: Format | None, out: Path | None) -> Format:
    """What was asked; else what the file's ending says; else a table on a terminal, JSON off it."""
    if asked is not None:
        return asked
    if out is not None:
        return of_file(out)
    return Format.table if is_terminal(sys.stdout) else Format.json


def emit(answer: Answer, run_id: str, asked: Format | None = None, out: Path | None = None) -> None:
    """Write the answer where it belongs; a reader that closed the pipe has seen enough."""
    write = WRITERS[chosen_format(asked, out)]
    if out is None:
        try:
            write(answer, run_id, sys.stdout)
            sys.stdout.flush()
        except (BrokenPipeError, SystemExit) as error:
            if not is_broken_pipe(error):
                raise
            silence(sys.stdout.fileno())
        return
    with replacing(out) as binary:
        text = io.TextIOWrapper(binary, "utf-8", errors="backslashreplace", newline="")
        write(answer, run_id, text)
        text.flush()
        text.detach()
