"""Rules of the channel; the oracle is definition D34 (GA4's table) written out in plain Python."""

import json
import random
import re
from pathlib import Path

import polars as pl
import pytest

from tsa_cli.config import open_catalog
from tsa_cli.config.channels import ChannelsFile
from tsa_cli.config.referrers import ReferrersFile
from tsa_cli.enrich.channels import channel_table, classify, traffic_table
from tsa_cli.enrich.hosts import SiteIndex
from tsa_cli.enrich.referrers import referrer_table
from tsa_cli.enrich.urls import page_table
from tsa_cli.errors import ConfigError

CASES_FILE = Path(__file__).parents[3] / "shared/acceptance/open/channels_ga4.json"
OUR_RULES = ("free_listing_without_medium", "marketplace_without_medium", "ai_assistant")
PAID = re.compile(r"^(.*cp.*|ppc|retargeting|paid.*)$")
SHOP = re.compile(r"^(.*(([^a-df-z]|^)shop|shopping).*)$")
MAIL = ("email", "e-mail", "e_mail", "e mail")
SOCIAL = ("social", "social-network", "social-media", "sm", "social network", "social media")


def ga4_cases() -> list[dict[str, dict[str, str]]]:
    if not CASES_FILE.exists():
        pytest.skip("the acceptance cases channels_ga4.json are not beside the repository")
    cases: list[dict[str, dict[str, str]]] = json.loads(CASES_FILE.read_text())["cases"]
    return cases


def without(channels: ChannelsFile, *names: str) -> ChannelsFile:
    rules = tuple(rule for rule in channels.rules if rule.name not in names)
    return channels.model_copy(update={"rules": rules})


def ga4_channel(source: str, medium: str, campaign: str, site: str) -> str:
    """D34 line by line."""
    source, medium, campaign = source.lower(), medium.lower(), campaign.lower()
    is_shop, is_paid = site == "shopping" or bool(SHOP.match(campaign)), bool(PAID.match(medium))
    lines = [
        ("Direct", source == "(direct)" and medium in ("(none)", "(not set)")),
        ("Direct", source == "" and medium == ""),
        ("Cross-network", "cross-network" in campaign),
        ("Paid Shopping", is_shop and is_paid),
        ("Paid Search", site == "search" and is_paid),
        ("Paid Social", site == "social" and is_paid),
        ("Paid Video", site == "video" and is_paid),
        ("Display", medium in ("display", "banner", "expandable", "interstitial", "cpm")),
        ("Paid Other", is_paid),
        ("Organic Shopping", is_shop),
        ("Organic Social", site == "social" or medium in SOCIAL),
        ("Organic Video", site == "video" or "video" in medium),
        ("Organic Search", site == "search" or medium == "organic"),
        ("Referral", medium in ("referral", "app", "link")),
        ("Email", source in MAIL or medium in MAIL),
        ("Affiliates", medium == "affiliate"),
        ("Audio", medium == "audio"),
        ("SMS", "sms" in (source, medium)),
        ("Mobile Push Notifications", medium.endswith("push") or source == "firebase"),
        ("Mobile Push Notifications", "mobile" in medium or "notification" in medium),
    ]
    return next((channel for channel, holds in lines if holds), "Unassigned")


def test_the_thirty_ga4_cases_hold(channels: ChannelsFile, sites: SiteIndex) -> None:
    cases = ga4_cases()
    assert len(cases) == 30
    for case in cases:
        result = classify(**case["input"], channels=channels, sites=sites)
        assert result.channel == case["expected"]["channel"], case


def test_of_the_thirty_only_the_untagged_marketplace_needs_a_rule_that_is_not_in_d34(
    channels: ChannelsFile, sites: SiteIndex
) -> None:
    plain = without(channels, *OUR_RULES)
    wrong = [
        case["input"]["source"]
        for case in ga4_cases()
        if classify(**case["input"], channels=plain, sites=sites).channel
        != case["expected"]["channel"]
    ]
    assert wrong == ["alibaba"]


def test_without_our_own_rules_random_visits_get_exactly_ga4s_channel(
    channels: ChannelsFile, sites: SiteIndex
) -> None:
    draw = random.Random(11)
    sources = {"google": "search", "bing": "search", "facebook": "social", "youtube": "video"}
    sources |= {"alibaba": "shopping", "Google Shopping": "shopping", "pinterest.de": "social"}
    words = ["", "(direct)", "email", "E-Mail", "sms", "firebase", "newsletter", "partner.de"]
    mediums = ["", "(none)", "(not set)", "cpc", "CPM", "ppc", "paid-x", "retargeting", "display"]
    mediums += ["banner", "social", "SM", "my-video", "organic", "referral", "app", "link", "email"]
    mediums += ["e mail", "affiliate", "audio", "sms", "web-push", "pushy", "mobile-x", "x", "icp"]
    campaigns = ["", "sale", "Shop", "eshop", "workshop", "shopping", "x-cross-network", "my shop"]
    drawn = [
        (draw.choice([*sources, *words]), draw.choice(mediums), draw.choice(campaigns))
        for _ in range(4000)
    ]
    frame = pl.DataFrame(drawn, schema=["source", "medium", "campaign"], orient="row")
    table = channel_table(frame, without(channels, *OUR_RULES), sites)
    expected = [ga4_channel(s, m, c, sources.get(s, "")) for s, m, c in drawn]
    assert table["channel"].to_list() == expected
    assert len(set(expected)) == 19


