"""Rules of the page columns; the oracle is Python's own URL parser."""

import random
import string
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote_plus, urlsplit

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsa_cli.config.channels import ChannelsFile
from tsa_cli.enrich.urls import UTM_KEYS, page_table


def page(url: str | None, channels: ChannelsFile) -> dict[str, str | None]:
    return page_table([url], channels.click_ids).row(0, named=True)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://x.de", "/"),
        ("https://x.de/", "/"),
        ("https://x.de/a/b/?q=1#f", "/a/b"),
        ("https://x.de/a#f?x", "/a"),
        ("https://x.de/orders/12345/edit", "/orders/:id/edit"),
        ("https://x.de/1/2/3/4/5", "/:id/:id/:id/:id/:id"),
        ("https://x.de/v2/iphone-13/13mini", "/v2/iphone-13/13mini"),
        ("https://x.de/o/550e8400-E29B-41d4-a716-446655440000/", "/o/:id"),
        ("https://x.de/o/deadbeef", "/o/:id"),
        ("https://x.de/o/effaced", "/o/effaced"),
        ("https://x.de/cart;jsessionid=AB12?x", "/cart"),
        ("/booking/7/", "/booking/:id"),
        ("//x.de/a/", "/a"),
        ("", None),
        (None, None),
    ],
)
def test_a_path_loses_query_fragment_trailing_slash_and_ids(
    url: str | None, path: str | None, channels: ChannelsFile
) -> None:
    assert page(url, channels)["page_path"] == path


@pytest.mark.parametrize(
    ("url", "host", "domain"),
    [
        ("HTTPS://WWW.Shop.co.UK:8443/a", "www.shop.co.uk", "shop.co.uk"),
        ("https://jane:pw@a.b.shop.de./", "a.b.shop.de", "shop.de"),
        ("http://127.0.0.1:3000/", "127.0.0.1", "127.0.0.1"),
        ("http://[2001:db8::1]:80/", "[2001:db8::1]", "[2001:db8::1]"),
        ("http://[::ffff:1.2.3.4]/", "[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]"),
        ("http://localhost:3000/x", "localhost", "localhost"),
        ("https://jane.github.io/", "jane.github.io", "jane.github.io"),
        ("/a//b", None, None),
        ("mailto:jane@x.de", None, None),
        ("https:///a", None, None),
    ],
)
def test_a_host_is_lower_case_without_port_and_has_its_registrable_domain(
    url: str, host: str | None, domain: str | None, channels: ChannelsFile
) -> None:
    row = page(url, channels)
    assert (row["page_host"], row["page_domain"]) == (host, domain)


def test_campaign_parameters_are_decoded_and_blank_ones_are_null(channels: ChannelsFile) -> None:
    row = page(
        "https://x.de/?UTM_Source=a+b%21&utm_medium=%20&utm_campaign=%F0%9F%94%A7&amp;utm_term=t",
        channels,
    )
    assert [row[key] for key in UTM_KEYS] == ["a b!", None, "🔧", "t", None]


def test_a_parameter_in_the_fragment_or_in_a_longer_name_is_none(channels: ChannelsFile) -> None:
    row = page("https://x.de/?my_utm_source=a&xgclid=1#utm_medium=b", channels)
    assert (row["utm_source"], row["utm_medium"], row["click_id"]) == (None, None, None)


@pytest.mark.parametrize(
    ("query", "source", "medium", "platform"),
    [
        ("gclid=1", "google", "cpc", "google"),
        ("GCLID=1", "google", "cpc", "google"),
        ("wbraid=1", "google", "cpc", "google"),
        ("msclkid=1", "bing", "cpc", "microsoft"),
        ("fbclid=1", "facebook", "social", "meta"),
        ("li_fat_id=1", "linkedin", "cpc", "linkedin"),
        ("dclid=1", "google", "display", "google_display"),
        ("utm_source=news&utm_medium=email&gclid=1", "news", "email", "google"),
        ("utm_source=adwords&gclid=1", "adwords", "cpc", "google"),
        ("utm_source=news&fbclid=1", "news", "(not set)", "meta"),
        ("utm_medium=email", "(not set)", "email", None),
        ("utm_campaign=c", None, None, None),
        ("gclid=", None, None, None),
        ("a=1", None, None, None),
    ],
)
def test_tags_win_over_the_click_id_which_fills_what_they_leave_open(
    query: str,
    source: str | None,
    medium: str | None,
    platform: str | None,
    channels: ChannelsFile,
) -> None:
    row = page(f"https://x.de/?{query}", channels)
    assert (row["page_source"], row["page_medium"]) == (source, medium)
    assert row["click_platform"] == platform


