"""
Time zone names in configuration.

reads   the IANA time zone database of the system or of the tzdata package
"""

import re
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

# What some systems keep beside the zones: names of no zone, and of another one on each machine.
_NO_ZONES = re.compile(r"localtime|posixrules|(?:posix|right)/.*")


def known_timezone(name: str) -> str:
    """`name`, when it is an IANA time zone; ValueError with the nearest one otherwise."""
    try:
        if _NO_ZONES.fullmatch(name):
            raise ZoneInfoNotFoundError(name)
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = get_close_matches(name, available_timezones() - {name}, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f'no time zone like "Europe/Berlin": {name!r}{hint}') from None
    return name
