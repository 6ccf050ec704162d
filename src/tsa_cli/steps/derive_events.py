"""
Events that nobody sends but the store knows: abandoned bookings, repeated price checks, ….

reads   core, actors, users_index, event_types, session_rows, events, and what the matchers ask for
writes  derived_events(user_id, event_type, event_ts, anchor_event_id, session_id)
source  definitions D5 (computed, not trusted) and D24 (abandonment)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tsa_cli.config.events import DerivedEvent, EventsConfig
from tsa_cli.config.matchers import Matcher
from tsa_cli.matcher import MatcherCompiler
from tsa_cli.relations import CORE_RELATION
from tsa_cli.store import Fragment, Store

_NEVER = Fragment("false")
_NO_KEY = Fragment("cast(null as varchar)")
_NO_NUMBER = Fragment("cast(null as bigint)")
_FIRST_NUMBER = Fragment("rank() over numbered")
_TIE_COUNT = Fragment("count(*) over (numbered range between current row and current row)")


@dataclass(frozen=True)
class DeriveResult:
    """How many events of each name were derived, in the plan's order."""

    counts: dict[str, int]


def run(store: Store, config: EventsConfig, as_of: datetime) -> DeriveResult:
    """
    Replace `derived_events` by what the rules of `config` give at `as_of`; all or nothing.

    An event that waits for another (`unless`, `within`) and whose time is not over at `as_of` is
    not in it yet. Bots have none. MissingTable before the first `tsa sessionize`.
    """
    store.require("core", "actors")
    with store.transaction():
        store.execute("2_sessions/derived_events_table.sql")
        return DeriveResult(
            {rule.name: _derive(store, rule, config, as_of) for rule in config.derived}
        )


def _derive(store: Store, rule: DerivedEvent, config: EventsConfig, as_of: datetime) -> int:
    aliases = config.canonical_names()
    compiler = MatcherCompiler(CORE_RELATION, event_aliases=aliases)
    slots = {
        "is_anchor": compiler.predicate(rule.when),
        "is_unless": compiler.predicate(rule.unless) if rule.unless else _NEVER,
        "key": compiler.text(rule.key) if rule.key else _NO_KEY,
    }
    slots |= _counting(rule)
    names = _names([rule.when, rule.unless] if rule.unless else [rule.when], aliases)
    return store.count(
        "2_sessions/add_derived_events.sql",
        {**slots, "columns": compiler.columns(), "joins": compiler.joins()},
        name=rule.name,
        as_of=as_of,
        is_any_name=names is None,
        names=sorted(names or ()),
        per=rule.per,
        at_least=rule.at_least,
        has_unless=rule.unless is not None,
        is_ever=rule.ever,
        within_us=(rule.within or timedelta(0)) // timedelta(microseconds=1),
    )


def _counting(rule: DerivedEvent) -> dict[str, Fragment]:
    """How the rule's anchors are counted; where each is one by itself, they are not."""
    group = "user_key, session_key" if rule.per == "session" else "user_key"
    slots = {"group": Fragment(f"{group}, key_text" if rule.key else group)}
    if rule.per == "event":
        return {**slots, "first_number": _NO_NUMBER, "tie_count": _NO_NUMBER}
    return {**slots, "first_number": _FIRST_NUMBER, "tie_count": _TIE_COUNT}


def _names(matchers: list[Matcher | None], aliases: dict[str, str]) -> set[str] | None:
    """The stored names that can match; None when any name can."""
    found: set[str] = set()
    for matcher in matchers:
        names = matcher.event_names() if matcher else frozenset[str]()
        if names is None:
            return None
        found |= {aliases.get(name, name) for name in names}
    return found
