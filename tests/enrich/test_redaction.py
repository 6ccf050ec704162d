"""Rules of what is taken out of URLs."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.enrich.redaction import UrlCleaner
from tsa_cli.privacy.personal_texts import url_cleaner


def redacted(url: str) -> object:
    return UrlCleaner().urls([url])[0]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.de/?email=jane%40x.de&a=1", "https://x.de/?email=(redacted)&a=1"),
        ("https://x.de/?a=1&Phone=%2B49%20171#top", "https://x.de/?a=1&Phone=(redacted)#top"),
        ("https://x.de/?user%5Bemail%5D=a", "https://x.de/?user%5Bemail%5D=(redacted)"),
        ("https://x.de/?customer[phone]=1&b", "https://x.de/?customer[phone]=(redacted)&b"),
        ("https://x.de/?billing_first_name=J", "https://x.de/?billing_first_name=(redacted)"),
        ("https://x.de/?contactEmail=x", "https://x.de/?contactEmail=(redacted)"),
        ("https://x.de/?q=jane.doe+1@mail.x.co.uk", "https://x.de/?q=(redacted)"),
        ("https://x.de/?u=jane%2540x.de&v=2", "https://x.de/?u=(redacted)&v=2"),
        ("https://x.de/unsubscribe/jane@x.de/now", "https://x.de/unsubscribe/(redacted)/now"),
        ("https://x.de/#/reset?email=j@x.de", "https://x.de/#/reset?email=(redacted)"),
        ("https://jane:secret@x.de/a", "https://x.de/a"),
        ("https://x.de/reset?access_token=abc", "https://x.de/reset?access_token=(redacted)"),
        ("/relative?tel=123", "/relative?tel=(redacted)"),
        ("https://x.de/?user%5Bphone%5D=1&b", "https://x.de/?user%5Bphone%5D=(redacted)&b"),
        ("/?email[]=a&phone%5B0%5D=1", "/?email[]=(redacted)&phone%5B0%5D=(redacted)"),
        (
            "/?next=%2Fpay%3Ffirst_name%3DJ%20D%26phone%3D1%26a%3D2#b",
            "/?next=%2Fpay%3Ffirst_name%3D(redacted)%26phone%3D(redacted)%26a%3D2#b",
        ),
        ("/?r=%252Fa%253Fphone%253D1%2526b", "/?r=%252Fa%253Fphone%253D(redacted)%2526b"),
        ("/?First+Name=Ann&e%6Dail=a&b", "/?First+Name=(redacted)&email=(redacted)&b"),
        ("/?last%20name=P&email%20=a", "/?last%20name=(redacted)&email%20=(redacted)"),
        ("/a\uff20x.de/?q=a%EF%BC%A0x.de&r=b%40x%2Ede", "/(redacted)/?q=(redacted)&r=(redacted)"),
        ('/?q={"phone":"1","a":2}', '/?q={"phone":"(redacted)","a":2}'),
        (
            "/?q=%7B%22email%22%3A%22a%40x.de%22%2C%22tel%22%3A491701234567%7D",
            "/?q=%7B%22email%22%3A%22(redacted)%22%2C%22tel%22%3A(redacted)%7D",
        ),
    ],
)
def test_personal_values_are_replaced(url: str, expected: str) -> None:
    assert redacted(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://x.de/repair/iphone-13?model=iphone&iPhone=13&smartphone=1&microphone=2",
        "https://x.de/?utm_medium=email&utm_source=newsletter&emailCampaign=7",
        "https://x.de/@jane/post",
        "https://x.de/%61?n%61me_of_part=screen%2Done@2x",
        "https://maps.x.de/@52.5,13.4",
        "https://x.de/?female=1&mobile=1&fullscreen=1&name_of_part=screen",
        "",
    ],
)
def test_what_is_not_personal_stays_as_it_is(url: str) -> None:
    assert redacted(url) == url


def test_what_the_configuration_calls_personal_is_replaced_too() -> None:
    urls = url_cleaner(PrivacyConfig(pii={"phone": "hash", "tax-id": "drop"})).urls
    given = ["/?Tax-Id=A1&b=2", "/?mobile=1", "/?m=%3Fmobile%3D%2B49170123456%26b", "/?taxi=1"]
    kept = ["/?Tax-Id=(redacted)&b=2", given[1], "/?m=%3Fmobile%3D(redacted)%26b", given[3]]
    assert urls(given).to_list() == kept
    assert urls(kept).to_list() == kept


def test_an_address_of_a_client_loses_its_end() -> None:
    urls = url_cleaner(PrivacyConfig()).urls
    given = ["/?ip=203.0.113.9&b", "/?r=%3Fclient_ip%3D203.0.113.9", "/?x[ip]=2001:db8::7#c"]
    kept = ["/?ip=203.0.113.(redacted)&b", "/?r=%3Fclient_ip%3D203.0.113.(redacted)"]
    kept += ["/?x[ip]=(redacted)#c"]
    other = ["/?ip=20&v=1.2.3.4", "/?zip=1.2.3.4&tip=2001:db8::7"]
    assert urls([*given, *kept, *other]).to_list() == [*kept, *kept, *other]
    assert url_cleaner(PrivacyConfig(ip="keep")).urls(given).to_list() == given


def test_rows_keep_their_places_and_nulls() -> None:
    urls: Sequence[str | None] = [None, "https://x.de/?email=a", "https://x.de/"]
    assert UrlCleaner().urls(urls).to_list() == [
        None,
        "https://x.de/?email=(redacted)",
        "https://x.de/",
    ]


@settings(max_examples=30, deadline=None)
@given(st.from_regex(r"[a-z0-9.+_-]{1,12}(@|%40)[a-z0-9-]{1,8}\.(de|com|co\.uk)", fullmatch=True))
def test_no_address_survives_wherever_it_stands(address: str) -> None:
    urls = [f"https://x.de/{place}{address}" for place in ("", "a/", "?v=", "?a=1&b=", "#", "?")]
    for url in UrlCleaner().urls(urls):
        assert not re.search(r"@|%40", url)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_redacting_twice_changes_nothing_and_hostile_text_never_raises(urls: list[str]) -> None:
    once = UrlCleaner().urls(urls)
    assert UrlCleaner().urls(once).equals(once)
