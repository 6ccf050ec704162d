"""
From a host name to its registrable domain and to the site that configs/referrers.yaml knows it as.

source  publicsuffix.org: whose site it is by the whole list (a.github.io and b.github.io are two
        people's), which site configs/referrers.yaml means by the ICANN section alone
"""

import ipaddress
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from publicsuffixlist import PSLFILE, PublicSuffixList

from tsa_cli.config.referrers import ReferrersFile, Site

APP_SCHEME = "android-app://"
_IP_ENDS = tuple("0123456789]")


@dataclass(frozen=True)
class KnownSite:
    """A site by kind and name; `terms` are the URL parameters that hold the search words."""

    kind: str
    name: str
    terms: tuple[str, ...]


@cache
def _all_suffixes(only_icann: bool) -> PublicSuffixList:
    return PublicSuffixList(only_icann=only_icann)


@lru_cache(maxsize=1024)
def _suffixes(end: str, only_icann: bool) -> PublicSuffixList:
    """The rules that a host with this last label can meet."""
    if not end.isascii() or end.startswith("xn--"):  # the file may have it in the other spelling
        return _all_suffixes(only_icann)
    return PublicSuffixList(_rules_by_end(only_icann).get(end, ()))


@cache
def _rules_by_end(only_icann: bool) -> dict[str, list[str]]:
    """The list's lines by their last label: to parse them all takes 75 ms, not 5."""
    text = Path(PSLFILE).read_text("utf-8")
    section = text.partition("===BEGIN ICANN DOMAINS===")[2]
    if only_icann:
        section = section.partition("===END ICANN DOMAINS===")[0]
    rules: dict[str, list[str]] = {}
    for line in section.splitlines():
        rules.setdefault(line.rpartition(".")[2].strip(), []).append(line)
    return rules


@lru_cache(maxsize=65_536)
def registrable_domain(host: str, *, only_icann: bool = False) -> str | None:
    """
    `shop.co.uk` of `www.shop.co.uk`; an IP, `localhost` and a bare suffix are themselves.

    An international name has one form, that of its letters: `xn--bcher-kva.de` is `bücher.de`.
    """
    name = _spelled(host)
    if not name:
        return None
    if is_ip(name) or "." not in name:
        return name
    try:
        return _suffixes(name.rpartition(".")[2], only_icann).privatesuffix(name) or name
    except (ValueError, UnicodeError):
        return name


def _spelled(host: str) -> str:
    """The one spelling of a host: lower case, no final dot, letters for what xn-- stands for."""
    name = host.strip().strip(".").lower()
    if name.isascii() and "xn--" not in name:
        return name
    return ".".join(map(_in_letters, unicodedata.normalize("NFC", name).split(".")))


def _in_letters(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        letters = label.removeprefix("xn--").encode("ascii").decode("punycode").lower()
    except UnicodeError:
        return label
    return label if letters.isascii() or "." in letters else letters


def is_ip(host: str) -> bool:
    """Whether the host is an IPv4 or a bracketed IPv6 address, which has no suffix."""
    if not host.endswith(_IP_ENDS):  # spares the exception, most of the cost, to ordinary names
        return False
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


class SiteIndex:
    """The known sites by host and by the names that people write into utm_source."""

    def __init__(self, config: ReferrersFile) -> None:
        plain = KnownSite("site", "", ())
        self._by_domain = dict.fromkeys(map(_spelled, config.plain), plain)
        self._by_word: dict[str, KnownSite] = {}
        for kind, sites in config.kinds().items():
            for name, site in sites.items():
                self._add(KnownSite(kind, name, site.terms or config.terms), site)
        for domain in config.own:  # last: it is yours, whatever the default lists call it
            self._by_domain[_spelled(domain)] = KnownSite("internal", domain, ())

    def _add(self, known: KnownSite, site: Site) -> None:
        for word in (known.name, *site.aliases):
            self._by_word[word.lower()] = known
        for domain in site.domains:
            self._by_domain[_spelled(domain)] = known

    def of_host(self, host: str) -> KnownSite | None:
        """
        The site with the longest domain that the host ends in; None for an unknown host.

        A host that the file calls plain is of the kind "site" and has no name.
        """
        name = _spelled(host)
        if not name or is_ip(name):
            return None
        return next(
            (self._by_domain[key] for key in _domain_keys(name) if key in self._by_domain), None
        )

    def of_app(self, package: str) -> KnownSite | None:
        """The site behind an Android package name, as in android-app://com.google.android.gm."""
        return self._by_domain.get(APP_SCHEME + package.lower())

    def of_source(self, source: str) -> KnownSite | None:
        """The site that a `utm_source` means: a name or alias first, else a host."""
        word = source.strip().lower()
        known = self._by_word.get(word) or self.of_app(word.removeprefix(APP_SCHEME))
        if known is not None or "." not in word:
            return known
        return self.of_host(word.split("/")[0])


def _domain_keys(host: str) -> Iterator[str]:
    """The keys under which a host may be listed, longest first: a.b.co.uk, a.b.*, b.co.uk, b.*."""
    domain = registrable_domain(host, only_icann=True) or host
    suffix = domain.partition(".")[2]
    labels = host.split(".")
    for start in range(len(labels) - domain.count(".")):
        name = ".".join(labels[start:])
        yield name
        if suffix:
            yield name.removesuffix(suffix) + "*"
