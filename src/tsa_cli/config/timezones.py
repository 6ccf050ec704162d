"""
Time zone names in configuration.

reads   the IANA time zone database of the system or of the tzdata package
"""

from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones


def known_timezone(name: str) -> str:
    """`name`, when it is an IANA time zone; ValueError with the nearest one otherwise."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = get_close_matches(name, available_timezones(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f'no time zone like "Europe/Berlin": {name!r}{hint}') from None
    return name
