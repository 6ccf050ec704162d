"""
The entry point: `tsa` starts and ends here.

Light by intent: nothing is imported before the signals are set, so that Ctrl-C during start-up
ends quietly too.
"""

import gc
import io
import os
import signal
import sys
from collections.abc import Sequence


def main() -> None:
    """Run `tsa` with the process's arguments and end the process with its exit code."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _fill_gaps()
    _speak_unicode()
    os.umask(0o077)  # whatever is created is its owner's alone
    gc.set_threshold(100_000, 50, 100)  # among what was imported no garbage is: a tenth of a start
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # OpenMP threads that spin cost a core
    sys.exit(run(sys.argv[1:]))


def _fill_gaps() -> None:
    """Give a stream that the shell closed (`>&-`) to nobody; else the store got its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, io.TextIOWrapper(io.FileIO(os.devnull, mode), "utf-8"))


def _speak_unicode() -> None:
    """Let files and pipes get UTF-8 in every locale, and a terminal what it is able to show."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def run(arguments: Sequence[str]) -> int:
    """The exit code of one command line; every error is text on stderr by then."""
    from tsa_cli.cli.hoist import hoist, verbosity, wants_json_logs
    from tsa_cli.cli.outcome import Outcome
    from tsa_cli.cli.signals import ending_signals

    outcome = Outcome(tracebacks=verbosity(arguments) > 1, as_json=wants_json_logs(arguments))
    with outcome, ending_signals(outcome.signals):
        from tsa_cli.cli.app import program_of

        words = hoist(arguments) or ["--help"]
        returned = program_of()(words, prog_name="tsa", standalone_mode=False)
        outcome.code = returned if isinstance(returned, int) else 0
    return outcome.code
