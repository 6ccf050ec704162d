"""
configs/sources/NAME.yaml: how another system's export becomes canonical events.

A mapping is data. Paths are dotted (`context.page.url`) or JSON pointers (`/gtm.uniqueEventId`), as
source_paths says; of a list, the first path that a line fills wins.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from tsa_cli.config.model import ConfigFile, ConfigModel, NameText
from tsa_cli.config.source_paths import SourcePath, TextPath, WholePath
from tsa_cli.config.spelling import nearest

OUTSIDE = "(none)"  # stands for the client's session id where an event belongs to no visit

CALLS = ("$identify", "$alias")  # names of what speaks of people, and is no event
Purpose = Literal["analytics", "marketing", "personalization", "necessary"]
CanonicalField = Literal[
    "event_id", "event", "timestamp", "user_id", "anonymous_id", "session_id", "page_url",
    "referrer_url", "user_agent", "ip",
]  # fmt: skip


def _no_misspelt_call(value: str) -> str:
    if value.startswith("$") and value not in CALLS and (near := nearest(value, CALLS)):
        raise ValueError(f"{value!r} is no call{near}")
    return value


EventText = Annotated[NameText, AfterValidator(_no_misspelt_call)]


class Detect(ConfigModel):
    """What a line of this source looks like; every test that is given must hold."""

    all_paths: list[WholePath] = []
    any_paths: list[WholePath] = []
    none_paths: list[WholePath] = []
    values: dict[WholePath, Annotated[list[str], Field(min_length=1)]] = {}
    patterns: dict[WholePath, str] = Field(
        {}, description="path: a regular expression of all its text"
    )
    any_of: list["Detect"] = Field([], description="one of these rules must hold, too")

    @model_validator(mode="after")
    def _may_hold(self) -> "Detect":
        needed = [*self.all_paths, *self.values, *self.patterns]
        needed += self.any_paths if len(self.any_paths) == 1 else []
        for path in needed:
            for none in self.none_paths:
                if path == none or path.startswith(f"{none}."):
                    raise ValueError(f"none_paths: {none!r} cannot be missing where {path!r} is")
        return self

    @field_validator("patterns")
    @classmethod
    def _compile(cls, value: dict[str, str]) -> dict[str, str]:
        for pattern in value.values():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}: {pattern!r}") from error
        return value


class KeyValues(ConfigModel):
    """A list of {key, value} records that stands for an object, as GA4's `event_params`."""

    path: WholePath
    key: WholePath = "key"
    values: list[WholePath] = Field(["value"], min_length=1)
    numbers: list[WholePath] = Field(
        [], description="paths of values that are numbers, maybe as text"
    )


class Call(ConfigModel):
    """How one kind of line differs: its fixed name, or other paths for some of its fields."""

    event: EventText | None = Field(
        None, description="$identify and $alias speak of people, no event"
    )
    fields: dict[CanonicalField, list[TextPath]] = {}
    properties: list[SourcePath] | None = None
    traits: list[SourcePath] | None = None


class ToldDevice(ConfigModel):
    """What a source says of the device, for lines without a user agent."""

    type: list[TextPath] = Field([], description="mobile, tablet, …, or the name of a model")
    browser: list[TextPath] = []
    os: list[TextPath] = []


class ToldPlace(ConfigModel):
    """What a source says of the place, for lines without an address."""

    country: list[TextPath] = Field([], description="a code of two letters, or an English name")
    city: list[TextPath] = []


class ToldCampaign(ConfigModel):
    """Where the parameters are that a page's URL would have."""

    utm_source: list[TextPath] = []
    utm_medium: list[TextPath] = []
    utm_campaign: list[TextPath] = []
    click_ids: dict[str, list[TextPath]] = Field(
        {}, description="a click id of channels.yaml: paths"
    )

    def parameters(self) -> dict[str, list[str]]:
        """The paths of each parameter that has some."""
        utm = {
            "utm_source": self.utm_source,
            "utm_medium": self.utm_medium,
            "utm_campaign": self.utm_campaign,
        }
        return {name: paths for name, paths in {**utm, **self.click_ids}.items() if paths}


class Delivery(ConfigModel):
    """In what an event may differ from itself when it is sent, or exported, once more."""

    keys: list[str] = Field([], description="properties that tell of the sending, or of later")
    device_timestamp: str | None = Field(
        None, description="the property with the device's time, where `timestamp` is corrected"
    )
    user_is_merged: bool = Field(
        False, description="a later export knows the user_id of events that had none"
    )


class ServerCalls(ConfigModel):
    """
    What a server sends of its own: it belongs to no visit, opens none and extends none.

    Only a line without a session, a page, an agent and a device: what a server passes on of a
    visitor has some of them.
    """

    values: dict[TextPath, Annotated[list[NameText], Field(min_length=1)]] = Field(
        min_length=1, description="path: texts, with globs; one of them tells a server's line"
    )
    devices: list[TextPath] = Field(
        [], description="paths of what names or describes a visitor's device"
    )
    never: list[str] = Field(
        [], description="kinds of lines that are a visitor's, whoever sends them"
    )


class Kinds(ConfigModel):
    """Lines that are told apart by the text at `path`, e.g. page and track calls."""

    path: TextPath
    calls: dict[str, Call] = Field(min_length=1)


