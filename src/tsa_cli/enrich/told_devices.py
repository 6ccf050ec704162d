"""
The device of an event whose source keeps no user agent, but says what it made of it.

Such words stand where the agent would, as one JSON object of type, browser and os. The exports of
GA4, Mixpanel and Amplitude have no agent, and apps have none.
"""

import json
from dataclasses import dataclass

import polars as pl

from tsa_cli.enrich.devices import device_types

KEYS = ("type", "browser", "os")
_TYPES = {
    "mobile": "mobile", "phone": "mobile", "smartphone": "mobile", "android": "mobile",
    "tablet": "tablet", "console": "console", "smart tv": "tv", "tv": "tv",
    "desktop": "desktop", "computer": "desktop", "mac": "desktop", "macos": "desktop",
    "windows": "desktop", "linux": "desktop", "chrome os": "desktop", "chromeos": "desktop",
}  # fmt: skip

# One system has one name, the one that it has where it is read from a user agent.
_SYSTEMS = {
    "ios": "iOS", "iphone os": "iOS", "ipados": "iOS", "ipad os": "iOS", "android": "Android",
    "mac": "Mac OS X", "macintosh": "Mac OS X", "macos": "Mac OS X", "mac os": "Mac OS X",
    "os x": "Mac OS X", "mac os x": "Mac OS X", "windows": "Windows", "linux": "Linux",
    "chrome os": "Chrome OS", "chromeos": "Chrome OS",
}  # fmt: skip


@dataclass(frozen=True)
class ToldDevice:
    """What was said; `device_type` is unknown where the words name no kind."""

    browser: str | None
    os: str | None
    device_type: str


def told_device(agent: str) -> ToldDevice | None:
    """What the words say; None for a user agent."""
    if not agent.startswith('{"type":'):
        return None
    try:
        told = json.loads(agent)
    except (ValueError, RecursionError):
        return None
    kind, browser, os = (str(told.get(key) or "") for key in KEYS)
    if browser.lower() in _SYSTEMS:  # Amplitude has one key for both, and an app has no browser
        os, browser = os or browser, ""
    system = _SYSTEMS.get(os.lower(), os) or _system_of(kind)
    return ToldDevice(browser or None, system or None, _device_type(kind, browser, os))


def _system_of(kind: str) -> str:
    """The system that the name of a device is, or tells; empty where it does not."""
    is_apples = kind.startswith(("iPhone", "iPad", "iPod", "Apple i"))
    return "iOS" if is_apples else _SYSTEMS.get(kind.lower(), "")


def _device_type(kind: str, browser: str, os: str) -> str:
    """By a word of their own; else as the name of a model and the system say."""
    word = (kind or os).lower()
    if word in _TYPES:
        return _TYPES[word]
    # An agent of Android without the word Mobile is a tablet's; a model's name says what it is.
    phone = "mobile" if "android" in os.lower() or "mobile" in browser.lower() else ""
    words = pl.Series([f"{kind}; {os}; {phone}"], dtype=pl.String)
    return str(device_types(words, pl.Series([os], dtype=pl.String))[0])
