"""
Visits become the tables of a journey report.

reads   the arrays of `visits`
writes  nothing
source  definitions D26 (paths, entries, exits), D27 (step matrix), D28 (journey types)
"""

import numpy as np

from tsa_cli.config.journeys import JourneyConfig, TypeBounds
from tsa_cli.kernels import moves, paths
from tsa_cli.kernels.paths import Ints, Steps
from tsa_cli.kernels.top_paths import PathTable, top_paths
from tsa_cli.steps.journey.marks import Marks, Sessions
from tsa_cli.steps.journey.result import (
    ENTRY,
    EXIT,
    JOURNEY_TYPES,
    OTHER,
    ConversionPathRow,
    EntryRow,
    ExitRow,
    Level,
    PathRow,
    StateShare,
    Transition,
    TypeRow,
    ratio,
)
from tsa_cli.steps.journey.visits import NEVER, Visits


def path_rows(visits: Visits, config: JourneyConfig) -> list[PathRow]:
    """The top paths, most frequent first, and the rest as `(other)`; their shares sum to 1."""
    steps = visits.steps
    table = _top_paths(last_steps(steps, config), visits, config)
    listed = len(table.paths)
    group = np.where(table.path_of_session < 0, listed, table.path_of_session)
    sessions = np.bincount(group, minlength=listed + 1)
    users = moves.users_per_group(group, visits.user, listed + 1)
    converted = np.bincount(group[visits.is_converted], minlength=listed + 1)
    names = [[visits.states[code] for code in path] for path in table.paths] + [[OTHER]]
    return [
        PathRow(name, int(n), int(u), ratio(int(n), len(group)), ratio(int(c), int(n)))
        for name, n, u, c in zip(names, sessions, users, converted, strict=True)
        if n
    ]


def conversion_path_rows(visits: Visits, config: JourneyConfig) -> list[ConversionPathRow]:
    """The last `max_steps` steps up to each session's first conversion, counted."""
    steps = paths.select(visits.steps, visits.is_converted)
    limit = visits.conversion_seq[visits.is_converted]
    before = steps.seq <= np.repeat(limit, steps.lengths)
    running = np.concatenate([[0], np.cumsum(before)])
    length = running[steps.ends + 1] - running[steps.starts]
    kept = np.minimum(length, config.max_steps)
    cut = paths.window_of(steps, steps.starts + length - kept, kept)
    user = visits.user[visits.is_converted][kept > 0]
    table = _top_paths(cut, visits, config)
    listed = len(table.paths)
    group = np.where(table.path_of_session < 0, listed, table.path_of_session)
    sessions = np.bincount(group, minlength=listed + 1)
    users = moves.users_per_group(group, user, listed + 1)
    names = [[visits.states[code] for code in path] for path in table.paths] + [[OTHER]]
    return [
        ConversionPathRow(name, int(n), int(u), ratio(int(n), len(group)))
        for name, n, u in zip(names, sessions, users, strict=True)
        if n
    ]


def reduced(visits: Visits, config: JourneyConfig) -> tuple[list[str], Steps]:
    """The names of the most visited states with `(other)` last, and the steps in their numbers."""
    keep = max(config.states, config.top)
    codes, steps = moves.reduce_states(visits.steps, keep=keep, state_count=len(visits.states))
    return [visits.states[code] for code in codes] + [OTHER], steps


def transition_rows(names: list[str], steps: Steps) -> list[Transition]:
    """Every move, by its source and then its count; the probabilities of a source sum to 1."""
    found = moves.transitions(steps, state_count=len(names))
    label = [*names, ENTRY, EXIT]
    out_of = np.bincount(found.source, weights=found.count, minlength=len(label))
    rows = zip(found.source.tolist(), found.target.tolist(), found.count.tolist(), strict=True)
    # Entries first, then the sources as they are most visited.
    ordered = sorted(rows, key=lambda r: (r[0] != len(names), r[0], -r[2], label[r[1]]))
    return [
        {"from": label[a], "to": label[b], "count": n, "probability": n / float(out_of[a])}
        for a, b, n in ordered
    ]


def level_rows(names: list[str], steps: Steps, config: JourneyConfig) -> list[Level]:
    """The step matrix: at every step the shares of all sessions sum to 1 with `(exit)`."""
    matrix = moves.step_matrix(steps, max_steps=config.max_steps, state_count=len(names))
    label = [*names, EXIT]
    total = len(steps.starts)
    levels = []
    for number, counts in enumerate(matrix.tolist(), start=1):
        order = sorted((i for i, n in enumerate(counts) if n), key=lambda i: (-counts[i], i))
        shares = [StateShare(label[i], counts[i], ratio(counts[i], total)) for i in order]
        levels.append(Level(number, shares))
    return levels


