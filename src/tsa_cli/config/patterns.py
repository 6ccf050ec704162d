"""
The pattern language of journeys: `quote -> .* -> (<=30m) -> booked`.

Items between arrows: a state name (`*` stands for any text), `.` one step, `.*` any steps,
`[^x]*` any steps but x (several: `[^x, y]*`), `path_start` or `^`, `path_end` or `$`, and a time
gap between the matched steps on its two sides: `(<=30m)`, `(>2h)`, or ClickHouse's `(?t<=1800)`.

source  Retentioneering's path patterns, ClickHouse's sequenceMatch (definitions D27)
"""

import re
from dataclasses import dataclass, field, replace

from tsa_cli.config.model import bounded_duration

_GAP = re.compile(r"\((\?t)?\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w)?)\s*\)")
_BUT = re.compile(r"\[\^(.+)\]\*")
_START = ("path_start", "^")
_END = ("path_end", "$")


@dataclass(frozen=True)
class Between:
    """What may lie between two matched steps; nothing unless `is_free`."""

    is_free: bool = False
    but: tuple[str, ...] = ()  # names that must not occur in between
    min_gap_us: int = 0
    max_gap_us: int | None = None


@dataclass(frozen=True)
class PatternStep:
    """One step to match, and what may lie before it."""

    name: str  # "*" is any step
    before: Between


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern; `after` is what may lie between the last step and the session's end."""

    text: str
    steps: tuple[PatternStep, ...]
    after: Between = field(default_factory=lambda: Between(is_free=True))


def parse_pattern(text: str) -> Pattern:
    """The pattern of `text`; ValueError saying what is wrong with which item."""
    items = [item.strip() for item in text.split("->")]
    if "" in items:
        raise ValueError(f"{text!r}: an item between arrows is empty")
    anchored = items[0] in _START
    items = items[1:] if anchored else items
    ended = bool(items) and items[-1] in _END
    items = items[:-1] if ended else items
    between = Between() if anchored else Between(is_free=True)
    steps: list[PatternStep] = []
    for item in items:
        if item in (*_START, *_END):
            raise ValueError(f"{text!r}: {item} stands only at its end of the pattern")
        wider = _between(item, between)
        if wider is not None:
            between = wider
            continue
        steps.append(PatternStep("*" if item == "." else item, between))
        between = Between()
    after = between if ended else replace(between, is_free=True)
    _refuse(text, steps, after, anchored=anchored, ended=ended)
    return Pattern(text, tuple(steps), after)


def _between(item: str, so_far: Between) -> Between | None:
    """`so_far` widened by the item; None when the item is a step."""
    if item == ".*":
        return replace(so_far, is_free=True)
    but = _BUT.fullmatch(item)
    if but:
        names = tuple(name.strip() for name in but[1].split(","))
        return replace(so_far, is_free=True, but=so_far.but + names)
    gap = _GAP.fullmatch(item)
    if not gap:
        return None
    written = gap[3] if gap[3][-1].isalpha() else f"{gap[3]}s" if gap[1] else gap[3]
    length_us = round(bounded_duration(written).total_seconds() * 1_000_000)
    if gap[2][0] == "<":
        return replace(so_far, max_gap_us=length_us - (gap[2] == "<"))
    return replace(so_far, min_gap_us=length_us + (gap[2] == ">"))


def _refuse(
    text: str, steps: list[PatternStep], after: Between, *, anchored: bool, ended: bool
) -> None:
    if not steps:
        raise ValueError(f"{text!r}: there is no step to match")
    ends = (steps[0].before, after)
    if any(end.min_gap_us or end.max_gap_us is not None for end in ends):
        raise ValueError(f"{text!r}: a time gap stands between two steps")
    if (ends[0].but and not anchored) or (ends[1].but and not ended):
        raise ValueError(f"{text!r}: [^x]* stands between two steps, path_start or path_end")
