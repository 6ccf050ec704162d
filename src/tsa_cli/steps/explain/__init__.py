"""
One person end to end: events, ids, visits, every try at a funnel, scores; each with its why.

reads   actors, core, event_types, events, identity_edges, identity_cuts, sessions, dim_users, what
        the funnels ask for; user_behavior_features, user_scores, audience_members where they are
writes  nothing
source  the contract's section 2; definitions D8-D23, and part 2, complaint 32
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tsa_cli.config.identity import IdentityConfig
from tsa_cli.privacy.field_crypto import Keys
from tsa_cli.steps.explain.funnels import AskedFunnel, explain_funnel
from tsa_cli.steps.explain.identities import identities_of
from tsa_cli.steps.explain.person import Range, describe, events_of, find
from tsa_cli.steps.explain.result import Explanation
from tsa_cli.steps.explain.standing import audiences_of, features_of, scores_of
from tsa_cli.steps.explain.visits import VisitsConfig, sessions_of
from tsa_cli.store.store import Store

FIRST_TS = datetime(1, 1, 1)
MOST_ROWS = 20


@dataclass(frozen=True)
class ExplainConfig:
    """What is asked of the person, and the files that decided what happened to them."""

    funnels: Sequence[AskedFunnel] = ()
    identity: IdentityConfig = field(default_factory=IdentityConfig)
    visits: VisitsConfig = field(default_factory=VisitsConfig)
    event_aliases: Mapping[str, str] = field(default_factory=dict)
    keys: Keys = field(default_factory=Keys)
    has_personal: bool = False
    most_rows: int = MOST_ROWS  # of events and of sessions


def run(
    store: Store,
    user: str,
    config: ExplainConfig,
    *,
    as_of: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Explanation:
    """
    The person behind `user`, with their events up to `as_of`, naive UTC.

    Events and sessions from `since` to `until` are listed; of funnels these select first steps.
    Links, features, scores and audiences are what their commands last made.
    DataError when nobody has the id, MissingTable before the first sessionize.
    """
    store.require("actors", "core", "identity_edges", "sessions", "dim_users")
    found = find(store, user)
    span = Range(since or FIRST_TS, min(until or as_of, as_of))
    return Explanation(
        person=describe(store, user, found, config.keys, has_personal=config.has_personal),
        events=events_of(store, found, span, config.most_rows),
        identities=identities_of(store, found, config.identity),
        sessions=sessions_of(store, found, span, config.most_rows, config.visits, as_of),
        funnels=[
            explain_funnel(store, found.user_key, asked, as_of, config.event_aliases)
            for asked in config.funnels
        ],
        features=features_of(store, found.user_id),
        scores=scores_of(store, found.user_id),
        audiences=audiences_of(store, found.user_id),
    )


__all__ = ["AskedFunnel", "ExplainConfig", "Explanation", "VisitsConfig", "run"]
