"""
The time that a funnel is asked about.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_TS = datetime(1, 1, 1)
EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)


def microseconds_of(moment: datetime) -> int:
    """Since 1970 UTC."""
    return (moment - EPOCH) // MICROSECOND


@dataclass(frozen=True)
class Span:
    """The asked time, naive UTC, both ends included: entries between, events up to `as_of`."""

    as_of: datetime
    since: datetime | None = None
    until: datetime | None = None

    def cuts(self, begin: datetime, end: datetime) -> bool:
        """True when the asked time leaves out a part of the period from `begin` to before `end`."""
        is_begun_late = self.since is not None and self.since > begin
        return is_begun_late or (self.until is not None and self.until + MICROSECOND < end)

    def bounds(self, window: timedelta) -> tuple[datetime, datetime]:
        """The first and the last moment at which an event can matter."""
        last = self.as_of
        if self.until is not None and self.until < last - window:
            last = self.until + window
        return self.since or FIRST_TS, last
