"""
The steps of the asked sessions, cleaned, filtered and cut as the configuration says.

reads   core, pages or event_types, sessions, and what the matchers ask for
writes  nothing
"""

import re
from dataclasses import dataclass

import numpy as np

from tsa_cli.config.journeys import JourneyConfig, Point
from tsa_cli.config.matchers import Matcher
from tsa_cli.kernels import paths
from tsa_cli.kernels.paths import Codes, Flags, Ints, Steps
from tsa_cli.kernels.patterns import named
from tsa_cli.steps.journey.marks import Marks, Sessions, Span
from tsa_cli.store.store import Store

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Events:
    """Events that may be steps, in core order; parallel arrays."""

    seq: Ints
    session: Ints
    codes: Codes


@dataclass(frozen=True)
class Visits:
    """The steps of all sessions in the report; (n_sessions,) arrays are parallel to `steps`."""

    steps: Steps
    whole: Steps  # the same sessions before `start` and `end` cut them
    states: list[str]  # sorted, so that codes compare as names do
    event_seq: Ints  # core_seq of the events that `steps.rows` points into
    user: Ints
    conversion_seq: Ints  # core_seq of the session's first conversion, NEVER without one

    @property
    def is_converted(self) -> Flags:
        """Which sessions have a conversion."""
        return np.asarray(self.conversion_seq != NEVER)

    def seq_of(self, steps: Steps) -> Ints:
        """The core_seq of each step of some of the sessions."""
        return self.event_seq[steps.rows]


def read_visits(
    store: Store, config: JourneyConfig, span: Span, sessions: Sessions, marks: Marks
) -> Visits:
    """The steps of the sessions in the span that pass every filter."""
    codes_of, states = _states(store, config)
    events = _read_events(store, config, span, codes_of)
    keep = _kept(config, span, events, states, sessions, marks)
    if keep is not None:
        events = Events(events.seq[keep], events.session[keep], events.codes[keep])
    uncut = paths.make_steps(events.session, events.codes, collapse=config.collapse_repeats)
    steps = _cut(config, uncut, events, states, marks)
    whole = uncut
    if steps is not uncut:
        whole = paths.select(uncut, _is_among(steps.sessions, uncut.sessions))
    user_of = np.zeros(_size(sessions.key), np.int64)
    user_of[sessions.key] = sessions.user
    return Visits(
        steps=steps,
        whole=whole,
        states=states,
        event_seq=events.seq,
        user=user_of[steps.sessions],
        conversion_seq=_first_conversions(marks, steps.sessions),
    )


def _read_events(store: Store, config: JourneyConfig, span: Span, codes_of: Codes) -> Events:
    rows = store.arrays(f"4_reports/journey_{config.unit}_steps.sql", as_of=span.as_of)
    seq, session = np.asarray(rows["core_seq"]), np.asarray(rows["session_key"])
    codes = codes_of.take(np.asarray(rows["state_key"]))
    if len(seq) and not (seq[1:] > seq[:-1]).all():
        order = np.argsort(seq)
        seq, session, codes = seq[order], session[order], codes[order]
    return Events(seq, session, codes)


def _states(store: Store, config: JourneyConfig) -> tuple[Codes, list[str]]:
    """
    The code of each state key, and the names by code, sorted.

    Names are few, pages many: the engine tells them apart, and each name is rewritten once.
    """
    rows = store.rows(f"4_reports/journey_{config.unit}_names.sql")
    rules = [(re.compile(rule.match), rule.to) for rule in config.rewrite]
    names = [_rewritten(str(name), rules) for (name,) in rows]
    states = sorted(set(names))
    code = {name: i for i, name in enumerate(states)}
    code_of_name = np.array([code[name] for name in names], np.int32)
    found = store.arrays(f"4_reports/journey_{config.unit}_codes.sql")
    codes_of = np.zeros(int(found["state_key"].max(initial=0)) + 1, np.int32)
    codes_of[found["state_key"]] = code_of_name[found["place"]]
    return codes_of, states


def _rewritten(name: str, rules: list[tuple[re.Pattern[str], str]]) -> str:
    for pattern, to in rules:
        if pattern.search(name):
            return pattern.sub(to, name, count=1)
    return name


def _kept(
    config: JourneyConfig,
    span: Span,
    events: Events,
    states: list[str],
    sessions: Sessions,
    marks: Marks,
) -> Flags | None:
    """Which events are steps of asked sessions; None when all are."""
    tests: list[Flags] = []
    if not span.is_everything:
        asked = sessions.key[sessions.is_asked]
        tests.append(_is_among(asked, events.session))
    if config.steps is not None:
        tests.append(_is_among(marks.seq[marks.of("steps")], events.seq))
    if isinstance(config.exclude, Matcher):
        tests.append(~_is_among(marks.seq[marks.of("exclude")], events.seq))
    elif config.exclude is not None:
        tests.append(~named(config.exclude, states)[events.codes])
    return np.logical_and.reduce(tests) if tests else None


def _cut(
    config: JourneyConfig, steps: Steps, events: Events, states: list[str], marks: Marks
) -> Steps:
    """Sessions from their first `start` to the first `end` after it, if they go `through`."""

    def first(point: Point, role: str, cut: Steps) -> Ints:
        flags = _at(point, role, steps, events, states, marks)
        return paths.first_index(cut, flags[np.searchsorted(steps.rows, cut.rows)])

    cut = steps
    if config.start is not None:
        begin = first(config.start, "start", cut)
        cut = paths.window_of(cut, begin, np.where(begin < 0, 0, cut.ends - begin + 1))
    if config.end is not None:
        last = first(config.end, "end", cut)
        cut = paths.window_of(cut, cut.starts, np.where(last < 0, 0, last - cut.starts + 1))
    if config.through is not None:
        cut = paths.select(cut, first(config.through, "through", cut) >= 0)
    return cut


def _at(
    point: Point, role: str, steps: Steps, events: Events, states: list[str], marks: Marks
) -> Flags:
    """Which steps are the point: by name, or by one of the events that the step stands for."""
    if not isinstance(point, Matcher):
        return named(point, states)[steps.codes]
    here = np.zeros(len(steps.codes), np.bool_)
    row = np.flatnonzero(_is_among(marks.seq[marks.of(role)], events.seq))
    here[np.searchsorted(steps.rows, row, side="right") - 1] = True
    return here


def _first_conversions(marks: Marks, sessions: Ints) -> Ints:
    """The core_seq of each session's first conversion, NEVER without one."""
    hit = marks.of("conversion") & (marks.session >= 0)
    keys, seq = marks.session[hit], marks.seq[hit]
    first_of = np.full(max(_size(keys), _size(sessions)), NEVER)
    first_of[keys[::-1]] = seq[::-1]  # of several values the last one written stays
    return first_of[sessions]


def _is_among(keys: Ints, wanted: Ints) -> Flags:
    """Which of `wanted` is one of `keys`; both are small numbers from 0."""
    table = np.zeros(max(_size(keys), _size(wanted)), np.bool_)
    table[keys] = True
    return np.asarray(table[wanted])


def _size(keys: Ints) -> int:
    return int(keys.max(initial=-1)) + 1
