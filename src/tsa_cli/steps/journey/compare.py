"""
Patterns, and two groups of sessions side by side.

reads   the arrays of `visits`; for the groups core and what their key asks for
writes  nothing
source  definitions D27: pattern language and `diff` mode
"""

import numpy as np

from tsa_cli.config.journeys import Comparison, JourneyConfig
from tsa_cli.kernels import paths
from tsa_cli.kernels.paths import Flags, Ints
from tsa_cli.kernels.patterns import matching_sessions
from tsa_cli.kernels.top_paths import top_paths
from tsa_cli.kernels.wilson import wilson
from tsa_cli.matcher import MatcherCompiler
from tsa_cli.relations import CORE_RELATION
from tsa_cli.steps.journey.marks import Span, integers
from tsa_cli.steps.journey.result import (
    EXIT,
    OTHER,
    ComparisonReport,
    GroupRow,
    Level,
    PatternRow,
    ShareChange,
    Transition,
    TransitionChange,
    ratio,
)
from tsa_cli.steps.journey.tables import last_steps, level_rows, reduced, transition_rows
from tsa_cli.steps.journey.visits import Visits
from tsa_cli.store.store import Store


def pattern_rows(
    store: Store, visits: Visits, config: JourneyConfig, span: Span
) -> list[PatternRow]:
    """The sessions that follow each pattern, in the order of the configuration."""
    if not config.patterns:
        return []
    rows = store.arrays("4_reports/journey_times.sql", as_of=span.as_of)
    seq = integers(rows["core_seq"])
    time_of = np.zeros(int(seq.max(initial=-1)) + 1, np.int64)
    time_of[seq] = integers(rows["time_us"])
    times = time_of[visits.steps.seq]
    total = len(visits.steps.starts)
    answer = []
    for pattern in config.parsed_patterns():
        hit = matching_sessions(visits.steps, times, pattern, visits.states)
        count = int(hit.sum())
        users = len(np.unique(visits.user[hit]))
        converted = int((hit & visits.is_converted).sum())
        bounds = wilson(count, total)
        answer.append(
            PatternRow(
                pattern.text, count, users, ratio(count, total), *bounds, ratio(converted, count)
            )
        )
    return answer


def only(visits: Visits, keep: Flags) -> Visits:
    """The visits of the kept sessions, (n_sessions,) bool."""
    is_cut = visits.whole is not visits.steps
    steps = paths.select(visits.steps, keep)
    return Visits(
        steps=steps,
        whole=paths.select(visits.whole, keep) if is_cut else steps,
        states=visits.states,
        user=visits.user[keep],
        conversion_seq=visits.conversion_seq[keep],
    )


def compare_groups(
    store: Store, visits: Visits, config: JourneyConfig, wanted: Comparison
) -> ComparisonReport:
    """The two groups of sessions: their shares, and the second minus the first."""
    first, second = _groups(store, visits, wanted)
    both = only(visits, first | second)
    side = second[first | second].astype(np.int64)
    names, steps = reduced(both, config)
    parts = [paths.select(steps, side == number) for number in (0, 1)]
    return ComparisonReport(
        by=wanted.by,
        groups=[_group(v, only(both, side == i)) for i, v in enumerate(wanted.values)],
        paths=_path_changes(both, side, config),
        transitions=_transition_changes(*(transition_rows(names, part) for part in parts)),
        step_matrix=_level_changes(*(level_rows(names, part, config) for part in parts)),
    )


def _groups(store: Store, visits: Visits, wanted: Comparison) -> tuple[Flags, Flags]:
    compiler = MatcherCompiler(CORE_RELATION)
    value = compiler.text(wanted.by)
    slots = {"columns": compiler.columns(), "joins": compiler.joins(), "value": value}
    rows = store.arrays(
        "4_reports/journey_groups.sql", slots, first=wanted.values[0], second=wanted.values[1]
    )
    keys = integers(rows["session_key"])
    side = np.zeros(int(max(keys.max(initial=-1), visits.steps.sessions.max(initial=-1))) + 1)
    side[keys] = np.where(np.asarray(rows["is_first"]), 1, 2)
    here = side[visits.steps.sessions]
    return here == 1, here == 2


def _group(value: str, visits: Visits) -> GroupRow:
    sessions, converted = len(visits.user), int(visits.is_converted.sum())
    users = len(np.unique(visits.user))
    return GroupRow(
        value, sessions, users, ratio(converted, sessions), *wilson(converted, sessions)
    )


def _path_changes(both: Visits, side: Ints, config: JourneyConfig) -> list[ShareChange]:
    """The top paths of both groups together, most frequent first, and `(other)`."""
    table = top_paths(
        last_steps(both.steps, config),
        max_steps=config.max_steps,
        top=config.top,
        state_count=len(both.states),
    )
    listed = len(table.paths)
    group = np.where(table.path_of_session < 0, listed, table.path_of_session)
    counts = np.bincount(group * 2 + side, minlength=2 * (listed + 1)).reshape(-1, 2)
    sessions = np.bincount(side, minlength=2)
    names = [[both.states[code] for code in path] for path in table.paths] + [[OTHER]]
    return [
        _share_change(name, *(ratio(int(c), int(n)) for c, n in zip(row, sessions, strict=True)))
        for name, row in zip(names, counts, strict=True)
        if row.any()
    ]


def _transition_changes(
    first: list[Transition], second: list[Transition]
) -> list[TransitionChange]:
    """Every move of either group; null where a group never was at the source."""
    moves = [{(t["from"], t["to"]): t["probability"] for t in side} for side in (first, second)]
    sources = [{source for source, _ in side} for side in moves]
    answer: list[TransitionChange] = []
    for source, target in dict.fromkeys([*moves[0], *moves[1]]):
        shares = [
            side.get((source, target), 0.0) if source in known else None
            for side, known in zip(moves, sources, strict=True)
        ]
        change = _change(*shares)
        answer.append(
            {"from": source, "to": target, "first": shares[0], "second": shares[1],
             "change": change}
        )  # fmt: skip
    return answer


def _level_changes(first: list[Level], second: list[Level]) -> list[list[ShareChange]]:
    """For every step the states of either group; a group that has ended is all in `(exit)`."""
    answer = []
    for number in range(max(len(first), len(second))):
        sides = [_shares(levels, number) for levels in (first, second)]
        names = dict.fromkeys([*sides[0], *sides[1]])
        answer.append(
            [_share_change([n], sides[0].get(n, 0.0), sides[1].get(n, 0.0)) for n in names]
        )
    return answer


def _shares(levels: list[Level], number: int) -> dict[str, float | None]:
    if number >= len(levels):
        return {EXIT: 1.0} if levels else {}
    return {state.state: state.share for state in levels[number].states}


def _share_change(name: list[str], first: float | None, second: float | None) -> ShareChange:
    return ShareChange(name, first, second, _change(first, second))


def _change(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else second - first
