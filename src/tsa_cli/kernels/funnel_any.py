"""
Unordered funnels: how many different steps fit in one window, each by an event of its own.

An attempt begins at every moment that has a step's event. Steps that match the same events form
a group of copies; as long as no event matches steps of two groups, the copies take the next
events in turn and counting is exact. Other units are answered by `funnel_exact`.
"""

from dataclasses import dataclass

import numpy as np

from tsa_cli.kernels.funnel_types import (
    NO_TIME,
    NONE,
    Attempts,
    FunnelRules,
    Ints,
    StepHits,
    empty_attempts,
    starts_of_runs,
)

STARTS_AT_ONCE = 1 << 18  # rows of (starts, steps) tables in memory


@dataclass(frozen=True)
class _Done:
    """The moments at which the steps of some starts were done, ascending, and by which event."""

    time_us: Ints
    row: Ints
    moment: Ints
    depth: Ints


def any_order_attempts(
    steps: list[StepHits], copies: list[int], exclusions: list[StepHits], rules: FunnelRules
) -> Attempts:
    """
    The fullest, then earliest, attempt of each group; excluded groups are left out.

    `copies[k]` counts the earlier steps that match the same events as step k.
    """
    starts = _starts(steps, rules)
    if not len(starts.group):
        return empty_attempts(rules.step_count)
    parts: list[Attempts] = []
    out: list[Ints] = []
    for low, high in _chunks(starts.group):
        chunk = StepHits(
            *(getattr(starts, name)[low:high] for name in StepHits.__dataclass_fields__)
        )
        done = _done(chunk, steps, copies, rules)
        out.append(_excluded(chunk, done, exclusions, rules))
        order = np.lexsort((np.arange(len(chunk.group)), -done.depth, chunk.group))
        best = order[starts_of_runs(chunk.group[order])]
        parts.append(
            Attempts(chunk.group[best], done.depth[best], done.time_us[best], done.row[best])
        )
    excluded = np.unique(np.concatenate(out))
    keep = [~np.isin(part.unit, excluded) for part in parts]
    return Attempts(
        np.concatenate([part.unit[k] for part, k in zip(parts, keep, strict=True)]),
        np.concatenate([part.depth[k] for part, k in zip(parts, keep, strict=True)]),
        np.concatenate([part.time_us[k] for part, k in zip(parts, keep, strict=True)]),
        np.concatenate([part.row[k] for part, k in zip(parts, keep, strict=True)]),
        excluded,
    )


def _starts(steps: list[StepHits], rules: FunnelRules) -> StepHits:
    """One entry per moment of a group at which any step's event is, within since and until."""
    moment = np.concatenate([hits.moment for hits in steps])
    order = np.argsort(moment, kind="stable")
    order = order[starts_of_runs(moment[order])]

    def joined(name: str) -> Ints:
        values: Ints = np.concatenate([getattr(hits, name) for hits in steps])[order]
        return values

    every = StepHits(*(joined(name) for name in StepHits.__dataclass_fields__))
    keep = (every.time_us >= rules.since_us) & (every.time_us <= rules.until_us)
    return StepHits(*(getattr(every, name)[keep] for name in StepHits.__dataclass_fields__))


def _chunks(group: Ints) -> list[tuple[int, int]]:
    """Bounds of about STARTS_AT_ONCE starts that never divide a group."""
    begins = starts_of_runs(group)
    wanted = np.arange(0, len(group), STARTS_AT_ONCE)
    cuts = np.unique(begins[np.minimum(np.searchsorted(begins, wanted), len(begins) - 1)])
    return list(zip(cuts.tolist(), [*cuts[1:].tolist(), len(group)], strict=True))


def _done(chunk: StepHits, steps: list[StepHits], copies: list[int], rules: FunnelRules) -> _Done:
    shape = (len(chunk.group), rules.step_count)
    time = np.full(shape, np.iinfo(np.int64).max, np.int64)
    row, moment = np.full(shape, NONE, np.int64), np.full(shape, NONE, np.int64)
    for step, hits in enumerate(steps):
        index = np.searchsorted(hits.moment, chunk.moment, side="left") + copies[step]
        inside = index < len(hits.moment)
        safe = index[inside]
        near = hits.group[safe] == chunk.group[inside]
        near &= hits.time_us[safe] - chunk.time_us[inside] <= rules.window_us
        inside[inside] = near
        time[inside, step] = hits.time_us[index[inside]]
        row[inside, step] = hits.row[index[inside]]
        moment[inside, step] = hits.moment[index[inside]]
    order = np.argsort(time, axis=1, kind="stable")
    row = np.take_along_axis(row, order, 1)
    time = np.where(row == NONE, NO_TIME, np.take_along_axis(time, order, 1))
    depth = (row != NONE).sum(axis=1).astype(np.int64)
    return _Done(time, row, np.take_along_axis(moment, order, 1), depth)


def _excluded(chunk: StepHits, done: _Done, exclusions: list[StepHits], rules: FunnelRules) -> Ints:
    """Groups with an exclusion strictly between the (after+1)-th and (before+1)-th step done."""
    out = [np.empty(0, np.int64)]
    for rule, hits in zip(rules.exclusions, exclusions, strict=True):
        began = np.flatnonzero(done.depth > rule.after)
        index = np.searchsorted(hits.moment, done.moment[began, rule.after], side="right")
        found = index < len(hits.moment)
        began, index = began[found], index[found]
        bad = hits.group[index] == chunk.group[began]
        bad &= hits.time_us[index] - chunk.time_us[began] <= rules.window_us
        reached = done.depth[began] > rule.before
        bad &= ~reached | (hits.moment[index] < done.moment[began, rule.before])
        out.append(chunk.group[began[bad]])
    return np.unique(np.concatenate(out))
