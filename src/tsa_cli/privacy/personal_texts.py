"""
Personal values in texts: where they may be, and what stands for them.

An address becomes `sha256:` and the hash of what was written, so that two people stay two; what
stands in a URL becomes "(redacted)", so that a page stays one.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.enrich.ip import truncate_ip
from tsa_cli.enrich.redaction import AT, FILE_NAME, LETTERS, REDACTED, UrlCleaner
from tsa_cli.privacy.field_crypto import HASHED, Keys, sha256_hex
from tsa_cli.privacy.ip_keys import IP_PATTERN
from tsa_cli.privacy.loose_values import LooseValue, values_at
from tsa_cli.privacy.odd_rows import columns_of
from tsa_cli.privacy.traits import EVIDENCE, can_be_personal, is_protected, stored_trait

_TELLING = ("key", "name", "field", "label", "id")  # in a list: what the `value` beside it is
# Bounded, since an open `+` before the @ is quadratic on a long line without one (189 s, seen).
ADDRESS = re.compile(
    rf"[^\s\"'<>,;:=/?&@%\\]{{1,64}}(?:{AT}|\\u(?i:0040|ff20|fe6b))"
    rf"(?!{FILE_NAME}(?![\w-]|\.\w))"  # a file is no address
    r"[^\s\"'<>,;:=/?&@%\\]{1,255}\.[^\W\d_]{2,24}"
)
_IPV4 = re.compile(r"\b(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}\b")
_IPV6 = re.compile(r"[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){2,7}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?")
# A letter or sign that is written by its number (Gson does it with =) may be any of them.
_LETTER = re.compile(r"(?<!\\)\\u00(2d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a])", re.IGNORECASE)
_ANYWHERE = rf"(?i:{AT})|{LETTERS}|\\u(?:00[2-7]|(?i:ff20|fe6b))"
_URL_KEYS = re.compile(r"url|uri|referrer|referer|location|href", re.IGNORECASE)
_FORM = re.compile(r"[^\s=&?#/:]+=[^\s&]*(?:&[^\s=&]*=[^\s&]*)*")  # as a browser sends it
_QUERY_KEYS = re.compile(r"(?:query|search|querystring)$", re.IGNORECASE)


def may_hold(text: str) -> bool:
    """False for most texts, in which neither an address nor a parameter can be."""
    return any(sign in text for sign in "@=%\uff20\ufe6b")


def is_url(key: str, text: str) -> bool:
    """True for a text that is to be cleaned as a URL."""
    return may_hold(text) and (
        "://" in text
        or _FORM.fullmatch(text) is not None
        or text[0] in "/?#"
        or _URL_KEYS.search(key) is not None
        or _QUERY_KEYS.search(key) is not None
    )


def as_url(key: str, text: str) -> str:
    """The text, or, where it is a bare query, with the question mark that it lacks."""
    is_bare = _QUERY_KEYS.search(key) or _FORM.fullmatch(text)
    return f"?{text}" if is_bare and text[0] != "?" else text


def url_cleaner(privacy: PrivacyConfig) -> UrlCleaner:
    """What takes personal values out of URLs: of the parameters that `privacy` names, too."""
    by_trait = {key: privacy.trait_key(key) for key in privacy.personal_keys() if key[0] != "$"}
    return UrlCleaner(  # an e-mail is known by its @, under any name
        names=tuple(key for key, name in by_trait.items() if name not in EVIDENCE),
        numbers=tuple(key for key, name in by_trait.items() if name == "phone"),
        ip_names="" if privacy.ip == "keep" else IP_PATTERN,
    )


def without_addresses(text: str) -> str:
    """The text with a pseudonym for every address."""
    return ADDRESS.sub(lambda match: HASHED + sha256_hex(match[0]), text)


def told_key(value: Mapping[str, object], privacy: PrivacyConfig) -> object:
    """What the `value` in it is called: by its `key`, or by what a form calls its fields."""
    names = (name for name in map(value.get, _TELLING) if isinstance(name, str))
    return next(filter(privacy.is_personal, names), value.get("key"))


def redact_addresses(texts: pl.Series) -> pl.Series:
    """The texts in order with "(redacted)" for every address: a name or a kind must stay one."""
    places = texts.str.contains(f"(?i){AT}").fill_null(value=False).arg_true()
    if places.is_empty():
        return texts
    cleaned = [ADDRESS.sub(REDACTED, text) for text in texts.gather(places)]
    return texts.clone().scatter(places, pl.Series(cleaned, dtype=pl.String))


@dataclass(frozen=True)
class PersonalTexts:
    """What is personal in JSON that is still, or only, a text."""

    privacy: PrivacyConfig

    def suspects(self, documents: pl.Series) -> list[int]:
        """The places of the documents that may hold something personal: most hold nothing."""
        found = documents.str.contains(_ANYWHERE).fill_null(value=False)
        for may, pattern in (
            (documents.is_not_null(), self._keyed),
            # What the pattern needs is searched for first: that takes less time, and few have it.
            (documents.str.contains("[=%]"), self._in_parameters),
        ):
            places = (may.fill_null(value=False) & ~found).arg_true()
            if len(places):
                found = found.scatter(places, documents.gather(places).str.contains(pattern))
        return found.arg_true().to_list()

    def is_nearly_json(self, text: str) -> bool:
        """Whether a personal key stands in the text as in JSON, or as Python prints it."""
        return ":" in text and ('"' in text or "'" in text) and bool(self._named.search(text))

    def cleaned(self, text: str) -> str:
        """What is no JSON (cut, or never was) with values replaced wherever they seem to stand."""
        written = _LETTER.sub(lambda sign: chr(int(sign[1], 16)), text)
        found = written
        if "=" in written or "%" in written:
            found = self.urls.parameters(written)
        found = self._without_values(self._without_cells(found))
        found = without_addresses(found)
        if self.privacy.ip != "keep":
            found = _IPV6.sub(_short_ipv6, _IPV4.sub(r"\1.0", found))
        return text if found == written else found

    @cached_property
    def urls(self) -> UrlCleaner:
        """What cleans the URLs among them."""
        return url_cleaner(self.privacy)

    @cached_property
    def _keyed(self) -> str:
        """RE2 syntax; in a JSON text inside of a JSON text each quote stands behind a backslash."""
        keys = rf"{self.privacy.spellings()}|\$?(?:{IP_PATTERN})"
        name = rf"""["']\s*(?i:{keys})\s*\\*["']"""
        telling = "|".join(_TELLING)
        return rf"""{name}\s*:|["'](?:{telling})\\*["']\s*:\s*\\*{name}"""

    @cached_property
    def _in_parameters(self) -> str:
        return rf'(?i)"{self.urls.parameter}|{self.urls.begun}'

    @cached_property
    def _named(self) -> re.Pattern[str]:
        """A personal key in quotes, up to its value."""
        return re.compile(rf"(?:{self._in_quotes})\s*:\s*", re.IGNORECASE)

    @cached_property
    def _loosely_named(self) -> re.Pattern[str]:
        """The same, or a bare one: `{first_name: Ann}` of a script, `first_name: Ann` of a log."""
        bare = rf"(?:^|[\s{{,(;])({self.privacy.spellings()})"
        keys = rf"(?:{self._in_quotes}|{bare})"
        return re.compile(rf"{keys}\s*(?::|=>)\s*", re.IGNORECASE | re.MULTILINE)

    @cached_property
    def _in_quotes(self) -> str:
        keys = self.privacy.spellings()
        name = rf"""(["'])\s*({keys})\s*(\\*)\1"""
        telling = "|".join(_TELLING)
        listed = rf"""(["'])(?:{telling})\\*\4\s*:\s*\\*(["'])\s*({keys})\s*(\\*)\5"""
        listed += r"""\s*,\s*\\*\5value\\*\5"""
        return f"{name}|{listed}"

    def _without_values(self, text: str) -> str:
        """The text with a pseudonym for each value that a personal key names."""
        parts, at = [], 0
        while (named := self._loosely_named.search(text, at)) is not None:
            key = named[2] or named[6] or named[8]
            backslashes = len(named[3] or named[7] or "")
            parts.append(text[at : named.end()])
            at = named.end()
            values, end = values_at(text, at, backslashes)
            for value in values:
                own = value.name if value.name and self.privacy.is_personal(value.name) else key
                parts += [text[at : value.start], self._protected(text, value, own)]
                at = value.end
            parts.append(text[at:end])
            at = end
        return "".join([*parts, text[at:]])

    def _protected(self, text: str, value: LooseValue, key: str) -> str:
        written, name = text[value.start : value.end], self.privacy.trait_key(key)
        if not written or (value.is_whole and not can_be_personal(name, value.said)):
            return written
        stored = stored_trait(name, value.said, self.privacy, Keys()).get(name, REDACTED)
        return stored if value.is_quoted else f'"{stored}"'

    def _without_cells(self, text: str) -> str:
        """An odd row of a table that has personal columns, with a pseudonym for each cell."""
        told = columns_of(text)
        if told is None or not any(
            self.privacy.is_personal(name.split(".")[-1]) for name in told[0]
        ):
            return text
        parts, at = [], 0
        for cell in values_at(text, told[1])[0]:
            is_kept = _MOMENT.fullmatch(cell.said) or is_protected(cell.said) or not cell.said
            stored = text[cell.start : cell.end] if is_kept else HASHED + sha256_hex(cell.said)
            parts += [text[at : cell.start], stored]
            at = cell.end
        return "".join([*parts, text[at:]])


def _short_ipv6(match: re.Match[str]) -> str:
    try:
        ipaddress.IPv6Address(match[0])
    except ValueError:
        return match[0]  # a time of day, a MAC address
    return truncate_ip(match[0]) or match[0]
