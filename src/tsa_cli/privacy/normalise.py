"""
The normal forms of personal values that ad platforms hash.

Every function answers the normal form, or None where the value cannot be matched by anyone.
source  Google Ads help 7659867 (Customer Match files), Meta help 2082575038703844; definitions
        D49 and D50 list where the platforms disagree with each other
"""

import re
import unicodedata
from functools import lru_cache

# What stands around an address is no part of it ("Ann <ann@shop.de>"); letters are of any script.
_LOCAL, _LABEL = r'[^@\s"(),:;<>\[\]\\]+', r"[^@\s.!-,/:-?\[-^`{-~]+"
_EMAIL = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})+")
_GMAIL_DOMAINS = ("gmail.com", "googlemail.com")
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof"})
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "esq"})
_MAX_EMAIL_LENGTH = 320


def normalise_email(raw: str) -> str | None:
    """Lower case, without any white space, an international domain in its ASCII form."""
    text = "".join(raw.split()).lower()
    if len(text) > _MAX_EMAIL_LENGTH or _EMAIL.fullmatch(text) is None:
        return None
    local, _, domain = text.rpartition("@")
    ascii_domain = _ascii_domain(domain)
    return f"{local}@{ascii_domain}" if ascii_domain else None


@lru_cache(maxsize=1024)
def _ascii_domain(domain: str) -> str | None:
    """The domain as it is looked up; most addresses share a few. None when it can be none."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def google_email(normal: str) -> str:
    """Google's second form of a normalised Gmail address: no dots, nothing after a plus."""
    local, _, domain = normal.rpartition("@")
    if domain not in _GMAIL_DOMAINS:
        return normal
    kept = local.partition("+")[0].replace(".", "")
    return f"{kept}@{domain}" if kept else normal


def normalise_phone(raw: str, default_country: str | None) -> str | None:
    """
    E.164 with the plus sign, like "+18005550100".

    A number with a country code must be possible; a national one needs `default_country` and
    must be valid there, since a wrong guess would match a stranger.
    """
    import phonenumbers

    text = raw.strip()
    if text.startswith("00"):
        text = "+" + text[2:]
    is_international = text.startswith("+")
    if not is_international and default_country is None:
        return None
    try:
        number = phonenumbers.parse(text, None if is_international else default_country)
    except phonenumbers.NumberParseException:
        return None
    is_plausible = (
        phonenumbers.is_possible_number(number)
        if is_international
        else phonenumbers.is_valid_number(number)
    )
    if not is_plausible:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def google_name(raw: str) -> str | None:
    """Lower case, single spaces, without titles and suffixes."""
    words = raw.lower().split()
    while len(words) > 1 and words[0].rstrip(".") in _TITLES:
        words = words[1:]
    while len(words) > 1 and words[-1].strip(".,").replace(".", "") in _SUFFIXES:
        words = words[:-1]
    return " ".join(words).rstrip(",") or None


def meta_name(raw: str) -> str | None:
    """Lower case without punctuation; letters of every script stay."""
    text = "".join(c for c in raw.lower() if not unicodedata.category(c).startswith("P"))
    return " ".join(text.split()) or None


def meta_city(raw: str) -> str | None:
    """Lower-case letters only: "São Paulo" is "saopaulo"."""
    return "".join(c for c in _ascii(raw) if "a" <= c <= "z") or None


def meta_state(raw: str, country: str | None) -> str | None:
    """Lower-case letters only; in the US the two letters of a state, and no name of one."""
    text = meta_city(raw)
    return None if text and country == "US" and len(text) != 2 else text


def meta_zip(raw: str, country: str | None) -> str | None:
    """Lower case, no spaces and dashes; the first five digits in the US, all of it elsewhere."""
    text = re.sub(r"[\s-]", "", raw.lower())
    return (text[:5] if country == "US" else text) or None


def google_zip(raw: str) -> str | None:
    """The postal code as written, without surrounding space; Google does not want it hashed."""
    return raw.strip() or None


def country_code(raw: str | None, default_country: str | None) -> str | None:
    """
    The two capital letters of a country; the default where none is told.

    None for "Germany" or "DEU": the default would be another country than the one that is meant.
    """
    from phonenumbers import SUPPORTED_REGIONS

    text = (raw or "").strip().upper()
    if not text:
        return default_country
    return text if text in SUPPORTED_REGIONS else None


def _ascii(raw: str) -> str:
    return unicodedata.normalize("NFKD", raw.lower()).encode("ascii", "ignore").decode("ascii")
