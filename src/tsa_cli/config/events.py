"""configs/events.yaml: the tracking plan, which events a shop sends and with which properties."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from tsa_cli.config.matchers import Matcher
from tsa_cli.config.model import ConfigFile, ConfigModel, Duration

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
    aliases: list[str] = []
    policy: Policy = "warn"
    additional: Policy = "allow"
    required: list[str] = []
    properties: dict[str, PropertyType] = {}


class DerivedEvent(ConfigModel):
    """An event that is computed from others after ingestion, never trusted from the log."""

    name: str
    when: Matcher
    unless: Matcher | None = None
    within: Duration | None = None
    at_least: int = 1
    per: Literal["session", "user"] = "session"


class EventsConfig(ConfigFile):
    """The whole plan."""

    unplanned: Policy = "warn"
    events: dict[str, PlannedEvent] = {}
    derived: list[DerivedEvent] = []

    def canonical_names(self) -> dict[str, str]:
        """alias → name, for every alias of the plan."""
        return {alias: name for name, event in self.events.items() for alias in event.aliases}
