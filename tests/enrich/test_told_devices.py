"""What GA4, Mixpanel, Amplitude and apps say of a device, in place of a user agent."""

import json

import pytest

from tsa_cli.enrich.user_agents import enrich_user_agents

SAID = [
    ("mobile", "Safari", "iOS", "mobile"),
    ("smart tv", "Chrome", "Tizen", "tv"),
    ("Desktop", "Firefox", "Windows", "desktop"),
    ("iPad", None, "iOS", "tablet"),
    ("iPhone14,2", None, "iOS", "mobile"),
    ("Pixel 6", None, "Android", "mobile"),
    ("SM-T870", None, "Android", "tablet"),
    (None, "Chrome", "Android", "mobile"),
    (None, "Chrome", "Mac OS X", "desktop"),
    (None, None, "Linux", "desktop"),
    (None, None, "macOS", "desktop"),
    ("Mac", None, None, "desktop"),
    ("Apple iPhone", None, None, "mobile"),
    ("Googlebot", None, None, "unknown"),
    (["x"], {}, 5, "unknown"),
]


@pytest.mark.parametrize(("kind", "browser", "os", "expected"), SAID)
def test_the_type_is_what_was_said_or_what_the_model_is(
    kind: object, browser: object, os: object, expected: str
) -> None:
    text = json.dumps({"type": kind, "browser": browser, "os": os}, separators=(",", ":"))
    [facts] = enrich_user_agents([text])
    assert (facts.device_type, facts.is_bot) == (expected, False)
    assert facts.browser == (str(browser) if browser else None)


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("Windows", "Chrome", ("Chrome", "Windows", "desktop")),
        ("Mac", "Safari", ("Safari", "Mac OS X", "desktop")),
        ("Chrome OS", "Chrome", ("Chrome", "Chrome OS", "desktop")),
        ("Apple iPhone", "Mobile Safari", ("Mobile Safari", "iOS", "mobile")),
        ("Apple iPad", "ios", (None, "iOS", "tablet")),
        ("Samsung Galaxy S21", "android", (None, "Android", "mobile")),
        ("Samsung Galaxy S21", "Chrome Mobile", ("Chrome Mobile", None, "mobile")),
        (None, "android", (None, "Android", "mobile")),
    ],
)
def test_amplitude_has_one_key_for_browser_and_system(
    kind: str | None, name: str, expected: tuple[str | None, str | None, str]
) -> None:
    text = json.dumps({"type": kind, "browser": name, "os": None}, separators=(",", ":"))
    [facts] = enrich_user_agents([text])
    assert (facts.browser, facts.os, facts.device_type) == expected


def test_a_text_that_is_no_such_object_is_a_user_agent() -> None:
    for text in ('{"type":"x"', '{"type":' * 9_000, "{}"):
        [facts] = enrich_user_agents([text])
        assert (facts.browser, facts.device_type) == (None, "unknown")


@pytest.mark.parametrize(
    ("said", "expected"),
    [("Macintosh", "Mac OS X"), ("macOS", "Mac OS X"), ("iPhone OS", "iOS"), ("iPadOS", "iOS"),
     ("android", "Android"), ("Tizen", "Tizen"), (None, None)],
)  # fmt: skip
def test_a_system_has_the_name_that_it_has_in_an_agent(
    said: str | None, expected: str | None
) -> None:
    text = json.dumps({"type": "x", "browser": None, "os": said}, separators=(",", ":"))
    [facts] = enrich_user_agents([text])
    assert facts.os == expected
