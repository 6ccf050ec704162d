"""
What each statement took, for `-v`: its name, seconds and rows, to the logger `tsa.statements`.
"""

import logging
import time
from collections.abc import Callable, Sized
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from tsa_cli.quantities import quantity

LOG = logging.getLogger("tsa.statements")

Owner = TypeVar("Owner")
Answer = TypeVar("Answer")
Params = ParamSpec("Params")


def logged(
    method: Callable[Concatenate[Owner, str, Params], Answer],
) -> Callable[Concatenate[Owner, str, Params], Answer]:
    """The method, telling of each call by its first argument; costs nothing without `-v`."""

    @wraps(method)
    def call(owner: Owner, name: str, /, *args: Params.args, **params: Params.kwargs) -> Answer:
        if not LOG.isEnabledFor(logging.DEBUG):
            return method(owner, name, *args, **params)
        started = time.perf_counter()
        answer = method(owner, name, *args, **params)
        tell(name, time.perf_counter() - started, _row_count(answer))
        return answer

    return call


def tell(name: str, seconds: float, rows: int | None) -> None:
    """One record; the fields are kept for logs in JSON."""
    fields = {"statement": name, "seconds": round(seconds, 4), "rows": rows}
    told = "" if rows is None else f", {quantity(rows, 'row')}"
    LOG.debug("%s: %.3f s%s", name, seconds, told, extra={"fields": fields})


def _row_count(answer: object) -> int | None:
    """Rows of an answer: of a list or a frame, of columns by name, or the count itself."""
    if isinstance(answer, int) and not isinstance(answer, bool):
        return answer
    if isinstance(answer, dict):
        return len(next(iter(answer.values()), ()))
    return len(answer) if isinstance(answer, Sized) and not isinstance(answer, str) else None
