"""
`configs/referrers.yaml`: which sites are search engines, social networks, assistants, and so on.

reads   configs/referrers.yaml
source  our own list; the categories are those of GA4's channel rules, plus assistants and webmail
"""

import re
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from tsa_cli.config.model import ConfigFile, ConfigModel

_DOMAIN = re.compile(r"(?:[\w-]+\.)+(?:[\w-]+|\*)|android-app://[\w.]+")

ParameterName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$")]


class Site(ConfigModel):
    """One site: where it lives, what else `utm_source` calls it, where its search words are."""

    domains: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    terms: tuple[ParameterName, ...] = ()


class ReferrersFile(ConfigFile):
    """Sites by kind; the key is the name that reports show."""

    keeps_defaults: ClassVar[bool] = True
    terms: tuple[ParameterName, ...] = ("q", "query", "search")
    own: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    search: dict[str, Site] = Field(default_factory=dict)
    social: dict[str, Site] = Field(default_factory=dict)
    video: dict[str, Site] = Field(default_factory=dict)
    shopping: dict[str, Site] = Field(default_factory=dict)
    assistant: dict[str, Site] = Field(default_factory=dict)
    webmail: dict[str, Site] = Field(default_factory=dict)

    def kinds(self) -> dict[str, dict[str, Site]]:
        """The six lists by the kind's name."""
        return {
            "search": self.search,
            "social": self.social,
            "video": self.video,
            "shopping": self.shopping,
            "assistant": self.assistant,
            "webmail": self.webmail,
        }

    @model_validator(mode="after")
    def _each_domain_has_one_owner(self) -> Self:
        owners = {domain.lower(): "own" for domain in self.own}
        owners.update({domain.lower(): "plain" for domain in self.plain})
        for kind, sites in self.kinds().items():
            for name, site in sites.items():
                owner = f"{kind}.{name}"
                for domain in site.domains:
                    if not _DOMAIN.fullmatch(domain):
                        raise ValueError(f'{owner}: {domain!r} is no domain like "google.*"')
                for word in (name, *site.aliases, *site.domains):
                    other = owners.setdefault(word.lower(), owner)
                    if other != owner:
                        raise ValueError(f"{word!r} belongs to both {other} and {owner}")
        return self
