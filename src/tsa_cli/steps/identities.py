"""
Show which ids are one person and why, and cut a link that should not be.

reads   actors, identity_edges, identity_persons, identity_cuts, sessionize_state
writes  identity_cuts (cut); the next `tsa sessionize` recomputes the component
source  definitions D14: edges are kept, not only their result, so that a merge can be undone
"""

from dataclasses import dataclass

from tsa_cli.errors import DataError
from tsa_cli.store import Store


@dataclass(frozen=True)
class IdentityReport:
    """A user, the ids that stand for them, and every link of these ids, cut ones too."""

    user_id: str
    ids: list[str]
    edges: list[dict[str, object]]


@dataclass(frozen=True)
class CutResult:
    """The link that counts no more; `is_new` is false when it was cut before."""

    id_a: str
    id_b: str
    is_new: bool


def show(store: Store, user: str) -> IdentityReport:
    """The person behind `user`, an id of any kind; DataError when there is none."""
    store.require("identity_edges", "identity_persons", "actors")
    user_id = store.value("2_sessions/person_of.sql", id=user)
    if not isinstance(user_id, str):
        raise DataError(f"no events of {user!r}", "`tsa sql` on dim_users lists the users")
    ids = [str(row[0]) for row in store.rows("2_sessions/ids_of_person.sql", user_id=user_id)]
    edges = store.records("2_sessions/edges_of_ids.sql", ids=ids)
    return IdentityReport(user_id=user_id, ids=ids, edges=edges)


def cut(store: Store, id_a: str, id_b: str, *, dry_run: bool = False) -> CutResult:
    """
    The link between two ids, cut for good; every later rebuild respects it.

    DataError when the two were never linked directly; its hint names the links there are, and
    says when there may be others.
    """
    store.require("identity_edges")
    edges = store.records("2_sessions/edges_of_ids.sql", ids=[id_a, id_b])
    ends = [{edge["anonymous_id"], edge["user_id"]} for edge in edges]
    if id_a == id_b:
        raise DataError(f"{id_a!r} cannot be cut from itself", "name two ids")
    if {id_a, id_b} not in ends:
        links = sorted({f"{edge['anonymous_id']} – {edge['user_id']}" for edge in edges})
        told = f"links of theirs: {', '.join(links[:5])}"
        hint = told if links else "see `tsa identities show`"
        if any(count for count, _ in store.rows("4_reports/newer_events.sql")):
            hint = f"{hint}; newer events may link them: run `tsa sessionize` first"
        raise DataError(f"{id_a!r} and {id_b!r} are not linked directly", hint)
    is_new = not store.count("2_sessions/is_cut.sql", id_a=id_a, id_b=id_b)
    if is_new and not dry_run:
        store.execute("2_sessions/add_cut.sql", id_a=id_a, id_b=id_b)
    return CutResult(id_a=id_a, id_b=id_b, is_new=is_new)
