"""
Global options may stand anywhere on the command line; the parser wants them first.

`tsa funnel --db x.duckdb booking -v` becomes `tsa --db x.duckdb -v funnel booking`.
See docs/adr/0002-global-options-are-hoisted.md.
"""

import re
from collections.abc import Sequence

from tsa_cli.errors import UsageError

WITH_VALUE = ("--db", "--configs", "--wait", "--log-format")
_ALONE = re.compile(r"-q|-v+|--quiet|--verbose")


def hoist(arguments: Sequence[str]) -> list[str]:
    """
    The same arguments, global options first; what follows `--` stays where it is.

    Raises UsageError when a global option has no value (the parser would take the next word).
    """
    first: list[str] = []
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--":
            return first + rest + [argument] + waiting
        if argument in WITH_VALUE:
            if not waiting or waiting[0].startswith("--"):
                raise UsageError(f"{argument} needs a value", f"give it as {argument}=VALUE")
            first += [argument, waiting.pop(0)]
        elif argument.partition("=")[0] in WITH_VALUE or _ALONE.fullmatch(argument):
            first.append(argument)
        else:
            rest.append(argument)
    return first + rest


def verbosity(arguments: Sequence[str]) -> int:
    """How often `-v` was given, readable before (and even if never) the parser succeeds."""
    before_dashes = list(arguments)[: arguments.index("--") if "--" in arguments else None]
    short = sum(len(a) - 1 for a in before_dashes if re.fullmatch(r"-v+", a))
    return short + before_dashes.count("--verbose")


def wants_json_logs(arguments: Sequence[str]) -> bool:
    """True when `--log-format json` was given, in either spelling."""
    pairs = zip(arguments, list(arguments)[1:], strict=False)
    return "--log-format=json" in arguments or ("--log-format", "json") in pairs
