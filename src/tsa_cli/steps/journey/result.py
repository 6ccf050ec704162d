"""
What a journey report says; `asdict` of it is the `data` of `tsa journey`.

source  the contract's section 6
"""

from dataclasses import dataclass
from typing import TypedDict

ENTRY = "(entry)"
EXIT = "(exit)"
OTHER = "(other)"
JOURNEY_TYPES = ("direct", "researcher", "long_researcher", "browser", "new_or_light")


@dataclass(frozen=True)
class PathRow:
    """One path; `share` is of all sessions of the report."""

    path: list[str]
    sessions: int
    users: int
    share: float | None
    conversion_rate: float | None  # sessions with a conversion / sessions


@dataclass(frozen=True)
class ConversionPathRow:
    """The last steps up to a session's first conversion; `share` is of converting sessions."""

    path: list[str]
    sessions: int
    users: int
    share: float | None


# `from` is a Python keyword, so this one cannot be a dataclass.
Transition = TypedDict(
    "Transition", {"from": str, "to": str, "count": int, "probability": float | None}
)
TransitionChange = TypedDict(
    "TransitionChange",
    {"from": str, "to": str, "first": float | None, "second": float | None, "change": float | None},
)


@dataclass(frozen=True)
class ExitRow:
    """Where whole sessions end; `exit_rate` is exits / sessions that saw the page."""

    page: str
    exits: int
    sessions: int | None
    exit_rate: float | None


@dataclass(frozen=True)
class EntryRow:
    """Where whole sessions begin; `share` is entries / all sessions."""

    page: str
    entries: int
    sessions: int | None
    share: float | None


@dataclass(frozen=True)
class TypeRow:
    """A journey type and its users; every user has exactly one."""

    type: str
    users: int
    share: float | None


@dataclass(frozen=True)
class StateShare:
    """One state at one step."""

    state: str
    sessions: int
    share: float | None


@dataclass(frozen=True)
class Level:
    """Where all sessions are at step 1, 2, …; those that have ended are in `(exit)`."""

    step: int
    states: list[StateShare]


@dataclass(frozen=True)
class PatternRow:
    """The sessions that follow a pattern."""

    pattern: str
    sessions: int
    users: int
    share: float | None
    ci_low: float | None
    ci_high: float | None
    conversion_rate: float | None


@dataclass(frozen=True)
class ShareChange:
    """A share in the first and in the second group, and second - first."""

    name: list[str]
    first: float | None
    second: float | None
    change: float | None


@dataclass(frozen=True)
class GroupRow:
    """One side of a comparison."""

    value: str
    sessions: int
    users: int
    conversion_rate: float | None
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True)
class ComparisonReport:
    """Two groups of sessions side by side."""

    by: str
    groups: list[GroupRow]
    paths: list[ShareChange]
    transitions: list[TransitionChange]
    step_matrix: list[list[ShareChange]]


@dataclass(frozen=True)
class JourneyReport:
    """One journey report."""

    name: str
    unit: str
    sessions: int
    users: int
    conversion_rate: float | None
    paths: list[PathRow]
    transitions: list[Transition]
    exits: list[ExitRow]
    entries: list[EntryRow]
    conversion_paths: list[ConversionPathRow]
    journey_types: list[TypeRow]
    step_matrix: list[Level]
    patterns: list[PatternRow]
    compare: ComparisonReport | None


def ratio(part: float, whole: float) -> float | None:
    """part / whole; None when the whole is 0."""
    return part / whole if whole else None
