"""
Run processes in turn and measure each: wall clock, processor time, peak memory.

source  os.wait4: resource usage of exactly the process waited for, with the children it waited for
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

KIB = 1024


class SideFailed(Exception):
    """A side's process ended with an error; the message has its last line."""


@dataclass(frozen=True)
class Bench:
    """Where processes run: the interpreter with the peers, the folder of this size, the paths."""

    python: Path
    folder: Path
    environment: Mapping[str, str]

    def command(self, words: list[str]) -> list[str]:
        """The command line of `MODULE ARGUMENT…`, or of what begins with Python's own flags."""
        is_module = not words[0].startswith("-")
        return [
            str(self.python),
            *(["-m", f"benchmarks.{words[0]}", *words[1:]] if is_module else words),
        ]


@dataclass(frozen=True)
class Told:
    """What a side says of itself, see `benchmarks.sides.told`."""

    stages: dict[str, float]
    answer: dict[str, object]


@dataclass(frozen=True)
class Sample:
    """One timed process."""

    wall_seconds: float
    cpu_seconds: float  # user and system, all threads
    peak_rss_bytes: int
    load_average: float  # of the machine in the minute before
    stages: dict[str, float] = field(default_factory=dict)  # seconds inside the process
    answer: dict[str, object] = field(default_factory=dict)


def run_once(bench: Bench, words: list[str]) -> Sample:
    """
    The sample of one fresh process.

    The memory of this very process is a floor of the child's peak, so nothing heavy is imported
    here. Raises SideFailed when the process does not exit with 0.
    """
    load = os.getloadavg()[0]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        process = subprocess.Popen(
            bench.command(words), cwd=bench.folder, env=dict(bench.environment),
            stdin=subprocess.DEVNULL, stdout=out, stderr=err,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SideFailed(f"{' '.join(words)}: exit {process.returncode}: {_tail(err)}")
        told = _told(out)
    cpu = usage.ru_utime + usage.ru_stime
    return Sample(wall, cpu, usage.ru_maxrss * KIB, load, told.stages, told.answer)


def run_round(
    bench: Bench, before: list[list[str]], timed: list[str], after: list[str] | None
) -> Sample:
    """The sample of `timed`; `before` and `after` are not measured, `after` gives the answer."""
    for words in before:
        run_once(bench, words)
    sample = run_once(bench, timed)
    if after is None:
        return sample
    answer = sample.answer | run_once(bench, after).answer
    return Sample(sample.wall_seconds, sample.cpu_seconds, sample.peak_rss_bytes,
                  sample.load_average, sample.stages, answer)  # fmt: skip


def _told(out: IO[bytes]) -> Told:
    """What the process printed last, when it is a line of ours."""
    out.seek(0)
    lines = out.read().decode("utf-8", "replace").splitlines()
    if not lines or not lines[-1].startswith('{"stages"'):
        return Told({}, {})
    line = json.loads(lines[-1])
    return Told(line["stages"], line["answer"] or {})


def _tail(err: IO[bytes]) -> str:
    err.seek(0)
    lines = err.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "no message"