def end_rows(visits: Visits, top: int) -> tuple[list[EntryRow], list[ExitRow]]:
    """
    Where sessions begin and where they end, the most frequent first.

    Of whole sessions (D26): at the end of a cut path nobody need have left.
    """
    steps, count = visits.whole, len(visits.states)
    entries = np.bincount(steps.codes[steps.starts], minlength=count)
    exits = np.bincount(steps.codes[steps.ends], minlength=count)
    begun, ended = _largest(entries, top), _largest(exits, top)
    both = np.union1d(begun, ended)
    seen = np.zeros(count, np.int64)  # sessions that were there at all; one pass for both tables
    seen[both] = moves.sessions_with(steps, both, state_count=count)
    return _entry_rows(visits, entries, begun, seen), _exit_rows(visits, exits, ended, seen)


def _entry_rows(visits: Visits, entries: Ints, listed: Ints, seen: Ints) -> list[EntryRow]:
    total = len(visits.whole.starts)
    rows = [
        EntryRow(visits.states[i], int(entries[i]), int(seen[i]), ratio(int(entries[i]), total))
        for i in listed
    ]
    rest = total - sum(row.entries for row in rows)
    return [*rows, EntryRow(OTHER, rest, None, ratio(rest, total))] if rest else rows


def _exit_rows(visits: Visits, exits: Ints, listed: Ints, seen: Ints) -> list[ExitRow]:
    rows = [
        ExitRow(visits.states[i], int(exits[i]), int(seen[i]), ratio(int(exits[i]), int(seen[i])))
        for i in listed
    ]
    rest = len(visits.whole.starts) - sum(row.exits for row in rows)
    return [*rows, ExitRow(OTHER, rest, None, None)] if rest else rows


def type_rows(sessions: Sessions, marks: Marks, bounds: TypeBounds) -> list[TypeRow]:
    """
    Every user with a session in the span by type, each exactly once.

    Where `steps` says which events are steps (`--where` does), sessions without one are not there.
    """
    size = int(max(sessions.user.max(initial=-1), marks.user.max(initial=-1))) + 1
    hit = marks.of("conversion")
    user, start_us, is_in_span = sessions.user, sessions.start_us, sessions.is_asked
    if "steps" in marks.roles:
        stepped = marks.session[marks.of("steps")]
        hit &= (marks.session < 0) | np.isin(marks.session, stepped)
        is_there = np.isin(sessions.key, stepped)
        user, start_us, is_in_span = user[is_there], start_us[is_there], is_in_span[is_there]
    is_asked = np.zeros(size, np.bool_)
    is_asked[user[is_in_span]] = True
    converted_us = np.full(size, NEVER)
    np.minimum.at(converted_us, marks.user[hit], marks.time_us[hit])
    total = np.bincount(user, minlength=size)
    by_then = start_us <= converted_us[user]
    needed = np.bincount(user[by_then], minlength=size)
    is_converted = converted_us != NEVER
    kinds = np.select(
        [
            is_converted & (needed <= bounds.direct),
            is_converted & (needed <= bounds.researcher),
            is_converted,
            total > bounds.light,
        ],
        [0, 1, 2, 3],
        default=4,
    )
    counts = np.bincount(kinds[is_asked], minlength=5).tolist()
    users = sum(counts)
    return [
        TypeRow(kind, n, ratio(n, users)) for kind, n in zip(JOURNEY_TYPES, counts, strict=True)
    ]


def _top_paths(steps: Steps, visits: Visits, config: JourneyConfig) -> PathTable:
    return top_paths(
        steps, max_steps=config.max_steps, top=config.top, state_count=len(visits.states)
    )


def last_steps(steps: Steps, config: JourneyConfig) -> Steps:
    """With an end and no start, the steps that lead up to the end; else all."""
    if config.end is None or config.start is not None:
        return steps
    kept = np.minimum(steps.lengths, config.max_steps)
    return paths.window_of(steps, steps.ends - kept + 1, kept)


def _largest(counts: Ints, top: int) -> Ints:
    order = np.lexsort((np.arange(len(counts)), -counts))[:top]
    return order[counts[order] > 0]
