"""
Take personal values out of distinct URLs, before anything stores them.

What goes: credentials before the host, the values of parameters that are named like personal data
(email, phone, names, secrets, and what the configuration calls personal), also of those in a URL or
in JSON inside of a parameter, the end of a client's IP address, and whatever looks like an e-mail
address, wherever it stands.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from tsa_cli.enrich.texts import text_series

REDACTED = "(redacted)"
_CODED = "%(?:25)*"  # begins a sign by its number, also where that was encoded once more
_ENDS = r"=&#?;%:,{}\"'\s\\"  # what no name has in it
_SIGNS = rf"{_CODED}(?:5[BDF]|2[0DE])"  # []_ -. encoded
_ANY = rf"(?:[^{_ENDS}]|{_SIGNS})*"
_BEFORE = rf"(?:{_ANY}(?:[^{_ENDS}a-z]|{_SIGNS}))?"  # user_, user[, user%5B; not the i of iPhone
_GAP = rf"(?:[_+ ]?-?|{_CODED}20)"  # between the words of a name: first_name, first+name
_NAMES = (  # of parameters
    rf"{_ANY}e{_GAP}mail(?:{_GAP}addr(?:ess)?)?|mail|mail{_GAP}address"
    rf"|{_BEFORE}(?:tele)?(?:phone|fon)(?:{_GAP}(?:number|no|nr))?|[a-z]{{2,}}(?-i:Phone)"
    rf"|{_BEFORE}(?:tel|msisdn|mobile{_GAP}(?:number|no|nr|phone)|cell{_GAP}phone)"
    rf"|{_BEFORE}(?:(?:first|last|full|sur|given|family){_GAP}name|vorname|nachname)"
    rf"|{_BEFORE}(?:birth{_GAP}(?:day|date)|date{_GAP}of{_GAP}birth|dob|iban|ssn)"
    rf"|{_BEFORE}(?:street(?:{_GAP}address)?|passw(?:or)?d|pwd"
    rf"|(?:access|auth|id|refresh|reset|api){_GAP}(?:token|key))"
)
_WORDS = r"mail|phone|fon|tel|msisdn|mobile|name|birth|dob|iban|ssn|street|passw|pwd|token|key"
# email[0], email%5B%5D, user[email], phone2; or spaces, as in the header of a table
_PLACES = rf"(?:[\[\]\d\s+]|{_CODED}(?:5[BD]|20|09|00))*"
_SEPARATOR = rf"(?:[?&#;]|{_CODED}(?:3F|26|23|3B))"
_EQUALS = rf"(?:=|{_CODED}3D)"
_COLON = rf"\s*(?::|{_CODED}3A)(?:\s|\+|{_CODED}20)*"
# Values end with the parameter that they are in, and inside of it with the parameter of the URL or
# the text of the JSON there. First what is no digit, as some are personal by their digits alone.
_PLAIN, _LOOSE = ("[^&#0-9]",), (r'[^&#"\s\\0-9]',)
_INNER = (r'[^&#%"\s0-9]', rf"{_CODED}(?:[013-9A-F][0-9A-F]|2[0-247-9A-F])")
_QUOTED = (r'[^&#%"\\0-9]', rf"{_CODED}(?:[013-9A-F][0-9A-F]|2[013-46-9A-F])")
_NUMBER = (r"[+.-]", f"{_CODED}2B")
# @, also as East Asian keyboards write it
AT = r"(?:[@\uff20\ufe6b]|%(?:25)*(?:40|EF%(?:25)*B(?:C%(?:25)*A0|9%(?:25)*AB)))"
LETTERS = r"%(?:25)*(?i-u:[46][1-9A-F]|[57][0-9A])"  # by their numbers, which nothing needs
_PLAIN_SIGN = re.compile(r"(?i)%(?:25)*([46][1-9A-F]|[57][0-9A]|3\d|2[DE]|5F|7E)")
_FILES = (
    r"(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|tiff?|css|m?js|json|mp[34]|webm|pdf|woff2?|[ot]tf|eot)"
)
# `logo@2x.png`, `lib@1.2.3.js`: after the @; but `ann@x.de.pdf` has an address in its name.
FILE_NAME = rf"(?:[1-4]x(?:[.~_-][^\s/?#&=;,@]*)?|[^\s/?#&=;,@.]+(?:\.\d+)*)\.(?i:{_FILES})"
_FILE = rf"@({FILE_NAME}(?:[\s/?#&=;,:|\"'<>()\]]|$))"
_FILE_AT = "\ufdd0"  # no character: stands for the @ of a file name, which is no address
PERSONAL_ADDRESS = rf"(?i)[^\s/?#&=;,@]+{AT}[^\s/?#&=;,@%]+\.[a-z]{{2,}}"
URL_CREDENTIALS = r"^(\s*[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#\\]*@"


@dataclass(frozen=True)
class UrlCleaner:
    """What is personal besides the names that everybody uses; all of it ignores case."""

    names: tuple[str, ...] = ()  # of parameters
    numbers: tuple[str, ...] = ()  # of parameters, where the value has the digits of a phone number
    ip_names: str = ""  # of parameters: a pattern; the last part of an IP address goes

    def urls(self, urls: pl.Series | Sequence[str | None]) -> pl.Series:
        """The URLs in order, as given where nothing personal is seen, else with "(redacted)"."""
        values = text_series("url", urls)
        # Words first: the whole pattern takes longer, and few URLs have any.
        is_suspect = values.str.contains(self._hint).fill_null(False)
        if not is_suspect.any():
            return values
        places = is_suspect.arg_true()
        given = values.gather(places)
        suspects = _plainly(given)
        is_suspect = suspects.str.contains(rf'(?i){AT}|{self.begun}|"{self._key}"')
        if not is_suspect.any():
            return values
        cleaned = suspects.filter(is_suspect).str.replace(URL_CREDENTIALS, "${1}//")
        for pattern in self._patterns:
            cleaned = cleaned.str.replace_all(pattern, "${1}" + REDACTED)
        cleaned = (
            cleaned.str.replace_all(_FILE, _FILE_AT + "${1}")
            .str.replace_all(PERSONAL_ADDRESS, REDACTED)
            .str.replace_all(_FILE_AT, "@", literal=True)
        )
        kept = pl.select(
            pl.when(cleaned != suspects.filter(is_suspect))
            .then(cleaned)
            .otherwise(given.filter(is_suspect))
        ).to_series()
        return values.scatter(places.filter(is_suspect), kept)

    def parameters(self, text: str) -> str:
        """The text, which is no URL but may have some in it, with their parameters redacted."""
        series = pl.Series([text])
        for pattern in self._loose_patterns:
            series = series.str.replace_all(pattern, "${1}" + REDACTED)
        return str(series[0])

    @cached_property
    def parameter(self) -> str:
        """A personal name and its =, as a pattern that ignores case; RE2 syntax."""
        return f"{self._key}{_EQUALS}"

    @cached_property
    def begun(self) -> str:
        """`parameter` behind the sign that begins it, or the key of JSON in a parameter."""
        return f"{_SEPARATOR}{self.parameter}|{_CODED}22{self._key}{_CODED}22"

    @cached_property
    def _key(self) -> str:
        ips = [self._of_ips] if self.ip_names else []
        names = "|".join([self._named, *([self._numbered] if self.numbers else []), *ips])
        return f"(?:{names}){_PLACES}"

    @cached_property
    def _hint(self) -> str:
        own = "".join(f"|(?i:{re.escape(name)})" for name in (*self.names, *self.numbers))
        own += rf"|(?i-u:ip|addr|for)(?:{_PLACES}{_EQUALS})" if self.ip_names else ""
        return rf"(?i:{AT})|{LETTERS}|(?i-u:{_WORDS}){own}"

    @cached_property
    def _named(self) -> str:
        own = "|".join(map(re.escape, self.names))
        return f"{_NAMES}|{_BEFORE}(?:{own})" if own else _NAMES

    @cached_property
    def _numbered(self) -> str:
        return f"{_BEFORE}(?:{'|'.join(map(re.escape, self.numbers))})"

    @cached_property
    def _of_ips(self) -> str:
        return f"{_BEFORE}(?:{self.ip_names})"

    @cached_property
    def _patterns(self) -> list[str]:
        return list(self._values_of("[?&#;]", _PLAIN, rf'(?:\\*"|{_CODED}22)'))

    @cached_property
    def _loose_patterns(self) -> list[str]:
        # A key of JSON that is not encoded says what its value is to who reads it as such.
        before = r"""(?:^|[?&#;\s,(){}\[\]<>|"'])"""  # also in a log of `key=value key="a value"`
        quoted = rf"""(?i)({before}(?:{self._named}){_PLACES}=)(?:"[^"]*"|'[^']*')"""
        return [quoted, *self._values_of(before, _LOOSE, f"{_CODED}22")]

    def _values_of(self, separator: str, plain: tuple[str, ...], quote: str) -> Iterator[str]:
        """Patterns of personal values, the first group of each being what stands before it."""
        asked = [(self._named, "*"), *([(self._numbered, "{6}")] if self.numbers else [])]
        for names, digits in asked:
            key = f"(?:{names}){_PLACES}"
            yield f"(?i)({separator}{key}=){_value(plain, digits)}"
            yield f"(?i)({_SEPARATOR}{key}{_EQUALS}){_value(_INNER, digits)}"
            yield f"(?i)({quote}{key}{quote}{_COLON}{quote}){_value(_QUOTED, digits)}"
            yield f"(?i)({quote}{key}{quote}{_COLON}){_value(_NUMBER, '{6}')}"
        if self.ip_names:
            key = rf"{_SEPARATOR}(?:{self._of_ips}){_PLACES}{_EQUALS}"
            yield rf"(?i)({key}(?:\d{{1,3}}\.){{3}})\d{{1,3}}"
            yield rf"(?i)({key})[0-9A-F]{{0,4}}(?::|{_CODED}3A)(?:[0-9A-F:.]|{_CODED}3A)*"


def _value(signs: tuple[str, ...], digits: str) -> str:
    """A value of these signs and any digits ("*"), or at least so many of them ("{6}")."""
    sign = "|".join(signs)
    tail = f"(?:{sign}|[0-9])*"
    return tail if digits == "*" else f"(?:(?:{sign})*[0-9]){digits}{tail}"


def _plainly(urls: pl.Series) -> pl.Series:
    """The URLs with letters, digits and -._~ as such, as RFC 3986 says they are equal."""
    places = urls.str.contains(_PLAIN_SIGN.pattern).arg_true()
    if places.is_empty():
        return urls
    plain = [
        _PLAIN_SIGN.sub(lambda sign: chr(int(sign[1], 16)), url) for url in urls.gather(places)
    ]
    return urls.clone().scatter(places, pl.Series(plain, dtype=pl.String))  # it works in place
