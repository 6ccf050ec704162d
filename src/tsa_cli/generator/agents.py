"""
The browsers and crawlers that visit the synthetic shop: user-agent strings by device class.

reads   nothing
writes  nothing; constant tables
source  user-agent strings as the vendors document them for their browsers and crawlers
"""

from enum import IntEnum

import numpy as np

from tsa_cli.generator.tables import U8
from tsa_cli.generator.traffic import quantile_table


class DeviceRole(IntEnum):
    """Who uses a browser."""

    PERSON = 0
    SHOP_TABLET = 1
    BOT = 2


_CHROME = "(KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36"
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS {1} like Mac OS X) "
    + _SAFARI
    + " Version/{0} Mobile/15E148 Safari/604.1"
)
_ANDROID = (
    "Mozilla/5.0 (Linux; Android {1}; {2}) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/{0}.0.0.0 Mobile Safari/537.36"
)
MOBILE = (
    _IPHONE.format("17.6", "17_6_1"),
    _IPHONE.format("18.1", "18_1_1"),
    _IPHONE.format("16.6", "16_6"),
    _ANDROID.format("131", "10", "K"),
    _ANDROID.format("130", "14", "SM-S911B"),
    _ANDROID.format("131", "13", "SM-A546E"),
    _ANDROID.format("129", "14", "Pixel 8"),
    "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1",
)
DESKTOP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 " + _CHROME.format("131"),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 " + _CHROME.format("130"),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    + _CHROME.format("131")
    + " Edg/131.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " + _SAFARI + " Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 " + _CHROME.format("131"),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 " + _CHROME.format("130"),
)
TABLET = (
    "Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) "
    + _SAFARI
    + " Version/17.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; SM-X710) AppleWebKit/537.36 " + _CHROME.format("130"),
)
CRAWLERS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; "
    "+https://openai.com/gptbot)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; "
    "+claudebot@anthropic.com)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)",
)
USER_AGENTS = (*MOBILE, *DESKTOP, *TABLET, *CRAWLERS)
FIRST_CRAWLER = len(MOBILE) + len(DESKTOP) + len(TABLET)
SHOP_TABLET_AGENT = len(MOBILE) + len(DESKTOP)  # the iPad

_MOBILE_WEIGHTS = [20.0, 22.0, 6.0, 24.0, 6.0, 6.0, 4.0, 6.0, 1.0, 5.0]
_DESKTOP_WEIGHTS = [34.0, 10.0, 16.0, 16.0, 12.0, 6.0, 3.0, 3.0]
_TABLET_WEIGHTS = [70.0, 30.0]
# The two tables are indexed by "is this the person's second device": phone first, desk second.
_FIRST_SHARES = (0.62, 0.33, 0.05)
_SECOND_SHARES = (0.15, 0.75, 0.10)


def _agent_table(shares: tuple[float, float, float]) -> U8:
    weights: list[float] = []
    for share, group in zip(
        shares, (_MOBILE_WEIGHTS, _DESKTOP_WEIGHTS, _TABLET_WEIGHTS), strict=True
    ):
        weights += [share * weight / sum(group) for weight in group]
    return quantile_table(weights)


AGENT_TABLE = np.array([_agent_table(_FIRST_SHARES), _agent_table(_SECOND_SHARES)])  # (2, 256)
# First octets of large access networks in the United States and Canada.
FIRST_OCTETS: U8 = np.array([24, 50, 67, 68, 71, 73, 75, 76, 96, 98, 99, 107, 142, 174], np.uint8)
