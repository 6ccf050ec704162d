"""
What `configs/journeys/NAME.yaml` may say.

reads   configs/journeys/NAME.yaml
source  the contract's section 6; definitions D26-D28; PRD 10.2
"""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from tsa_cli.config.keys import EVENT_KEYS, Keys
from tsa_cli.config.matchers import Matcher
from tsa_cli.config.model import ConfigFile, ConfigModel
from tsa_cli.config.patterns import Pattern, parse_pattern

Unit = Literal["page", "event"]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


# State names, in which `*` stands for any text, or a matcher of the events behind the steps.
Names = Annotated[
    list[Annotated[str, Field(min_length=1)]],
    BeforeValidator(_listed, json_schema_input_type=str | list[str]),
]
Point = Names | Matcher


class Rewrite(ConfigModel):
    """Replace the part of a state's name that matches; the first rule that does wins."""

    match: str = Field(min_length=1, description="a regular expression")
    to: str = Field(min_length=1, description="what takes its place; \\1 is its first group")

    @model_validator(mode="after")
    def _compiles(self) -> "Rewrite":
        try:
            re.compile(self.match)
            re.compile(f"(?:{self.match})|").sub(self.to, "")
        except (re.error, IndexError) as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return self


class Comparison(ConfigModel):
    """Two groups of sessions: those with the first and those with the second value of a key."""

    by: str = Field(min_length=1, description="a column, properties.PATH or user.KEY")
    values: tuple[str, str] = Field(description="of the first and of the second group")

    @model_validator(mode="after")
    def _differ(self) -> "Comparison":
        if self.values[0] == self.values[1]:
            raise ValueError("the two values are the same")
        return self


class TypeBounds(ConfigModel):
    """The session counts that tell one journey type from the next (D28)."""

    direct: int = Field(
        1, ge=1, description="converted by this many sessions, the converting one included"
    )
    researcher: int = Field(5, ge=1, description="converted by this many")
    light: int = Field(3, ge=0, description="not converted in at most this many")

    @model_validator(mode="after")
    def _ordered(self) -> "TypeBounds":
        if self.researcher < self.direct:
            raise ValueError("researcher: less than direct")
        return self


def _shop_conversion() -> Matcher:
    events = ("booking_completed", "service_booked")
    return Matcher(any_of=[Matcher(event=name) for name in events])


class JourneyConfig(ConfigFile):
    """configs/journeys/NAME.yaml."""

    keys: ClassVar[Keys] = EVENT_KEYS
    description: str = ""
    unit: Unit = Field("page", description="what a step is")
    rewrite: list[Rewrite] = Field(
        default_factory=list, description="rules on top of the cleaning of pages"
    )
    collapse_repeats: bool = Field(True, description="the same step again is one")
    max_steps: int = Field(10, ge=1, le=10_000, description="steps of a path that are told apart")
    top: int = Field(20, ge=1, le=100_000, description="rows of each table; the others are (other)")
    states: int = Field(
        100,
        ge=1,
        le=2_000,
        description="names that are told apart, at least `top`; the others are (other)",
    )
    steps: Matcher | None = Field(None, description="which events are steps; all by default")
    start: Point | None = Field(None, description="paths begin here")
    end: Point | None = Field(None, description="paths end here")
    through: Point | None = Field(None, description="only paths that have it")
    exclude: Point | None = Field(None, description="steps that are passed over")
    conversion: Matcher = Field(
        default_factory=_shop_conversion, description="the event that a path may lead to"
    )
    patterns: list[str] = Field(
        default_factory=list, description="orders of steps to count, as a -> .* -> b"
    )
    compare: Comparison | None = Field(None, description="two groups side by side")
    types: TypeBounds = Field(default_factory=TypeBounds)

    @field_validator("patterns")
    @classmethod
    def _parse(cls, value: list[str]) -> list[str]:
        for text in value:
            parse_pattern(text)
        return value

    def parsed_patterns(self) -> list[Pattern]:
        """The patterns, in their order."""
        return [parse_pattern(text) for text in self.patterns]
