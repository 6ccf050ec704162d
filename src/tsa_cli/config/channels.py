"""
`configs/channels.yaml`: the ordered rules that give a visit its channel, and the click ids.

reads   configs/channels.yaml
source  Google Analytics 4 help, "Default channel group" (rules for manual traffic)
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from tsa_cli.config.matchers import check_regex
from tsa_cli.config.model import ConfigFile, ConfigModel

NO_RULE = "otherwise"  # told instead of a rule's name where none held
SiteKind = Literal["search", "social", "video", "shopping", "assistant", "webmail"]


class TextTest(ConfigModel):
    """A test of one text, ignoring case; of `is`, `in`, `regex`, `missing` exactly one is set."""

    equals: str | None = Field(default=None, alias="is")
    one_of: tuple[str, ...] | None = Field(default=None, alias="in", min_length=1)
    regex: str | None = None
    missing: bool | None = None

    @field_validator("regex")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            check_regex(value)
        return value

    @model_validator(mode="after")
    def _has_one_operator(self) -> Self:
        if sum(value is not None for value in self.operators()) != 1:
            raise ValueError("exactly one of: is, in, regex, missing")
        return self

    def operators(self) -> Iterator[object]:
        """The values of the four operators, None where one is not set."""
        yield from (self.equals, self.one_of, self.regex, self.missing)


class Condition(ConfigModel):
    """Every key that is given must hold; `all` and `any` nest."""

    source: TextTest | None = None
    medium: TextTest | None = None
    campaign: TextTest | None = None
    site: SiteKind | None = None
    all: tuple["Condition", ...] | None = None
    any: tuple["Condition", ...] | None = None

    @model_validator(mode="after")
    def _is_not_empty(self) -> Self:
        given = (self.source, self.medium, self.campaign, self.site, self.all, self.any)
        if () in given or all(value is None for value in given):
            raise ValueError("an empty condition would match every visit")
        return self


class ChannelRule(ConfigModel):
    """One line of the list; `name` is what `tsa channels test` prints."""

    name: str = Field(min_length=1)
    channel: str = Field(min_length=1)
    when: Condition
    enabled: bool = True


class ClickId(ConfigModel):
    """An ad platform's URL parameter, and the source and medium that it stands for."""

    platform: str
    source: str
    medium: str


class ChannelsFile(ConfigFile):
    """The rules in order, first match wins, and the click ids by parameter name."""

    keeps_defaults: ClassVar[bool] = True
    otherwise: str = Field(default="Unassigned", min_length=1)
    click_ids: dict[str, ClickId] = Field(default_factory=dict)
    rules: tuple[ChannelRule, ...] = ()

    @field_validator("click_ids")
    @classmethod
    def _are_parameter_names(cls, value: dict[str, ClickId]) -> dict[str, ClickId]:
        for name in value:
            if not re.fullmatch(r"[a-z0-9_]+", name):
                raise ValueError(f"{name!r}: a click id is lower-case letters, digits and _")
        return value

    @model_validator(mode="after")
    def _rule_names_are_unique(self) -> Self:
        names = [rule.name for rule in self.rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two rules are called {twice[0]!r}")
        if NO_RULE in names:
            raise ValueError(f"rules: {NO_RULE!r} is what no rule is called; choose another name")
        return self
