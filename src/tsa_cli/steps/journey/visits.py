"""
The steps of the asked sessions, cleaned, filtered and cut as the configuration says.

reads   core, pages or event_types, sessions, and what the matchers ask for
writes  nothing
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from tsa_cli.config.journeys import JourneyConfig, Point
from tsa_cli.config.matchers import Matcher
from tsa_cli.kernels import paths
from tsa_cli.kernels.paths import Codes, Flags, Ints, Numbers, Steps, StepsInOrder
from tsa_cli.kernels.patterns import named
from tsa_cli.steps.journey.filters import POINTS, Filters
from tsa_cli.steps.journey.marks import Marks, Sessions, Span
from tsa_cli.store.side_by_side import cut, side_by_side
from tsa_cli.store.store import Store

PIECE_ROWS = 2_000_000  # read at a time
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Visits:
    """The steps of all sessions in the report; (n_sessions,) arrays are parallel to `steps`."""

    steps: Steps
    whole: Steps  # the same sessions before `start` and `end` cut them
    states: list[str]  # sorted, so that codes compare as names do
    user: Numbers
    conversion_seq: Ints  # core_seq of the session's first conversion, NEVER without one

    @property
    def is_converted(self) -> Flags:
        """Which sessions have a conversion."""
        return np.asarray(self.conversion_seq != NEVER)


def read_visits(
    store: Store, config: JourneyConfig, span: Span, sessions: Sessions, marks: Marks
) -> Visits:
    """The steps of the sessions in the span that pass every filter."""
    codes_of, is_state, states = _states(store, config)
    filters = Filters(config, span, states, sessions, marks)
    uncut = _read_steps(store, config, span, codes_of, is_state, filters)
    steps = _cut(config, uncut, states)
    whole = uncut
    if steps is not uncut:
        whole = paths.select(uncut, _is_among(steps.sessions, uncut.sessions))
    user_of = np.zeros(_size(sessions.key), sessions.user.dtype)
    user_of[sessions.key] = sessions.user
    return Visits(
        steps=steps,
        whole=whole,
        states=states,
        user=user_of[steps.sessions],
        conversion_seq=_first_conversions(marks, steps.sessions),
    )


def _read_steps(
    store: Store,
    config: JourneyConfig,
    span: Span,
    codes_of: Codes,
    is_state: Flags,
    filters: Filters,
) -> Steps:
    """The steps of whole sessions, piece by piece: few arrays are as long as core."""

    def read(own: Store, part: range) -> Steps:
        rows = own.arrays(
            f"4_reports/journey_{config.unit}_steps.sql",
            as_of=span.as_of,
            from_seq=part.start,
            to_seq=part.stop - 1,
        )
        if not are_states:
            kept = is_state[rows["state_key"]]
            rows = {name: column[kept] for name, column in rows.items()}
        return filters.steps_of(rows["core_seq"], rows["session_key"], codes_of[rows["state_key"]])

    are_states = bool(is_state.all())
    count = store.count("4_reports/last_core_seq.sql") + 1
    built = StepsInOrder(count, codes_of.dtype.type, collapse=config.collapse_repeats)
    for steps in side_by_side(store, read, cut(range(count), PIECE_ROWS)):
        built.add(steps)
    return built.steps()


def _states(store: Store, config: JourneyConfig) -> tuple[Codes, Flags, list[str]]:
    """
    The code of each state key, whether it has a name at all, and the names by code, sorted.

    Names are few, pages many: the engine tells them apart, and each name is rewritten once.
    """
    rows = store.rows(f"4_reports/journey_{config.unit}_names.sql")
    rules = [(re.compile(rule.match), rule.to) for rule in config.rewrite]
    names = [_rewritten(str(name), rules) for (name,) in rows]
    states = sorted(set(names))
    code = {name: i for i, name in enumerate(states)}
    code_type: type[np.integer[Any]] = (
        np.uint16 if len(states) <= np.iinfo(np.uint16).max else np.int32
    )
    code_of_name = np.array([code[name] for name in names], code_type)
    found = store.arrays(f"4_reports/journey_{config.unit}_codes.sql")
    keys, places = found["state_key"], found["place"]
    codes_of: Codes = np.zeros(int(keys.max(initial=0)) + 1, code_type)
    is_state = np.ones(len(codes_of), np.bool_)
    is_state[keys[places < 0]] = False
    codes_of[keys[places >= 0]] = code_of_name[places[places >= 0]]
    return codes_of, is_state, states


def _rewritten(name: str, rules: list[tuple[re.Pattern[str], str]]) -> str:
    for pattern, to in rules:
        if pattern.search(name):
            return pattern.sub(to, name, count=1)
    return name


def _cut(config: JourneyConfig, steps: Steps, states: list[str]) -> Steps:
    """Sessions from their first `start` to the first `end` after it, if they go `through`."""

    def first(point: Point, role: str, of: Steps) -> Ints:
        return paths.first_index(of, _at(point, role, of, states))

    kept = steps
    if config.start is not None:
        begin = first(config.start, "start", kept)
        kept = paths.window_of(kept, begin, np.where(begin < 0, 0, kept.ends - begin + 1))
    if config.end is not None:
        last = first(config.end, "end", kept)
        kept = paths.window_of(kept, kept.starts, np.where(last < 0, 0, last - kept.starts + 1))
    if config.through is not None:
        kept = paths.select(kept, first(config.through, "through", kept) >= 0)
    return kept


def _at(point: Point, role: str, steps: Steps, states: list[str]) -> Flags:
    """Which steps are the point: by name, or by one of the events that the step stands for."""
    if not isinstance(point, Matcher):
        return named(point, states)[steps.codes]
    if steps.marks is None:
        return np.zeros(len(steps.codes), np.bool_)
    return np.asarray((steps.marks >> POINTS.index(role)) & 1 == 1)


def _first_conversions(marks: Marks, sessions: Numbers) -> Ints:
    """The core_seq of each session's first conversion, NEVER without one."""
    hit = marks.of("conversion") & (marks.session >= 0)
    keys, seq = marks.session[hit], marks.seq[hit]
    first_of = np.full(max(_size(keys), _size(sessions)), NEVER)
    first_of[keys[::-1]] = seq[::-1]  # of several values the last one written stays
    return first_of[sessions]


def _is_among(keys: Numbers, wanted: Numbers) -> Flags:
    """Which of `wanted` is one of `keys`; both are small numbers from 0."""
    table = np.zeros(max(_size(keys), _size(wanted)), np.bool_)
    table[keys] = True
    return np.asarray(table[wanted])


def _size(keys: Numbers) -> int:
    return int(keys.max(initial=-1)) + 1
