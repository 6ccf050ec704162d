"""
The place of an event whose source keeps no address, but says what it made of it.

Such words stand where the address would, as one JSON object of country and city. The exports of
GA4 have no address; Amplitude's, Mixpanel's and PostHog's may have none.

source  Unicode CLDR, names of territories in English, as these exports write them
"""

import json
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

KEYS = ("country", "city")
BEGIN = '{"country":'


@dataclass(frozen=True)
class ToldPlace:
    """Two letters of ISO 3166, and the city as it was said; None where nothing usable was."""

    country: str | None
    city: str | None

    def as_text(self) -> str:
        """One text for one place, however it was written."""
        return json.dumps({"country": self.country, "city": self.city}, separators=(",", ":"))


def told_place(text: str) -> ToldPlace | None:
    """What the words say; None for an address, and where they say nothing."""
    if not text.startswith(BEGIN):
        return None
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    country, city = (str(told.get(key) or "").strip() for key in KEYS)
    place = ToldPlace(_country_code(country), city or None)
    return place if place.country or place.city else None


def clean_places(words: pl.Series) -> pl.Series:
    """What is told, in one way of writing; null for what is no place."""
    places = [word and told_place(word) for word in words]
    return pl.Series(words.name, [place and place.as_text() for place in places], dtype=pl.String)


def _country_code(word: str) -> str | None:
    """The code of a code or of an English name."""
    names, codes = _territories()
    if word.upper() in codes:
        return word.upper()
    return names.get(word.casefold())


@lru_cache(maxsize=1)
def _territories() -> tuple[dict[str, str], frozenset[str]]:
    from babel import Locale

    named = Locale("en").territories
    countries = {code: name for code, name in named.items() if len(code) == 2 and code.isalpha()}
    names = {name.casefold(): code for code, name in countries.items()}
    return names | _OTHER_NAMES, frozenset(countries)


# As exports write them, too, in place of CLDR's names.
_OTHER_NAMES = {
    "czech republic": "CZ", "turkey": "TR", "macedonia": "MK", "swaziland": "SZ",
    "cape verde": "CV", "burma": "MM", "myanmar": "MM", "ivory coast": "CI", "côte d'ivoire": "CI",
    "hong kong": "HK", "macao": "MO", "macau": "MO", "palestine": "PS", "russian federation": "RU",
    "republic of korea": "KR", "korea, republic of": "KR", "viet nam": "VN",
    "united states of america": "US", "the netherlands": "NL", "bosnia and herzegovina": "BA",
    "trinidad and tobago": "TT", "antigua and barbuda": "AG",
    "democratic republic of the congo": "CD", "republic of the congo": "CG",
}  # fmt: skip
