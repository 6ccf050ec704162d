"""
Runs of `tsa` in processes of their own, forked from one that has imported it all.

A process costs its work alone then: to start Python and import took longer than most runs. Where
the start itself is what a test is about, it starts `python -m tsa_cli` instead.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Forked:
    """A run under way, or over."""

    pid: int
    said: Path

    def send_signal(self, number: int) -> None:
        """Send it, unless the run was waited for."""
        os.kill(self.pid, number)

    def wait_for_output(self) -> str:
        """What stands on stdout, as soon as a whole line does."""
        out = Path(f"{self.said}.out")
        while not out.exists() or not out.read_text().endswith("\n"):
            time.sleep(0.01)
        return out.read_text()

    def finish(self) -> tuple[int, str, str]:
        """(exit code, or minus the signal that ended it; stdout; stderr); to be asked once."""
        code = _asked({"pid": self.pid})
        out, err = (Path(f"{self.said}.{name}") for name in ("out", "err"))
        told = code, out.read_text(), err.read_text()
        out.unlink()
        err.unlink()
        return told


def fork(
    folder: Path,
    *words: object,
    environment: Mapping[str, str] | None = None,
    file_limit: int | None = None,
    program: str | None = None,
) -> Forked:
    """
    `tsa WORDS` in `folder`; no file of it may grow over `file_limit` bytes.

    With `program`, the text of a Python program, it is `python -c PROGRAM WORDS`.
    """
    _said.append(Path(_scratch().name) / str(len(_said)))
    pid = _asked(
        {
            "program": program,
            "words": [str(word) for word in words],
            "folder": str(folder),
            "environment": dict(environment or {}),
            "streams": [os.devnull, f"{_said[-1]}.out", f"{_said[-1]}.err"],
            "file_limit": file_limit,
        }
    )
    return Forked(pid, _said[-1])


_said: list[Path] = []


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="tsa-said-")


def _asked(question: dict[str, object]) -> int:
    mother = _mother()
    assert mother.stdin is not None
    assert mother.stdout is not None
    mother.stdin.write(json.dumps(question) + "\n")
    mother.stdin.flush()
    return int(mother.stdout.readline())


@cache
def _mother() -> subprocess.Popen[str]:
    """One for this process, which it ends with."""
    mother = subprocess.Popen(
        [sys.executable, "-m", "tests.mother"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    atexit.register(mother.communicate)
    return mother