def test_each_shipped_ga4_rule_stands_in_ga4s_order(channels: ChannelsFile) -> None:
    order = [rule.channel for rule in channels.rules if rule.name.startswith("ga4_")]
    assert order[:3] == ["Direct", "Cross-network", "Paid Shopping"]
    assert order.index("Display") < order.index("Paid Other") < order.index("Organic Shopping")
    assert len(order) == 18


@pytest.mark.parametrize(
    ("source", "medium", "channel", "rule"),
    [
        ("chatgpt.com", None, "AI Assistants", "ai_assistant"),
        ("gemini", "referral", "AI Assistants", "ai_assistant"),
        ("perplexity", "cpc", "Paid Other", "ga4_paid_other"),
        ("amazon.de", "referral", "Organic Shopping", "ga4_organic_shopping"),
        ("amazon.de", " ", "Paid Shopping", "marketplace_without_medium"),
        (None, None, "Direct", "ga4_direct"),
        (" FACEBOOK ", "Paid-Social", "Paid Social", "ga4_paid_social"),
        ("unheard-of", "x", "Unassigned", "otherwise"),
    ],
)
def test_our_additions_and_blank_values(
    source: str | None,
    medium: str | None,
    channel: str,
    rule: str,
    channels: ChannelsFile,
    sites: SiteIndex,
) -> None:
    result = classify(source, medium, None, channels, sites)
    assert (result.channel, result.rule) == (channel, rule)


def test_the_words_of_a_rule_hold_in_any_case(sites: SiteIndex) -> None:
    tests = {"is": {"is": "Partner"}, "in": {"in": ["News", "Mail"]}, "regex": {"regex": "^Shop"}}
    rules = [
        {"name": name, "channel": name, "when": {"source": test}} for name, test in tests.items()
    ]
    channels = ChannelsFile.model_validate({"version": 1, "rules": rules})
    sources = ["partner", "MAIL", "shopping"]
    found = [classify(source, None, None, channels, sites).rule for source in sources]
    assert found == list(tests)


def test_a_disabled_rule_does_not_fire(channels: ChannelsFile, sites: SiteIndex) -> None:
    rules = tuple(
        rule.model_copy(update={"enabled": rule.name != "ai_assistant"}) for rule in channels.rules
    )
    result = classify(
        "chatgpt.com", "referral", None, channels.model_copy(update={"rules": rules}), sites
    )
    assert result.channel == "Referral"


@pytest.mark.parametrize("regex", ["(?=x)x", r"(x)\1", "x++", r"x\Z", "(?x)x", r"\u0041"])
def test_a_regex_that_the_engine_lacks_is_a_fault_of_its_line(tmp_path: Path, regex: str) -> None:
    text = (
        f"version: 1\nrules:\n- {{name: r, channel: C, when: {{medium: {{regex: '{regex}'}}}}}}\n"
    )
    (tmp_path / "channels.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"channels\.yaml:3:\d+: rules\.0\.when\.medium\.regex"):
        open_catalog(tmp_path).load(ChannelsFile, "channels.yaml")


@pytest.mark.parametrize(
    ("page", "referrer", "expected"),
    [
        ("https://shop.de/", None, ("(direct)", "(none)", None)),
        ("https://shop.de/", "https://www.google.de/", ("google", "organic", None)),
        ("https://shop.de/", "https://partner.de/", ("partner.de", "referral", None)),
        (
            "https://shop.de/?utm_source=news&utm_medium=email&utm_campaign=May",
            "https://www.google.de/",
            ("news", "email", "May"),
        ),
        ("https://shop.de/?gclid=1", "https://www.google.de/", ("google", "cpc", None)),
        ("https://shop.de/?utm_campaign=May", "https://t.co/", ("twitter", "social", "May")),
        ("/relative", "https://partner.de/", ("partner.de", "referral", None)),
        ("https://shop.de/?fbclid=1", None, ("facebook", "social", None)),
    ],
)
def test_the_url_wins_over_the_referrer(
    page: str,
    referrer: str | None,
    expected: tuple[str, str, str | None],
    channels: ChannelsFile,
    sites: SiteIndex,
) -> None:
    views = page_table([page], channels.click_ids).hstack(referrer_table([referrer], sites))
    row = traffic_table(views).row(0, named=True)
    assert (row["source"], row["medium"], row["campaign"]) == expected


@pytest.mark.parametrize("is_off", [True, False])
def test_without_any_rule_each_visit_has_the_other_channel(is_off: bool) -> None:
    rule = {"name": "a", "channel": "A", "when": {"site": "search"}, "enabled": False}
    channels = ChannelsFile.model_validate({"otherwise": "Rest", "rules": [rule] if is_off else []})
    sources = pl.DataFrame(
        {"source": ["google", None], "medium": [None, "x"], "campaign": ["", "y"]}
    )
    found = channel_table(sources, channels, SiteIndex(ReferrersFile()))
    assert found["channel"].to_list() == ["Rest", "Rest"]
    assert found["channel_rule"].to_list() == ["otherwise", "otherwise"]
