"""
Retention matrices, lifecycle and stickiness from (user, period) pairs.

Users and periods are integers; a pair says that the user acted in the period. Period numbers are
consecutive; only the caller knows their dates.

reads   arrays of pairs or of moments
writes  nothing
source  definitions D29 (retention), D30 (lifecycle, stickiness)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

LIFECYCLE = ("new", "returning", "resurrecting", "dormant")


@dataclass(frozen=True)
class Pairs:
    """Distinct (user, period) pairs, sorted by user, then period; parallel arrays."""

    user: Ints
    period: Ints


def distinct_pairs(user: NDArray[np.signedinteger], period: Ints) -> Pairs:
    """The distinct pairs with a period of 0 or more."""
    inside = period >= 0
    width = int(period.max(initial=0)) + 1
    keys = np.unique(user[inside].astype(np.int64) * width + period[inside])
    return Pairs(keys // width, keys % width)


def first_pairs(pairs: Pairs) -> Pairs:
    """The first pair of each user."""
    new = np.append(True, pairs.user[1:] != pairs.user[:-1])[: len(pairs.user)]
    return Pairs(pairs.user[new], pairs.period[new])


def retained_on(starts: Pairs, returns: Pairs, *, cohorts: int, periods: int) -> Ints:
    """
    Users of each cohort who act again in period k after it, (cohorts, periods); k = 0 is everyone.

    Cohort c holds the users with a start in period c; periods run on past the last cohort.
    """
    matrix = np.zeros((cohorts, periods), np.int64)
    member = starts.period < cohorts
    user, cohort = starts.user[member], starts.period[member]
    width = cohorts + periods + int(returns.period.max(initial=0)) + 1
    keys = returns.user * width + returns.period
    matrix[:, 0] = np.bincount(cohort, minlength=cohorts)
    for k in range(1, periods):
        hit = _contains(keys, user * width + cohort + k)
        matrix[:, k] = np.bincount(cohort[hit], minlength=cohorts)
    return matrix


def retained_on_or_after(starts: Pairs, returns: Pairs, *, cohorts: int, periods: int) -> Ints:
    """Like `retained_on`, but acting in period k or in any later one counts for k."""
    member = starts.period < cohorts
    user, cohort = starts.user[member], starts.period[member]
    last, known = _last_of(returns.user, user)
    later = np.full(len(user), -1)
    later[known] = returns.period[last[known]] - cohort[known]
    return _at_least(cohort, later, cohorts=cohorts, periods=periods)


@dataclass(frozen=True)
class Moments:
    """(user, time) pairs sorted by user, then time, in microseconds; parallel arrays."""

    user: Ints
    time_us: Ints


def sorted_moments(user: NDArray[np.signedinteger], time_us: Ints) -> Moments:
    """The moments in order."""
    order = np.lexsort((time_us, user))
    return Moments(user[order].astype(np.int64), time_us[order])


def retained_rolling(
    starts: Moments,
    cohort: Ints,
    returns: Moments,
    *,
    length_us: int,
    cohorts: int,
    periods: int,
    is_unbounded: bool,
) -> Ints:
    """
    Like `retained_on`, on each user's own clock: period k is [k, k + 1) lengths after the start.

    `cohort` is parallel to `starts`; with `is_unbounded` any return from period k on counts.
    """
    if is_unbounded:
        last, known = _last_of(returns.user, starts.user)
        later = np.full(len(starts.user), -1)
        later[known] = (returns.time_us[last[known]] - starts.time_us[known]) // length_us
        return _at_least(cohort, later, cohorts=cohorts, periods=periods)
    matrix = np.zeros((cohorts, periods), np.int64)
    matrix[:, 0] = np.bincount(cohort, minlength=cohorts)
    times = np.unique(returns.time_us)
    width = len(times) + 1
    keys = returns.user * width + np.searchsorted(times, returns.time_us)
    for k in range(1, periods):
        low = np.searchsorted(times, starts.time_us + k * length_us)
        high = np.searchsorted(times, starts.time_us + (k + 1) * length_us)
        begin = np.searchsorted(keys, starts.user * width + low)
        end = np.searchsorted(keys, starts.user * width + high)
        matrix[:, k] = np.bincount(cohort[end > begin], minlength=cohorts)
    return matrix


def lifecycle(active: Pairs, *, periods: int) -> Ints:
    """
    Users by state in each period, (periods, 4) in the order of LIFECYCLE.

    new: first period ever; returning: active now and in the period before; resurrecting: active
    now, not before, not new; dormant: active in the period before, not now.
    """
    counts = np.zeros((periods, 4), np.int64)
    user, period = active.user, active.period
    if len(user) == 0:
        return counts
    same = user[1:] == user[:-1]
    adjacent = same & (period[1:] == period[:-1] + 1)
    is_new = np.append(True, ~same)
    follows = np.append(False, adjacent)
    gone = period[np.append(~adjacent, True)] + 1
    for column, hit in enumerate((is_new, ~is_new & follows, ~is_new & ~follows)):
        counts[:, column] = np.bincount(period[hit], minlength=periods)[:periods]
    counts[:, 3] = np.bincount(gone, minlength=periods)[:periods]
    return counts


def stickiness(active: Pairs, *, first: int, periods: int) -> Ints:
    """Users active in exactly 1, 2, … `periods` of the periods from number `first`, (periods,)."""
    inside = (active.period >= first) & (active.period < first + periods)
    _, active_periods = np.unique(active.user[inside], return_counts=True)
    return np.bincount(active_periods, minlength=periods + 1)[1 : periods + 1]


def return_gap_quantile(active: Pairs, quantile: float) -> float | None:
    """
    The gap in periods within which that share of returning users first came back; None if none did.

    Users who acted in one period only have not returned and are not counted.
    """
    if len(active.user) < 2:
        return None
    same = active.user[1:] == active.user[:-1]
    gaps, users = np.diff(active.period)[same], active.user[1:][same]
    if len(gaps) == 0:
        return None
    first = np.append(True, users[1:] != users[:-1])
    return float(np.quantile(gaps[first], quantile, method="inverted_cdf"))


def _last_of(users: Ints, wanted: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """The last place of each wanted user in the sorted `users`, and whether there is one."""
    last = np.searchsorted(users, wanted, side="right") - 1
    known = last >= 0
    known[known] = users[last[known]] == wanted[known]
    return last, known


def _contains(keys: Ints, wanted: Ints) -> NDArray[np.bool_]:
    """Which wanted keys are among the sorted keys."""
    if len(keys) == 0:
        return np.zeros(len(wanted), np.bool_)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.asarray(keys[place] == wanted)


def _at_least(cohort: Ints, later: Ints, *, cohorts: int, periods: int) -> Ints:
    """How many of each cohort have `later` of k or more; everyone has 0, (cohorts, periods)."""
    reached = np.clip(later, 0, periods - 1)
    exact = np.bincount(cohort * periods + reached, minlength=cohorts * periods)
    table = exact.reshape(cohorts, periods)
    return np.asarray(table[:, ::-1].cumsum(axis=1)[:, ::-1])
