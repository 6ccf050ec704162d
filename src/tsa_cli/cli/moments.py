"""
`--as-of`, `--since` and `--until`: what a person writes, as a UTC moment.

A date counts as its whole day in the report's time zone (UTC where it has none), so `--until
2026-03-31` ends with its last microsecond; a timestamp without offset is UTC; `30d` counts back
from the clock, which is the newest event of the store and never the wall clock.
"""

from datetime import UTC, date, datetime, timedelta

from tsa_cli.errors import UsageError

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_HINT = "write a date (2026-03-31), a timestamp (2026-03-31T18:00:00Z) or an age (30d)"


def as_of(text: str | None, newest_ts: datetime | None) -> datetime | None:
    """The asked moment, naive UTC (of a date, its first); `newest_ts` when nothing is asked."""
    if text is None:
        return newest_ts
    return _moment("--as-of", text, newest_ts, whole_day=False)


def since(text: str | None, clock: datetime | None, timezone: str = "UTC") -> datetime | None:
    """The first moment that counts, naive UTC; None when nothing is asked."""
    return None if text is None else _moment("--since", text, clock, timezone, whole_day=False)


def until(text: str | None, clock: datetime | None, timezone: str = "UTC") -> datetime | None:
    """The last moment that counts, naive UTC; of a date, the last microsecond of its day."""
    return None if text is None else _moment("--until", text, clock, timezone, whole_day=True)


def _moment(
    option: str,
    text: str,
    clock: datetime | None,
    timezone: str = "UTC",
    *,
    whole_day: bool,
) -> datetime:
    from tsa_cli.config.model import parse_duration

    if text[:1].isdigit() and text[-1:].isalpha() and text[-1] not in "Zz":
        try:
            age = parse_duration(text)
        except ValueError:
            raise UsageError(f"{option} {text}: not a moment", _HINT) from None
        if clock is None:
            raise UsageError(f"{option} {text}: an empty store has no clock", _HINT)
        try:
            return clock - age
        except OverflowError:
            raise UsageError(f"{option} {text}: before the first year", _HINT) from None
    try:
        day = date.fromisoformat(text)
        return _midnight(day + _DAY, timezone) - _TICK if whole_day else _midnight(day, timezone)
    except OverflowError:
        raise UsageError(f"{option} {text}: outside the years 1 to 9999", _HINT) from None
    except ValueError:
        pass  # no date; perhaps a timestamp
    try:
        moment = datetime.fromisoformat(text.upper())  # RFC 3339 has a small t and z, too
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except OverflowError:
        raise UsageError(f"{option} {text}: outside the years 1 to 9999", _HINT) from None
    except ValueError:
        raise UsageError(f"{option} {text}: not a moment", _HINT) from None


def _midnight(day: date, timezone: str) -> datetime:
    """The UTC instant, without zone, at which the local day begins."""
    midnight = datetime.combine(day, datetime.min.time())
    if timezone == "UTC":
        return midnight
    from zoneinfo import ZoneInfo

    return midnight.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC).replace(tzinfo=None)
