"""
Which event names of a report's configuration find nothing: misspelt ones, and those of events that
are stored under what is an alias by now.

reads   event_types
"""

from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from tsa_cli.config import nearest
from tsa_cli.config.events import EventsConfig
from tsa_cli.config.matchers import ANY_EVENT, Matcher
from tsa_cli.store import Store


def warnings_of(store: Store, plan: EventsConfig, configs: Iterable[BaseModel]) -> list[str]:
    """
    One sentence for each event name in `configs` that neither the store nor the plan has, and for
    each stored name that the plan has made an alias of one of them since.
    """
    asked = list(dict.fromkeys(name for config in configs for name in event_names(config)))
    aliases = plan.canonical_names()
    stored = {str(name) for _, name in store.rows("4_reports/funnel_event_types.sql")}
    known = {*plan.events, *aliases, *(rule.name for rule in plan.derived)} | stored
    meant = {aliases.get(name, name) for name in asked}
    return [
        *(
            f"no event is named {name!r}{nearest(name, sorted(known))}"
            for name in asked
            if name not in known
        ),
        *(
            f"{alias!r} is {aliases[alias]!r} now: `tsa sessionize` renames the stored events"
            for alias in sorted(stored & aliases.keys())
            if aliases[alias] in meant
        ),
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