def drawn_urls(seed: int, count: int) -> Iterator[str]:
    draw = random.Random(seed)
    names = [*UTM_KEYS, "gclid", "q", "ref", "page"]
    for _ in range(count):
        pairs = [
            f"{draw.choice(names)}={quote_plus(''.join(draw.choices(string.printable, k=5)))}"
            for _ in range(draw.randrange(6))
        ]
        path = "/".join(draw.choice(["a", "12", "", "repair", "ab12cd34ef"]) for _ in range(4))
        yield f"https://{draw.choice(['x.de', 'www.x.co.uk'])}/{path}?{'&'.join(pairs)}"


def test_random_urls_give_what_the_standard_parser_gives(channels: ChannelsFile) -> None:
    urls = list(drawn_urls(3, 2000))
    rows = page_table(pl.Series(urls), channels.click_ids).to_dicts()
    for url, row in zip(urls, rows, strict=True):
        parts = urlsplit(url)
        assert row["page_host"] == parts.hostname
        first: dict[str, str] = {}
        for key, value in parse_qsl(parts.query, keep_blank_values=True):
            first.setdefault(key, value)
        for key in UTM_KEYS:
            assert row[key] == (first.get(key, "").strip() or None), url
        segments = [":id" if s.isdigit() or s == "ab12cd34ef" else s for s in parts.path.split("/")]
        assert row["page_path"] == "/" + "/".join(segments).strip("/")


@pytest.mark.parametrize(
    ("url", "path"), [("?a=1", "/"), (" #a", "/"), (" ", None), ("", None), ("/b#c?d", "/b")]
)
def test_only_a_blank_url_has_no_path(url: str, path: str | None, channels: ChannelsFile) -> None:
    assert page(url, channels)["page_path"] == path


@pytest.mark.parametrize(
    ("query", "source"),
    [
        ("utm_source=a&gclid=1", "a"),
        ("gclid=1&utm_source=1&gclid=1", "1"),
        ("x&gclid=1;utm_source=b", "b"),
        ("utm_source=c;d&GCLID=1", "c;d"),
        ("utm_source=&utm_source=c&gclid=1", "c"),
        ("utm_source=e;gclid=1", "e;gclid=1"),
    ],
)
def test_a_click_id_beside_it_leaves_the_source_as_it_is(
    query: str, source: str, channels: ChannelsFile
) -> None:
    row = page(f"https://x.de/?{query}", channels)
    assert (row["utm_source"], row["click_platform"]) == (source, "google")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=80) | st.from_regex(r"https?://.{0,60}"), max_size=6))
def test_hostile_urls_never_raise_and_keep_their_rows(urls: list[str]) -> None:
    table = page_table(urls, {})
    assert table["page_url"].to_list() == urls


def test_a_lone_surrogate_and_a_huge_url_are_just_urls(channels: ChannelsFile) -> None:
    table = page_table(
        ["https://x.de/\ud800", "https://x.de/" + "a/" * 200_000], channels.click_ids
    )
    assert table.height == 2


def test_an_empty_column_gives_an_empty_table(channels: ChannelsFile) -> None:
    assert page_table([], channels.click_ids).height == 0


def test_bytes_that_are_no_utf8_become_the_replacement_character(channels: ChannelsFile) -> None:
    assert page("https://x.de/?utm_source=a%FFb", channels)["utm_source"] == "a\ufffdb"
