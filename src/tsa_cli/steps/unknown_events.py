"""
Which event names of a configuration find nothing: misspelt ones, aliases where the stored name is
wanted, and those of events that are stored under what is an alias by now.

reads   event_types
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from pydantic import BaseModel

from tsa_cli.config import nearest
from tsa_cli.config.events import EventsConfig
from tsa_cli.config.matchers import ANY_EVENT, Matcher
from tsa_cli.globs import fits_glob
from tsa_cli.store import Store


class HasPatterns(Protocol):
    """A file that names events, or globs over their names, in lists."""

    @property
    def event_patterns(self) -> list[str]:
        """All of them."""
        ...


def warnings_of(store: Store, plan: EventsConfig, configs: Iterable[BaseModel]) -> list[str]:
    """
    One sentence for each event name in `configs` that neither the store nor the plan has, for each
    that is only computed, and for each stored name that the plan has made an alias since.
    """
    asked = list(dict.fromkeys(name for config in configs for name in event_names(config)))
    aliases = plan.canonical_names()
    stored = _stored(store)
    known = {*plan.events, *aliases} | stored
    computed = {rule.name for rule in plan.derived} - {aliases.get(name, name) for name in stored}
    meant = {name: aliases.get(name, name) for name in asked}
    return [
        *(
            f"{name!r} is computed, into the table derived_events: only what is sent is looked for"
            for name in asked
            if meant[name] in computed
        ),
        *(
            f"no event is named {name!r}{nearest(name, sorted(known))}"
            for name in asked
            if name not in known | computed
        ),
        *_renamed(stored, aliases, {*meant.values()}),
    ]


def pattern_warnings(
    store: Store, plan: EventsConfig, files: Mapping[str, HasPatterns]
) -> list[str]:
    """
    One sentence for each name or glob of `files` (by file name) that no event has.

    These lists are held against stored names as they are, so that an alias finds nothing either.
    What the defaults of a file name is left out: no shop sends all of it.
    """
    aliases, stored = plan.canonical_names(), _stored(store)
    known = sorted({*plan.events, *stored})
    said, meant = [], set()
    for file, config in files.items():
        usual = type(config)().event_patterns
        for pattern in dict.fromkeys(config.event_patterns):
            fitting = [name for name in known if fits_glob(name, pattern)]
            meant |= set(fitting)
            if not fitting and pattern not in usual:
                said.append(f"{file}: {_finds_nothing(pattern, known, aliases)}")
    return [*said, *_renamed(stored, aliases, meant)]


def _finds_nothing(pattern: str, known: list[str], aliases: Mapping[str, str]) -> str:
    if pattern in aliases:
        return f"{pattern!r} is an alias, name {aliases[pattern]!r}: events are stored under it"
    return f"no event is named {pattern!r}{nearest(pattern, known)}"


def _stored(store: Store) -> set[str]:
    return {str(name) for _, name in store.rows("4_reports/funnel_event_types.sql")}


def _renamed(stored: set[str], aliases: Mapping[str, str], meant: set[str]) -> list[str]:
    return [
        f"{alias!r} is {aliases[alias]!r} now: `tsa sessionize` renames the stored events"
        for alias in sorted(stored & aliases.keys())
        if aliases[alias] in meant
    ]


def event_names(value: object) -> Iterator[str]:
    """Every event name in the matchers inside a configuration, in order."""
    if isinstance(value, Matcher) and value.event not in (None, ANY_EVENT):
        yield str(value.event)
    inner: Iterable[object] = ()
    if isinstance(value, BaseModel):
        inner = (getattr(value, field) for field in type(value).model_fields)
    elif isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, list | tuple):
        inner = value
    for each in inner:
        yield from event_names(each)
