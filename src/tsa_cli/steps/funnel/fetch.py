"""
The events of a funnel as rows for the kernels, with what each of them matches.

reads   core, core_by_type, actors, event_types, and what the matchers ask for
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.config.matchers import Matcher
from tsa_cli.kernels.funnel_types import FunnelEvents, Ints
from tsa_cli.matcher import names_of
from tsa_cli.steps.funnel.codes import Codes
from tsa_cli.steps.funnel.core_rows import (
    WHOLE,
    Actors,
    CorePart,
    CoreRows,
    event_codes,
    in_order,
    in_order_of_ids,
    read_core,
    read_users,
)
from tsa_cli.steps.funnel.readings import ask
from tsa_cli.steps.funnel.span import Span
from tsa_cli.steps.funnel.told import Answer, Told, told_by
from tsa_cli.steps.funnel.user_times import UserTimes
from tsa_cli.store.fragment import Fragment
from tsa_cli.store.store import Store

FEWEST_ROWS_TO_SPLIT = 100_000  # fewer are searched sooner than a thread has begun
UNITS = {
    "user": Fragment("a.user_key"),
    "session": Fragment("c.session_key"),
    "device": Fragment("c.device_key"),
}


@dataclass(frozen=True)
class FunnelRows:
    """The events in total order, where each is in core, and the breakdown's values of `all`."""

    events: FunnelEvents
    core_seq: Ints
    split: Codes | None = None


@dataclass(frozen=True)
class MarkedRows:
    """Rows in the order in which they were read, with what they match, hold and are split by."""

    rows: CoreRows
    marks: Ints
    told: Told


@dataclass(frozen=True)
class Reading:
    """How rows are read: of which types, and what is told of them beside their names."""

    config: FunnelConfig
    span: Span
    codes: list[int]
    bits: Ints  # of the matchers that are names alone, by code
    answers: list[Answer]
    type_count: int  # of all types in the store

    @property
    def has_event_seq(self) -> bool:
        """True when rows need their number in the log."""
        return bool(self.answers)

    def marked(
        self,
        store: Store,
        part: CorePart = WHOLE,
        actors: Actors | None = None,
        *,
        has_core_seq: bool = True,
    ) -> MarkedRows:
        """Rows of core, with what they match."""
        rows = read_core(
            store,
            self.config,
            self.span,
            self.codes,
            has_core_seq=has_core_seq,
            has_event_seq=self.has_event_seq,
            part=part,
            actors=actors,
        )
        return self.of(rows)

    def of_users(self, users: UserTimes) -> MarkedRows:
        """Rows of users, with what they match; ties in any order."""
        return self.of(read_users(users, self.codes, has_event_seq=self.has_event_seq))

    def of(self, rows: CoreRows) -> MarkedRows:
        """The rows, with what they match."""
        told = told_by(self.answers, rows.event_seq, len(rows.unit))
        return MarkedRows(rows, self.bits[rows.code] | told.marks, told)


def reading_of(
    store: Store, config: FunnelConfig, span: Span, aliases: Mapping[str, str]
) -> Reading:
    """Every event that can fill a step, exclude, or (strict) stand between."""
    matchers = dict(enumerate(matchers_of(config)))
    types = event_codes(store, aliases)
    names = None if config.order == "strict" else names_of(matchers.values(), aliases)
    ignored = types.of(config.strict_ignores)
    codes = [code for code in types.of(names) if code not in ignored]
    plain = {place: one for place, one in matchers.items() if one.is_names_only()}
    answers = ask(store, config, span, aliases)
    return Reading(config, span, codes, types.bits(plain), answers, len(types.by_name))


def needs_core(config: FunnelConfig, aliases: Mapping[str, str]) -> bool:
    """True when the order of ties can matter to everybody, or units are not users."""
    is_of_users = config.count_by == "user"
    return not is_of_users or not (config.order == "strict" or is_told_apart(config, aliases))


