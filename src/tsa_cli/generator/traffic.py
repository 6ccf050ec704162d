"""
How visits reach the synthetic shop: channels with their URLs and referrers, and when they come.

reads   nothing
writes  nothing; constant tables indexed by channel and creative
source  click-id and UTM conventions of the advertising platforms' own help pages
"""

from dataclasses import dataclass

import numpy as np

from tsa_cli.generator.tables import U8

CREATIVES = 4  # each channel has four campaigns or referring sites


@dataclass(frozen=True)
class Channel:
    """One way into the shop; `source_medium` names it in the answers."""

    source_medium: str
    queries: tuple[str, ...] = ("",)  # without the "?"; cycled over the creatives
    referrers: tuple[str, ...] = ("",)
    click_id: str = ""  # parameter whose value is unique per visit


def _utm(source: str, medium: str, *campaigns: str) -> tuple[str, ...]:
    return tuple(f"utm_source={source}&utm_medium={medium}&utm_campaign={c}" for c in campaigns)


CHANNELS = (
    Channel("(direct) / (none)"),
    Channel("google / organic", referrers=("https://www.google.com/",)),
    Channel(
        "google / cpc",
        _utm("google", "cpc", "screen-repair", "data-recovery", "brand", "near-me"),
        ("https://www.google.com/",),
        "gclid",
    ),
    Channel("bing / organic", referrers=("https://www.bing.com/",)),
    Channel(
        "bing / cpc",
        _utm("bing", "cpc", "laptop-repair", "brand"),
        ("https://www.bing.com/",),
        "msclkid",
    ),
    Channel("duckduckgo / organic", referrers=("https://duckduckgo.com/",)),
    Channel(
        "facebook / paid_social",
        _utm("facebook", "paid_social", "spring-offer", "retargeting", "lookalike"),
        ("https://l.facebook.com/", "https://l.instagram.com/"),
        "fbclid",
    ),
    Channel(
        "social / organic",
        referrers=(
            "https://www.instagram.com/",
            "https://www.reddit.com/r/mobilerepair/",
            "https://www.youtube.com/",
            "https://x.com/",
        ),
    ),
    Channel(
        "newsletter / email",
        _utm(
            "newsletter", "email", "weekly-tips", "win-back", "service-update", "feedback-request"
        ),
    ),
    Channel(
        "partner sites / referral",
        referrers=(
            "https://forum.gadget-fixers.example/threads/best-repair-shop",
            "https://www.citydirectory.example/repair",
            "https://reviews.local-guide.example/shop",
            "https://blog.insurance-partner.example/claims",
        ),
    ),
    Channel(
        "AI assistant / referral",
        ("utm_source=chatgpt.com", "", "", ""),
        (
            "https://chatgpt.com/",
            "https://www.perplexity.ai/",
            "https://gemini.google.com/",
            "https://claude.ai/",
        ),
    ),
    Channel("display / display", _utm("adnetwork", "display", "banner-summer", "banner-brand")),
    Channel("partner / affiliate", _utm("couponpartner", "affiliate", "coupon10")),
)
DIRECT = 0
EMAIL = 8
SERVICE_UPDATE, FEEDBACK_REQUEST = 2, 3  # creatives of EMAIL


def quantile_table(weights: list[float]) -> U8:
    """The (256,) codes that a uniform byte maps to, so that code i comes up by its weight."""
    shares = np.cumsum(np.array(weights)) / sum(weights)
    table: U8 = np.searchsorted(shares, (np.arange(256) + 0.5) / 256).astype(np.uint8)
    return table


# Columns as in CHANNELS; one row per person type for the first visit, then one for later visits.
_FIRST_CHANNEL = (
    [10, 26, 16, 4, 2, 2, 16, 12, 2, 5, 4, 4, 1],  # window shopper
    [10, 30, 20, 5, 3, 3, 8, 5, 2, 8, 4, 2, 4],  # price checker
    [12, 34, 12, 5, 2, 4, 4, 6, 3, 9, 9, 1, 1],  # researcher
    [14, 22, 38, 4, 6, 1, 4, 1, 1, 5, 3, 1, 1],  # quick converter
    [40, 18, 8, 3, 1, 1, 1, 2, 20, 4, 1, 0, 1],  # VIP
    [24, 26, 18, 4, 3, 1, 8, 3, 6, 4, 2, 1, 1],  # churner
)
_LATER_CHANNEL = (
    [44, 22, 6, 3, 1, 1, 10, 5, 5, 2, 1, 3, 1],
    [40, 24, 12, 3, 2, 1, 6, 2, 6, 2, 2, 1, 1],
    [46, 22, 7, 3, 1, 2, 4, 2, 8, 3, 4, 1, 1],
    [50, 20, 14, 2, 2, 1, 3, 1, 5, 2, 1, 0, 0],
    [52, 8, 3, 1, 1, 0, 1, 1, 32, 1, 1, 0, 0],
    [42, 20, 10, 3, 2, 1, 6, 2, 12, 2, 1, 1, 0],
)
CHANNEL_TABLE = np.array(
    [
        [quantile_table([float(w) for w in row]) for row in rows]
        for rows in (_FIRST_CHANNEL, _LATER_CHANNEL)
    ]
)  # (2, n_types, 256)

# The shop stands five hours west of Greenwich; the rows are its own clock's hours.
_WEEKDAY = [3, 2, 1, 1, 1, 2, 6, 12, 22, 32, 38, 40, 42, 40, 38, 36, 34, 33, 34, 36, 34, 26, 16, 8]
_WEEKEND = [6, 4, 2, 1, 1, 1, 3, 6, 12, 22, 32, 38, 40, 40, 38, 36, 34, 32, 32, 34, 34, 30, 22, 12]
_UTC_SHIFT = 5
HOUR_TABLE = np.array(
    [
        quantile_table([float(w) for w in np.roll(hours, _UTC_SHIFT)])
        for hours in [_WEEKDAY] * 5 + [_WEEKEND] * 2
    ]
)  # (7 weekdays from Monday, 256)
OPENING_HOUR_UTC, OPEN_HOURS = 14, 10
DAY_WEIGHTS = np.array([1.2, 1.1, 1.05, 1.05, 1.1, 0.85, 0.65])  # arrivals by weekday
