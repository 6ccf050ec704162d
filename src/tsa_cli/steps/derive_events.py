"""
Events that nobody sends but the store knows: abandoned bookings, repeated price checks, ….

A run looks at the users of whom something else may be derived than before: new events on one of
their devices, other ids, or a wait that was not over. Of everyone after a full `tsa sessionize`.

reads   core, actors, users_index, event_types, session_rows, events, and what the matchers ask for
writes  derived_events(user_id, event_type, event_ts, anchor_event_id, session_id), derived_state,
        derived_actors
source  definitions D5 (computed, not trusted) and D24 (abandonment)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tsa_cli.config import definition_hash
from tsa_cli.config.events import DerivedEvent, EventsConfig
from tsa_cli.matcher import MatcherCompiler, names_of
from tsa_cli.relations import CORE_RELATION
from tsa_cli.store import Fragment, Store, fragment_of

# What matchers may read for a part of the users: the others only change with a user's own events.
_OWN_SOURCES = frozenset({"core", "events", "properties", "pages", "referrers", "ips"})
_MOST_USERS = 1 / 3  # of whom more than this share changed, deriving everything takes less time
_ALL = Fragment("from actors")  # every pair of ids
_NEVER = Fragment("false")
_NO_TEXT = Fragment("cast(null as varchar)")
_HAS_IDS = Fragment("from narrowed")


@dataclass(frozen=True)
class DeriveResult:
    """How many events of each name were derived, in the plan's order."""

    counts: dict[str, int]


def run(store: Store, config: EventsConfig, as_of: datetime) -> DeriveResult:
    """
    Make `derived_events` what the rules of `config` give at `as_of`; all or nothing.

    Only users are looked at whom events since the last run can touch, unless `tsa sessionize` made
    everything anew, or the rules are others. An event that waits for another (`unless`, `within`)
    and whose time is not over at `as_of` is not in it yet. Bots have none. MissingTable before the
    first `tsa sessionize`.
    """
    store.require("core", "actors")
    with store.transaction():
        store.execute("2_sessions/derived_state_tables.sql")
        definition = definition_hash(config)
        if _has_scope(store, config, as_of, definition):
            store.execute("2_sessions/forget_derived_scope.sql")
            actors = fragment_of("2_sessions/actors_in_scope.sql")
        else:
            store.execute("2_sessions/forget_derived.sql")
            store.execute("2_sessions/derived_events_table.sql")
            actors = _ALL
        for rule in config.derived:
            _derive(store, rule, config, as_of, actors)
        store.execute("2_sessions/remember_derived.sql", as_of=as_of, definition=definition)
        found = store.rows("2_sessions/derived_counts.sql")
    counts = {str(name): int(str(count)) for name, count in found}
    return DeriveResult({rule.name: counts.get(rule.name, 0) for rule in config.derived})


def _has_scope(store: Store, config: EventsConfig, as_of: datetime, definition: str) -> bool:
    """Leaves `derived_scope`; False when everyone has to be looked at."""
    before = store.value("2_sessions/derived_state.sql", as_of=as_of, definition=definition)
    if not isinstance(before, datetime) or not store.has_table("derived_events"):
        return False
    compilers = [_compiled(rule, config)[0] for rule in config.derived]
    if any(compiler.needs - _OWN_SOURCES for compiler in compilers):
        return False
    longest = max((rule.within or timedelta(0) for rule in config.derived), default=timedelta(0))
    store.execute("2_sessions/derived_scope.sql", waiting_since=before - longest)
    share = store.value("2_sessions/derived_scope_share.sql")
    return isinstance(share, float) and share <= _MOST_USERS


def _compiled(
    rule: DerivedEvent, config: EventsConfig
) -> tuple[MatcherCompiler, dict[str, Fragment]]:
    """The compiler of a rule's matchers, and what they are in its statement."""
    compiler = MatcherCompiler(CORE_RELATION, event_aliases=config.canonical_names())
    return compiler, {
        "is_anchor": compiler.predicate(rule.when),
        "is_unless": compiler.predicate(rule.unless) if rule.unless else _NEVER,
        "key": compiler.first_text(rule.key) if rule.key else _NO_TEXT,
    }


def _derive(
    store: Store, rule: DerivedEvent, config: EventsConfig, as_of: datetime, actors: Fragment
) -> None:
    compiler, slots = _compiled(rule, config)
    matchers = [rule.when, rule.unless] if rule.unless else [rule.when]
    names = names_of(matchers, config.canonical_names())
    # Ids are read of few events, but not a second time where a row is read for a matcher anyway.
    has_ids = rule.per == "event" and "events" in compiler.needs
    event_id = compiler.text("event_id") if has_ids else _NO_TEXT
    store.execute(
        "2_sessions/add_derived_events.sql",
        {
            **slots,
            "actors": actors,
            "event_id": event_id,
            "named": _HAS_IDS if has_ids else fragment_of("2_sessions/derived_ids.sql"),
            "columns": compiler.columns(),
            "joins": compiler.joins(),
        },
        name=rule.name,
        as_of=as_of,
        is_any_name=names is None,
        names=sorted(names or ()),
        per=rule.per,
        at_least=rule.at_least,
        has_key=rule.key is not None,
        has_unless=rule.unless is not None,
        is_ever=rule.ever,
        within_us=(rule.within or timedelta(0)) // timedelta(microseconds=1),
    )
