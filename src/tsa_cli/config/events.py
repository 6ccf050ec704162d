"""configs/events.yaml: the tracking plan, which events a shop sends and with which properties."""

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from tsa_cli.config.keys import EVENT_KEYS, Keys
from tsa_cli.config.matchers import Matcher
from tsa_cli.config.model import ConfigFile, ConfigModel, Duration, NameText, NameTexts

Policy = Literal["allow", "warn", "quarantine"]
TypeName = Literal["string", "integer", "number", "boolean", "timestamp", "array", "object"]


class EnumType(ConfigModel):
    """A property that takes one of a few values."""

    enum: list[str | int | float | bool] = Field(min_length=1)


PropertyType = Annotated[
    Annotated[TypeName, Tag("name")] | Annotated[EnumType, Tag("enum")],
    Discriminator(lambda value: "name" if isinstance(value, str) else "enum"),
]


class PlannedEvent(ConfigModel):
    """One event of the plan."""

    description: str = ""
    aliases: list[NameText] = []
    policy: Policy = "warn"
    additional: Policy = "allow"
    required: list[str] = []
    properties: dict[str, PropertyType] = {}


class DerivedEvent(ConfigModel):
    """
    An event that is computed from others after ingestion, never trusted from the log.

    It happens at an anchor: each event that `when` matches, or the `at_least`-th of a session or a
    user. With `unless` it happens when `within` has passed without such an event of the same user.
    """

    name: NameText
    description: str = ""
    when: Matcher
    at_least: int = Field(1, ge=1, le=100_000)
    per: Literal["event", "session", "user"] = "event"
    key: NameTexts | None = Field(
        None, description="events of one booking: properties.booking_id; the first that is there"
    )
    unless: Matcher | None = None
    within: Duration | None = None
    ever: bool = Field(False, description="an `unless` event before the anchor prevents it, too")

    @model_validator(mode="after")
    def _says_what_it_counts(self) -> "DerivedEvent":
        if (self.unless is None) != (self.within is None):
            raise ValueError("`unless` and `within` belong together: within what time it must come")
        if self.within is not None and not self.within:
            raise ValueError("within: of no time nothing can come; more than 0s is needed")
        if self.ever and self.unless is None:
            raise ValueError("`ever` says something about `unless`, which is missing")
        if self.at_least > 1 and self.per == "event":
            raise ValueError("`at_least` needs `per: session` or `per: user`")
        return self


class EventsConfig(ConfigFile):
    """The whole plan."""

    keys: ClassVar[Keys] = replace(EVENT_KEYS, under="derived")
    unplanned: Policy = "warn"
    events: dict[NameText, PlannedEvent] = {}
    derived: list[DerivedEvent] = []

    @model_validator(mode="after")
    def _one_meaning_per_name(self) -> "EventsConfig":
        meanings = {name: name for name in self.events}
        for name, event in self.events.items():
            for alias in event.aliases:
                if meanings.setdefault(alias, name) != name or alias in self.events:
                    raise ValueError(f"{alias!r} is an alias of {name}, but also {meanings[alias]}")
        names = [derived.name for derived in self.derived]
        if len({*names}) < len(names):
            raise ValueError("derived: a name stands there twice")
        return self

    @property
    def refuses(self) -> bool:
        """Whether the plan keeps any line out."""
        events = self.events.values()
        policies = {event.policy for event in events} | {event.additional for event in events}
        return "quarantine" in policies | {self.unplanned}

    def canonical_names(self) -> dict[str, str]:
        """alias → name, for every alias of the plan."""
        return {alias: name for name, event in self.events.items() for alias in event.aliases}