def rows_that_matter(config: FunnelConfig, marked: MarkedRows) -> Ints:
    """The places of the rows that match something; of a strict funnel, of all."""
    if config.order == "strict":
        return np.arange(len(marked.marks))
    return np.flatnonzero(marked.marks)


def halves(marked: MarkedRows, config: FunnelConfig) -> list[Ints]:
    """The places of the rows that matter of the lower and of the upper units, or of all of few."""
    unit = marked.rows.unit
    chosen = rows_that_matter(config, marked)
    if len(unit) < FEWEST_ROWS_TO_SPLIT:
        return [chosen]
    is_lower = unit[chosen] <= np.median(unit[:: max(1, len(unit) // 1000)])
    return [chosen[is_lower], chosen[~is_lower]]


def in_total_order(
    store: Store, config: FunnelConfig, marked: MarkedRows, chosen: Ints
) -> FunnelRows:
    """Some of the rows by unit and time, ties by the event's id."""
    rows = marked.rows.only(chosen)
    order = in_order(rows)
    unit, time_us = rows.unit[order], rows.time_us[order]
    if config.count_by == "user" and needs_order_across_devices(config):
        order = in_order_of_ids(store, rows, order, unit, time_us)
    place = chosen[order]
    hold, split = marked.told.hold, marked.told.split
    events = FunnelEvents(unit, time_us, marked.marks[place], None if hold is None else hold[place])
    codes = None if split is None else Codes(split.code[place], split.values)
    core_seq = rows.core_seq[order] if len(rows.core_seq) else rows.core_seq
    return FunnelRows(events, core_seq, codes)


def needs_order_across_devices(config: FunnelConfig) -> bool:
    """True when it shows which of two devices' events at one moment came first."""
    is_strict = config.order == "strict" and config.ties == "strict"
    return is_strict or config.breakdown is not None  # the value is read from one of the two


def joined_rows(parts: list[FunnelRows]) -> FunnelRows:
    """The rows of all parts, whose units ascend from one to the next."""
    if len(parts) == 1:
        return parts[0]
    events = [part.events for part in parts]
    hold = [each.hold for each in events if each.hold is not None]
    split = [part.split for part in parts if part.split is not None]
    return FunnelRows(
        FunnelEvents(
            np.concatenate([each.unit for each in events]),
            np.concatenate([each.time_us for each in events]),
            np.concatenate([each.mask for each in events]),
            np.concatenate(hold) if hold else None,
        ),
        np.concatenate([part.core_seq for part in parts]),
        Codes(np.concatenate([each.code for each in split]), split[0].values) if split else None,
    )


def is_of_names(config: FunnelConfig) -> bool:
    """True when names alone decide which step an event fills."""
    return all(matcher.is_names_only() for matcher in matchers_of(config))


def is_packable(config: FunnelConfig, aliases: Mapping[str, str]) -> bool:
    """
    True when every step names its events, and no event can fill two steps.

    With strict ties none can, even of steps alike: each needs a later moment.
    """
    if config.order != "ordered" or config.hold_constant:
        return False
    if not all(matcher.event_names() is not None for matcher in matchers_of(config)):
        return False
    if any(step.within is not None for step in config.steps):
        return False
    if config.ties == "strict" and not any(step.optional for step in config.steps):
        return True
    return is_told_apart(config, aliases)


def is_told_apart(config: FunnelConfig, aliases: Mapping[str, str]) -> bool:
    """True when names alone tell that no event can fill two steps: ties have no order then."""
    names = [{aliases.get(n, n) for n in step.event_names() or ()} for step in config.steps]
    is_named = all(step.event_names() is not None for step in config.steps)
    return is_named and sum(map(len, names)) == len(set().union(*names))


def matchers_of(config: FunnelConfig) -> list[Matcher]:
    """The steps, and then the exclusions."""
    return [*config.steps, *config.exclude]
