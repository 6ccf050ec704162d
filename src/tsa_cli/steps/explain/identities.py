"""
Which ids are the person, and for each link why it joins them or not.

reads   actors, identity_edges, identity_cuts
source  definitions D13 (latest known id), D14 (shared devices make no links; cuts)
"""

from collections.abc import Sequence

from tsa_cli.config.identity import IdentityConfig
from tsa_cli.quantities import quantity
from tsa_cli.steps.explain.person import Found
from tsa_cli.steps.explain.result import Identities, Row
from tsa_cli.store.store import Store

_SAID = {
    "event": ("event carries both ids", "events carry both ids"),
    "identify": ("identify call names both", "identify calls name both"),
    "alias": ("alias call joins the two", "alias calls join the two"),
}


def identities_of(store: Store, found: Found, config: IdentityConfig) -> Identities:
    """The person's ids and all links of these, those that count for nothing too."""
    ids = store.records("4_reports/explain_ids.sql", user_key=found.user_key)
    whom = {"user_key": found.user_key, "user_id": found.user_id}
    edges = store.records("4_reports/explain_edges.sql", **whom)
    told = [{**_shown(edge), "why": _why(edge, config)} for edge in edges]
    return Identities(_named(found, ids, edges, config), ids, told)


def _shown(edge: Row) -> dict[str, object]:
    return {key: value for key, value in edge.items() if key != "is_cut_by_hand"}


def _why(edge: Row, config: IdentityConfig) -> str:
    """What shows the link, and what speaks against it."""
    shown = quantity(
        int(str(edge["event_count"])), *_SAID.get(str(edge["source"]), ("mention", "mentions"))
    )
    if edge["reason"] == "shared device":
        return (
            f"{shown}, but the device is shared: {edge['known_id_count']} known ids,"
            f" more than max_users_per_device {config.max_users_per_device}"
        )
    if edge["is_cut"] and edge["is_cut_by_hand"]:
        return f"{shown}, but the link was cut by hand"
    if edge["is_cut_by_hand"]:
        return f"{shown}; cut by hand, which the next `tsa sessionize` applies"
    if edge["is_cut"]:
        return f"{shown}; no longer cut by hand, which the next `tsa sessionize` applies"
    return f"{shown}, which joins them" if config.stitch != "none" else f"{shown}; stitch is none"


def _named(found: Found, ids: Sequence[Row], edges: Sequence[Row], config: IdentityConfig) -> str:
    """Why the person goes by this id."""
    if config.stitch == "none":
        return "identity.yaml has stitch: none, so that every id is its own person"
    own = {row[key] for row in ids for key in ("anonymous_id", "known_id")} | {found.user_id}
    links = [edge for edge in edges if not edge["is_cut"] and edge["user_id"] in own]
    if not links:
        return "no other id is linked to this one"
    known = {edge["user_id"] for edge in links}
    count = f"{len(known | {edge['anonymous_id'] for edge in links})} ids are one person"
    if len(known) > 1:
        return f"{count}; of {len(known)} known ids {found.user_id} is the one linked latest"
    return f"{count}; {found.user_id} is the only known id that is linked"
