"""
What `configs/privacy.yaml` says: consent, addresses, personal fields, how long things are kept.

reads   configs/privacy.yaml
source  the PRD's section 6; definitions D51 (consent), D53 (subject rights)
"""

import re
from functools import cached_property
from itertools import product
from typing import Literal

from pydantic import Field, field_validator, model_validator

from tsa_cli.config.model import ConfigFile, ConfigModel, Duration, PathText

Protection = Literal["hash", "encrypt", "drop"]
AnalyticsGate = Literal["drop", "anonymize", "keep"]

PERSONAL_FIELDS = ("email", "phone", "first_name", "last_name")


class AnalyticsConsent(ConfigModel):
    """What happens to the events of a person who denied, or never answered about, analytics."""

    denied: AnalyticsGate = "drop"
    unknown: AnalyticsGate = "keep"


class MarketingConsent(ConfigModel):
    """Whether silence lets a person into an export that requires this consent."""

    unknown: Literal["deny", "allow"] = "deny"


class ConsentConfig(ConfigModel):
    """One gate per purpose; `necessary` needs no consent."""

    analytics: AnalyticsConsent = AnalyticsConsent()
    marketing: MarketingConsent = MarketingConsent()
    personalization: MarketingConsent = MarketingConsent()


class RetentionConfig(ConfigModel):
    """How long each kind of row is kept, by event time; absent means for ever."""

    events: Duration | None = None
    quarantine: Duration | None = None
    exports: Duration | None = None


def _default_fields() -> dict[str, Protection]:
    return dict.fromkeys(PERSONAL_FIELDS, "encrypt")


def _default_aliases() -> dict[str, tuple[str, ...]]:
    return {
        "email": ("email_address", "emailAddress", "e_mail", "mail", "context_traits_email"),
        "phone": ("phone_number", "phoneNumber", "mobile", "telephone", "context_traits_phone"),
        "first_name": ("firstName", "firstname", "given_name", "context_traits_first_name"),
        "last_name": ("lastName", "lastname", "family_name", "surname", "context_traits_last_name"),
        "zip": ("postal_code", "postalCode", "postcode", "zip_code", "zipCode"),
        "country": ("country_code", "countryCode"),
    }


class PrivacyConfig(ConfigFile):
    """configs/privacy.yaml."""

    consent: ConsentConfig = ConsentConfig()
    ip: Literal["truncate", "drop", "keep"] = "truncate"
    pii: dict[str, Protection] = Field(default_factory=_default_fields)
    trait_aliases: dict[str, tuple[str, ...]] = Field(default_factory=_default_aliases)
    default_country: str | None = None
    suppression_files: tuple[PathText, ...] = ()
    retention: RetentionConfig = RetentionConfig()

    @field_validator("default_country")
    @classmethod
    def _two_letters(cls, value: str | None) -> str | None:
        if value is not None and not (len(value) == 2 and value.isascii() and value.isupper()):
            raise ValueError(f'a country is two capital letters like "DE", not {value!r}')
        return value

    @field_validator("pii", "trait_aliases")
    @classmethod
    def _named_by_words(cls, value: dict[str, object]) -> dict[str, object]:
        names = (name for key, told in value.items() for name in (key, *_texts(told)))
        for name in names:
            if not any(sign.isalnum() for sign in name):  # else it would fit between any two signs
                raise ValueError(f"a key has letters or digits, not {name!r}")
        return value

    @model_validator(mode="after")
    def _one_meaning_per_alias(self) -> "PrivacyConfig":
        seen: dict[str, str] = {}
        for key, aliases in self.trait_aliases.items():
            for alias in aliases:
                if seen.setdefault(alias, key) != key:
                    raise ValueError(f"trait_aliases: {alias!r} stands for {seen[alias]} and {key}")
        return self

    def trait_key(self, key: str) -> str:
        """The canonical name of a trait as sent: "firstName" and "$First Name" are "first_name"."""
        return self._names_by_alias.get(key) or self._names_by_spelling.get(_plain(key), key)

    def is_personal(self, key: str) -> bool:
        """Whether the key, in any spelling of its words, holds a personal value."""
        return _plain(key) in self._names_by_spelling

    def personal_keys(self) -> list[str]:
        """Every key, alias or not, that holds a personal value."""
        return sorted(key for key, name in self._names_by_alias.items() if name in self.pii)

    def spellings(self) -> str:
        """The personal keys in all their spellings, with or without a dollar sign; RE2 syntax."""
        words = (map(re.escape, _words(key)) for key in self.personal_keys())
        keys = dict.fromkeys("[_ -]?".join(each) for each in words)
        return rf"\$?(?:{'|'.join(keys)})" if keys else r"[^\s\S]"

    @cached_property
    def _names_by_spelling(self) -> dict[str, str]:
        written = {_plain(key): self._names_by_alias[key] for key in self.personal_keys()}
        return {
            sign.join(_words(key)): self._names_by_alias[key]
            for key, sign in product(self.personal_keys(), ("", "_", "-", " "))
        } | written

    @cached_property
    def _names_by_alias(self) -> dict[str, str]:
        names = {alias: name for name, aliases in self.trait_aliases.items() for alias in aliases}
        names |= {name: names.get(name, name) for name in (*self.pii, *self.trait_aliases)}
        # Mixpanel and PostHog mark what they know by a dollar sign.
        return {f"${key}": name for key, name in names.items()} | names


def _words(key: str) -> list[str]:
    """The words of "first_name", "firstName" or "First-Name", in lower case."""
    return re.split(r"[_\s-]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key.lstrip("$")).lower())


def _plain(key: str) -> str:
    return key.strip().removeprefix("$").lower()


def _texts(told: object) -> tuple[str, ...]:
    """The aliases of a key; none of one that has a protection instead."""
    return told if isinstance(told, tuple) else ()
