"""
A process with all of `tsa` imported, which forks the runs that tests ask of it (tests/forked.py).

A line on stdin asks: for a run, whose pid is answered, or for how the run of a pid has ended. What
a run does from there is what `python -m tsa_cli` does, but for taking apart what was imported.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import resource
import sys
from collections.abc import Callable
from typing import NoReturn

import tsa_cli
from tsa_cli.cli.main import main


def serve() -> NoReturn:
    """Answer until stdin ends."""
    for found in pkgutil.walk_packages(tsa_cli.__path__, "tsa_cli."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    gc.freeze()  # nobody's garbage: a run that looked through it would copy its pages
    while line := os.read(0, 1 << 20):  # whole lines: the next one is sent after the answer
        asked = json.loads(line)
        if "pid" in asked:
            answer = os.waitstatus_to_exitcode(os.waitpid(asked["pid"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                end(become(**asked))
        os.write(1, b"%d\n" % answer)
    os._exit(0)


def become(
    program: str | None,
    words: list[str],
    folder: str,
    environment: dict[str, str],
    streams: list[str],
    file_limit: int | None,
) -> Callable[[], None]:
    """Make of this process what a shell would start for `tsa WORDS`; what is left to do."""
    for number, (path, flags) in enumerate(
        zip(streams, (os.O_RDONLY, *2 * [os.O_WRONLY | os.O_CREAT | os.O_TRUNC]), strict=True)
    ):
        opened = os.open(path, flags)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(folder)
    os.environ.update(environment)
    if file_limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
    sys.argv = ["tsa", *words]
    if program is None:
        return main
    return lambda: exec(compile(program, "<string>", "exec"), {"__name__": "__main__"})


def end(work: Callable[[], None]) -> NoReturn:
    """Do it and end as Python does; only what no run has made is left as it is."""
    code = 1
    try:
        work()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except BaseException:  # noqa: BLE001 - it is shown
        sys.excepthook(*sys.exc_info())
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
