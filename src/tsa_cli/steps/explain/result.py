"""
What `tsa explain` answers: one person from the first event to the audiences they are in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

Row = Mapping[str, object]


@dataclass(frozen=True)
class Person:
    """Whom the asked id stands for; `other_users` are those who share that id as a device."""

    asked: str
    matched_as: str  # user id | known id | anonymous id
    user_id: str
    other_users: Sequence[str]
    first_seen: datetime | None
    last_seen: datetime | None
    segment: str | None
    traits: Mapping[str, str]  # masked unless asked for in clear


@dataclass(frozen=True)
class EventTypeCount:
    """How often one event happened."""

    event_type: str
    event_count: int


@dataclass(frozen=True)
class Events:
    """
    The person's events in the asked time; `latest` has at most the asked number, newest first.

    `excluded_count` and `new_count` are of all time: not analysed, and newer than `tsa sessionize`.
    """

    event_count: int
    server_count: int
    excluded_count: int
    new_count: int
    by_type: Sequence[EventTypeCount]
    latest: Sequence[Row]


@dataclass(frozen=True)
class Identities:
    """The ids that are this person, each link with why it counts or not, and who names them."""

    why: str
    ids: Sequence[Row]
    edges: Sequence[Row]


@dataclass(frozen=True)
class Sessions:
    """The person's visits begun in the asked time; `latest` like that of the events."""

    session_count: int
    latest: Sequence[Row]


@dataclass(frozen=True)
class AttemptStep:
    """One step done and the event that fills it."""

    index: int  # 1, 2, …
    name: str
    event_type: str
    event_id: str
    at: datetime
    page_url: str | None


@dataclass(frozen=True)
class Attempt:
    """One way into a funnel: from a first step to where it ended, and why there."""

    number: int  # 1, 2, … by first step
    started_at: datetime
    window_ends_at: datetime
    reached: int  # required steps done
    steps: Sequence[AttemptStep]
    ended: str  # converted | excluded | order_broken | held_value_differs | window_closed | open
    ended_at: datetime
    why: str
    is_counted: bool


@dataclass(frozen=True)
class FunnelUnit:
    """
    The person, or one of their sessions or devices, as the funnel counts it.

    Of very many attempts the one that decides and the latest are told; `attempt_count` is of all.
    """

    unit_id: str
    state: str  # converted | dropped | pending | excluded | not_entered
    last_step: int | None  # furthest required step of the attempt that counts, 1, 2, …
    why: str
    attempt_count: int
    attempts: Sequence[Attempt]


@dataclass(frozen=True)
class FunnelExplained:
    """One funnel; of sessions and devices only those that tried."""

    name: str
    count_by: str
    order: str
    window_seconds: float
    step_count: int
    units: Sequence[FunnelUnit]


@dataclass(frozen=True)
class Explanation:
    """`features`, `scores` and `audiences` are null where no command has made their table."""

    person: Person
    events: Events
    identities: Identities
    sessions: Sessions
    funnels: Sequence[FunnelExplained]
    features: Row | None
    scores: Sequence[Row] | None
    audiences: Sequence[Row] | None
