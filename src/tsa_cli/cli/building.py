"""
Reports run no step by themselves; with --build they run those whose tables are missing.
"""

from collections.abc import Callable

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs import features, sessionize
from tsa_cli.cli.session import Session

# step -> (the table it makes, what makes it)
_BUILDERS: dict[str, tuple[str, Callable[[Session], Answer]]] = {
    "sessionize": ("core", sessionize.work),
    "features": ("user_behavior_features", features.work),
}


def build_missing(session: Session, *steps: str) -> None:
    """Run each of the steps, in order, whose table the store does not have yet."""
    for step in steps:
        table, work = _BUILDERS[step]
        with session.reading() as store:
            is_there = store.has_table(table)
        if not is_there:
            work(session)