class SourceConfig(ConfigFile):
    """One mapping; a path that ends in `*` is the first key with that beginning."""

    title: str = Field(description="what the export is")
    priority: int = Field(0, description="of several mappings that fit, the highest reads the file")
    detect: Detect = Field(Detect(), description="how a line of it is known")
    fields: dict[CanonicalField, list[TextPath]] = Field(
        description="field: paths, of which the first that a line fills counts"
    )
    anonymous_by_session: bool = Field(
        False, description="a line without any id belongs to an anonymous person of its session_id"
    )
    known_differs: bool = Field(
        False,
        description="a user_id from a path of anonymous_id, too, is none where the two are equal",
    )
    properties: list[SourcePath] = Field(
        ["properties"], description="objects whose keys are properties"
    )
    spare_properties: list[WholePath] = Field(
        [], description="objects whose keys become properties where the line has none of the name"
    )
    traits: list[SourcePath] = Field(
        [], description="objects that describe the person, the first wins"
    )
    consent: list[SourcePath] = Field([], description="objects of purpose: true or false")
    consent_words: dict[Purpose, list[TextPath]] = Field(
        {}, description="purpose: paths of a yes or no"
    )
    device: ToldDevice | None = None
    place: ToldPlace | None = None
    campaign: ToldCampaign = Field(
        ToldCampaign(), description="of an event, for URLs that name no campaign themselves"
    )
    last_campaign: ToldCampaign = Field(
        ToldCampaign(),
        description="that each later event repeats: it counts where no campaign and no referrer is",
    )
    delivery: Delivery = Field(
        Delivery(), description="what makes a line with a known event_id no conflict by differing"
    )
    kinds: Kinds | None = None
    key_values: list[KeyValues] = []
    embedded: list[WholePath] = Field([], description="keys that hold JSON as text")
    entities: list[WholePath] = Field(
        [], description="lists of {schema, data} as Snowplow's; each item gets its schema's key"
    )
    event: EventText | None = Field(
        None, description="what each line is that names no event, as in a table of page calls"
    )
    event_names: dict[str, EventText] = Field({}, description="name as sent: name in events.yaml")
    empty_values: list[str] = Field([], description="texts that stand for nothing in any field")
    no_session: list[str] = Field(
        [], description="session ids of events that belong to no visit, like those of servers"
    )
    server_calls: ServerCalls | None = None
    id_prefixes: list[str] = Field(
        [], description="beginnings of a person's id that are told apart from the id"
    )
    strip: list[WholePath] = Field(
        [], description="paths that are consumed and not kept in properties"
    )
    drop_nulls: bool = Field(False, description="leave keys without a value out of properties")
    keep_rest: bool = Field(True, description="keys that no rule names are properties, too")
    columns: list[str] = Field([], description="names of a headerless TSV's columns, in order")

    @model_validator(mode="after")
    def _can_make_an_event(self) -> "SourceConfig":
        """A mapping that lacks one of three fields refuses every line, whatever it says."""
        ids: list[CanonicalField] = ["user_id", "anonymous_id"]
        ids += ["session_id"] if self.anonymous_by_session else []
        told = {name for name, _ in self.field_paths()}
        told |= {"event"} if self.event or any(call.event for call in self.calls()) else set()
        for names in (["event"], ["timestamp"], ids):
            if not told.intersection(names):
                raise ValueError(f"fields: no line could be an event without {' or '.join(names)}")
        return self

    @model_validator(mode="after")
    def _knows_its_kinds(self) -> "SourceConfig":
        """A kind that no line is of would keep no line in its visit, in silence."""
        never = self.server_calls.never if self.server_calls else []
        known = self.kinds.calls if self.kinds else {}
        if unknown := [kind for kind in never if kind not in known]:
            raise ValueError(f"server_calls: never: no kind of `kinds` is {', '.join(unknown)}")
        return self

    @field_validator("columns")
    @classmethod
    def _differ(cls, value: list[str]) -> list[str]:
        if twice := sorted({name for name in value if value.count(name) > 1}):
            raise ValueError(f"two columns have the name {twice[0]!r}")
        return value

    def calls(self) -> list[Call]:
        """Every kind of line that has rules of its own."""
        return list(self.kinds.calls.values()) if self.kinds else []

    def own_property_paths(self) -> list[str]:
        """Every object whose keys become properties, of lines without a kind."""
        return [*self.properties, *self.spare_properties]

    def property_paths(self) -> list[str]:
        """Every object whose keys become properties, of any kind of line."""
        own = [path for call in self.calls() for path in call.properties or ()]
        return list(dict.fromkeys([*self.own_property_paths(), *own]))

    def trait_paths(self) -> list[str]:
        """Every object that describes the person, of any kind of line."""
        own = [path for call in self.calls() for path in call.traits or ()]
        return list(dict.fromkeys([*self.traits, *own]))

    def field_paths(self) -> Iterator[tuple[CanonicalField, str]]:
        """(field, path) of every field, of any kind of line."""
        for fields in (self.fields, *(call.fields for call in self.calls())):
            for name, paths in fields.items():
                yield from ((name, path) for path in paths)

    def campaign_paths(self) -> list[str]:
        """Every path that tells of a campaign."""
        told = (self.campaign, self.last_campaign)
        return [path for one in told for paths in one.parameters().values() for path in paths]

    def is_plain(self) -> bool:
        """True when columns can say what lines of this source say, but for those of a kind."""
        return not (
            self.device or self.place or self.key_values or self.strip or self.columns
            or self.server_calls
            or self.embedded or self.entities or self.empty_values or self.event
            or self.consent_words or self.drop_nulls
            or self.spare_properties or self.id_prefixes or self.no_session or self.known_differs
            or any(path.endswith("*") for path in self.properties)
        )  # fmt: skip
