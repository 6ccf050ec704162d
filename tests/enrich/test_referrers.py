"""Rules of the referrer columns and of the list of known sites."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsa_cli.config.referrers import ReferrersFile
from tsa_cli.enrich.hosts import SiteIndex, registrable_domain
from tsa_cli.enrich.referrers import referrer_table


def facts(url: str | None, sites: SiteIndex) -> dict[str, str | None]:
    return referrer_table([url], sites).row(0, named=True)


@pytest.mark.parametrize(
    ("url", "kind", "source", "medium"),
    [
        ("https://www.google.co.uk/", "search", "google", "organic"),
        ("https://de.search.yahoo.com/search?p=x", "search", "yahoo", "organic"),
        ("https://yandex.com.tr/search", "search", "yandex", "organic"),
        ("https://l.facebook.com/l.php?u=x", "social", "facebook", "social"),
        ("https://t.co/abc", "social", "twitter", "social"),
        ("https://blog.naver.com/x", "social", "naver blog", "social"),
        ("https://m.youtube.com/watch?v=1", "video", "youtube", "referral"),
        ("https://www.amazon.com.br/dp/1", "shopping", "amazon", "referral"),
        ("https://chatgpt.com/", "assistant", "chatgpt", "referral"),
        ("https://gemini.google.com/app", "assistant", "gemini", "referral"),
        ("https://copilot.microsoft.com/", "assistant", "copilot", "referral"),
        ("https://mail.google.com/mail/u/0", "webmail", "gmail", "email"),
        ("https://mail.yahoo.com/d", "webmail", "yahoo mail", "email"),
        ("android-app://com.google.android.gm/", "webmail", "gmail", "email"),
        ("android-app://com.unknown.app/", "site", "com.unknown.app", "referral"),
        ("https://accounts.google.com/o/oauth2", "site", "accounts.google.com", "referral"),
        ("https://www.partner.co.uk/a", "site", "partner.co.uk", "referral"),
        ("https://google.com.evil.example/", "site", "evil.example", "referral"),
        ("https://notgoogle.com/?q=google.com", "site", "notgoogle.com", "referral"),
        ("https://10.0.0.1/", "site", "10.0.0.1", "referral"),
        ("about:blank", None, None, None),
        ("", None, None, None),
        (None, None, None, None),
    ],
)
def test_a_referrer_is_known_by_its_longest_listed_domain(
    url: str | None, kind: str | None, source: str | None, medium: str | None, sites: SiteIndex
) -> None:
    row = facts(url, sites)
    assert (row["referrer_kind"], row["referrer_source"], row["referrer_medium"]) == (
        kind,
        source,
        medium,
    )


@pytest.mark.parametrize(
    ("url", "engine", "terms"),
    [
        ("https://www.google.de/search?hl=de&q=iphone+repair%21", "google", "iphone repair!"),
        ("https://search.yahoo.com/search?p=a&q=b", "yahoo", "a"),
        ("https://www.baidu.com/s?ie=utf-8&wd=%E6%89%8B", "baidu", "手"),
        ("https://yandex.ru/search/?text=%D0%B0", "yandex", "а"),
        ("https://search.naver.com/search.naver?query=x", "naver", "x"),
        ("https://www.google.de/", "google", None),
        ("https://www.google.de/search?q=", "google", None),
        ("https://shop.example/search?q=x", None, None),
    ],
)
def test_search_words_are_read_from_the_engines_own_parameter(
    url: str, engine: str | None, terms: str | None, sites: SiteIndex
) -> None:
    row = facts(url, sites)
    assert (row["search_engine"], row["search_terms"]) == (engine, terms)


def test_an_engine_without_parameters_of_its_own_has_the_usual_ones() -> None:
    mine = {"search": {"mine": {"domains": ["mine.test"]}}, "terms": ["a", "b"]}
    sites = SiteIndex(ReferrersFile.model_validate(mine))
    assert facts("https://mine.test/?b=screen", sites)["search_terms"] == "screen"


def test_search_words_stay_with_their_rows_when_engines_are_mixed(sites: SiteIndex) -> None:
    urls = [
        "https://www.google.de/search?q=one",
        "https://x.de/?q=none",
        "https://search.yahoo.com/?p=two",
        None,
        "https://www.bing.com/search?q=three",
        "https://www.google.com/",
        "https://yandex.ru/?text=four",
    ]
    table = referrer_table(urls, sites)
    assert table["referrer_url"].to_list() == urls
    assert table["search_terms"].to_list() == ["one", None, "two", None, "three", None, "four"]


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("www.google.com", "google"),
        ("Google.de/search?q=x", "google"),
        ("m.facebook.com:443/x", "facebook"),
        ("partner.example", None),
        ("index.html", None),
        ("/m.facebook.com", None),
        ("mail facebook.com", None),
    ],
)
def test_without_a_scheme_only_a_known_site_is_a_referrer(
    url: str, source: str | None, sites: SiteIndex
) -> None:
    assert facts(url, sites)["referrer_source"] == source


def test_own_domains_and_payment_pages_are_internal_and_no_source() -> None:
    own = SiteIndex(ReferrersFile(own=("paypal.com", "my-other-shop.de")))
    row = facts("https://www.paypal.com/checkout", own)
    assert (row["referrer_kind"], row["referrer_source"]) == ("internal", None)


def test_each_name_alias_and_domain_leads_back_to_its_site(
    referrers: ReferrersFile, sites: SiteIndex
) -> None:
    for kind, listed in referrers.kinds().items():
        for name, site in listed.items():
            domains = [domain.replace("*", "de") for domain in site.domains]
            for word in (name, name.upper(), *site.aliases, *domains):
                known = sites.of_source(word)
                assert known is not None, word
                assert (known.kind, known.name) == (kind, name), word


def test_the_list_is_as_long_as_promised(referrers: ReferrersFile) -> None:
    sizes = {kind: len(listed) for kind, listed in referrers.kinds().items()}
    least = {
        "search": 70,
        "social": 60,
        "video": 30,
        "shopping": 60,
        "assistant": 15,
        "webmail": 25,
    }
    assert {kind: sizes[kind] >= count for kind, count in least.items()} == dict.fromkeys(
        least, True
    )


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.a.co.uk", "a.co.uk"),
        ("a.b.github.io", "b.github.io"),
        ("github.io", "github.io"),
        ("a.b.s3.amazonaws.com", "b.s3.amazonaws.com"),
        ("co.uk", "co.uk"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("localhost", "localhost"),
        ("WWW.A.DE.", "a.de"),
        ("", None),
        ("...", None),
        ("a.b.unknown", "b.unknown"),
        ("a.b.city.kobe.jp", "city.kobe.jp"),
        ("a.b.c.kobe.jp", "b.c.kobe.jp"),
        ("a.b.公司.cn", "b.公司.cn"),
        ("a.b.xn--fiqs8s", "b.中国"),
        ("a.b.xn--gmqw5a.xn--j6w193g", "b.個人.香港"),
        ("www.xn--fa-hia.de", "faß.de"),
        ("www.bu\u0308cher.de", "bücher.de"),
        ("www.xn--.de", "xn--.de"),
        ("www.xn--zzzzzz99999.de", "xn--zzzzzz99999.de"),
    ],
)
def test_the_registrable_domain_follows_the_public_suffix_list(
    host: str, domain: str | None
) -> None:
    assert registrable_domain(host) == domain


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=60) | st.from_regex(r"[a-z-]+://.{0,50}"), max_size=5))
def test_hostile_referrers_never_raise_and_keep_their_rows(urls: list[str]) -> None:
    index = SiteIndex(ReferrersFile())
    assert referrer_table(urls, index)["referrer_url"].to_list() == urls


def test_an_own_site_is_known_in_either_spelling_of_its_name() -> None:
    for listed in ("bücher.de", "xn--bcher-kva.de"):
        index = SiteIndex(ReferrersFile(own=(listed,)))
        for host in ("www.bücher.de", "www.xn--bcher-kva.de"):
            known = index.of_host(host)
            assert known is not None
            assert known.kind == "internal"


def test_a_site_below_a_shared_suffix_is_found_by_the_domain_that_is_listed() -> None:
    index = SiteIndex(
        ReferrersFile.model_validate(
            {"version": 1, "search": {"cache": {"domains": ["googleusercontent.com"]}}}
        )
    )
    known = index.of_host("web.googleusercontent.com")
    assert known is not None
    assert known.name == "cache"
