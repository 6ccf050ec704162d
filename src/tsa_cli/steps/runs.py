"""
What ran, when, on what, and how it ended.

reads  runs
"""

from tsa_cli.errors import DataError
from tsa_cli.store import Store

Record = dict[str, object]


def latest(store: Store, count: int) -> list[Record]:
    """The newest `count` runs, newest first."""
    return store.records("0_store/runs_list.sql", count=count)


def one(store: Store, run_id: str) -> list[Record]:
    """The run of that id and the steps it sequenced, in order; DataError when there is none."""
    found = store.records("0_store/runs_show.sql", run_id=run_id)
    if not found:
        raise DataError(f"no run {run_id!r} in {store.path}", "`tsa runs list` has their ids")
    return found
