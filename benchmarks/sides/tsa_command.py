"""
`tsa` commands, run exactly as the program runs them, with its own steps timed from outside.

`tsa_command STORE ARGUMENT… [+ ARGUMENT…]`; `+` stands between commands of one process.
reads   STORE, benchmarks/configs
writes  STORE; stdout: seconds per stage, and what the last command answered, cut to figures
"""

import functools
import importlib
import inspect
import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

from benchmarks.sides.told import Stages, tell
from benchmarks.sides.tsa_figures import FIGURES

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
STEPS = "tsa_cli.steps"
# Which part of `sessionize` the functions of each module are; the step as a whole is timed, too.
# `layout` measures the sessions on the way; `sessions` gives them their ids, sources and flags.
PARTS = {
    f"{STEPS}.sessionize.touches": "sessions",
    f"{STEPS}.sessionize.layout": "layout",
    f"{STEPS}.sessionize.visits": "sessions",
    f"{STEPS}.sessionize.identity": "people",
    "tsa_cli.stitching": "people",
    f"{STEPS}.sessionize.users": "users",
}


def main() -> None:
    """Run the commands; exits with the code of the first that fails."""
    from tsa_cli.cli.main import run

    store, *words = sys.argv[1:]
    stages = Stages()
    commands = _commands(words)
    for name in {command[0] for command in commands}:
        step = importlib.import_module(f"{STEPS}.{name}")
        setattr(step, "run", _timed(step.run, name, stages))  # noqa: B010
    _time_parts(stages)
    shown = io.StringIO()
    for command in commands:
        shown = io.StringIO()
        with redirect_stdout(shown):
            code = run(["--db", store, "--configs", str(CONFIGS), "--quiet", *command])
        if code:
            sys.exit(code)
    figures = FIGURES.get(commands[-1][0])
    tell(stages.seconds, figures(json.loads(shown.getvalue())["data"]) if figures else None)


def _commands(words: list[str]) -> list[list[str]]:
    commands: list[list[str]] = [[]]
    for word in words:
        if word == "+":
            commands.append([])
        else:
            commands[-1].append(word)
    return commands


def _time_parts(stages: Stages) -> None:
    """Let every public function of the modules of PARTS note its seconds, unless inside another."""
    inside: list[str] = []
    for name, part in PARTS.items():
        module = importlib.import_module(name)
        for key, function in list(vars(module).items()):
            if inspect.isfunction(function) and function.__module__ == name and key[0] != "_":
                setattr(module, key, _outermost(function, _timed(function, part, stages), inside))


def _outermost(
    plain: Callable[..., object], timed: Callable[..., object], inside: list[str]
) -> Callable[..., object]:
    @functools.wraps(plain)
    def choosing(*args: object, **kwargs: object) -> object:
        if inside:
            return plain(*args, **kwargs)
        inside.append(plain.__name__)
        try:
            return timed(*args, **kwargs)
        finally:
            inside.pop()

    return choosing


def _timed(function: Callable[..., object], stage: str, stages: Stages) -> Callable[..., object]:
    @functools.wraps(function)
    def noting(*args: object, **kwargs: object) -> object:
        with stages.timed(stage):
            return function(*args, **kwargs)

    return noting


if __name__ == "__main__":
    main()
