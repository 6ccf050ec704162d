"""
Moments and lengths of time as sentences say them.
"""

from datetime import datetime, timedelta

EPOCH = datetime(1970, 1, 1)
_UNITS = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))


def moment_of(time_us: int) -> datetime:
    """Naive UTC."""
    return EPOCH + timedelta(microseconds=time_us)


def moment_text(moment: datetime) -> str:
    """To the second, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"


def span_text(seconds: float) -> str:
    """Its largest two units: 2d 3h, 5m 10s; what is shorter than a second with its decimals."""
    if seconds < 1:
        return f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"
    left = int(seconds)
    parts: list[str] = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append(f"{count}{unit}")
    return " ".join(part for part in parts[:2] if not part.startswith("0"))


def joined(words: list[str], last: str = "and") -> str:
    """a, b and c."""
    return f" {last} ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
