"""The path kernel against plain Python on random, repetitive sessions."""

import random
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from tsa_cli.kernels import moves, paths
from tsa_cli.kernels.paths import Steps
from tsa_cli.kernels.top_paths import NO_PATH, top_paths

STATES = 5


def random_sessions(seed: int, states: int = STATES) -> list[list[int]]:
    draw = random.Random(seed)
    return [
        [draw.randrange(states) for _ in range(draw.choice([1, 1, 2, 3, 3, 8]))]
        for _ in range(draw.randrange(1, 60))
    ]


def steps_of(sessions: list[list[int]], *, collapse: bool = False) -> Steps:
    number = np.array([i for i, s in enumerate(sessions) for _ in s], dtype=np.int32)
    codes = np.array([c for s in sessions for c in s], dtype=np.int32)
    return paths.make_steps(number, codes, np.arange(len(codes)), collapse=collapse)


def lists_of(steps: Steps) -> list[list[int]]:
    return [
        steps.codes[a : a + n].tolist() for a, n in zip(steps.starts, steps.lengths, strict=True)
    ]


def collapsed(session: list[int]) -> list[int]:
    return [c for i, c in enumerate(session) if i == 0 or session[i - 1] != c]


@pytest.mark.parametrize("seed", range(30))
def test_collapsing_keeps_one_step_of_each_run_of_equals(seed: int) -> None:
    sessions = random_sessions(seed, 2)
    steps = steps_of(sessions, collapse=True)
    assert lists_of(steps) == [collapsed(s) for s in sessions]
    flat = [c for s in sessions for c in s]
    assert [flat[place] for place in steps.seq] == steps.codes.tolist()
    assert lists_of(steps_of(sessions)) == sessions


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("top", [1, 3, 1000])
def test_top_paths_are_the_most_frequent_prefixes_ties_by_code(seed: int, top: int) -> None:
    sessions = random_sessions(seed)
    counted = Counter(tuple(s[:3]) for s in sessions)
    expected = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:top]
    table = top_paths(steps_of(sessions), max_steps=3, top=top, state_count=STATES)
    assert list(zip(table.paths, table.counts.tolist(), strict=True)) == expected
    listed = {path: i for i, (path, _) in enumerate(expected)}
    assert table.path_of_session.tolist() == [listed.get(tuple(s[:3]), NO_PATH) for s in sessions]


def test_of_many_paths_that_are_equally_frequent_the_smallest_are_listed() -> None:
    codes = random.Random(1).sample(range(900), 900)
    for sessions in ([[code] for code in codes], [[code // 30, code % 30] for code in codes]):
        expected = [(tuple(path), 1) for path in sorted(sessions)]
        for top in (1, 7, 200, 800):
            table = top_paths(steps_of(sessions), max_steps=2, top=top, state_count=900)
            assert list(zip(table.paths, table.counts.tolist(), strict=True)) == expected[:top]


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("states", [STATES, 3000])
def test_transitions_count_whole_sessions_with_entry_and_exit(seed: int, states: int) -> None:
    sessions = random_sessions(seed)
    entry, leave = states, states + 1
    expected: Counter[tuple[int, int]] = Counter()
    for s in sessions:
        chain = [entry, *s, leave]
        expected.update(pairwise(chain))
    found = moves.transitions(steps_of(sessions), state_count=states)
    got = zip(found.source.tolist(), found.target.tolist(), found.count.tolist(), strict=True)
    assert list(got) == sorted((a, b, n) for (a, b), n in expected.items())


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("states", [STATES, 150])
def test_a_state_is_counted_once_per_session_that_has_it(seed: int, states: int) -> None:
    sessions = random_sessions(seed, states)
    expected = Counter(c for s in sessions for c in set(s))
    asked = np.array(random.Random(seed).sample(range(states), states - 1))
    found = moves.sessions_with(steps_of(sessions), asked, state_count=states)
    assert found.tolist() == [expected[c] for c in asked.tolist()]


@pytest.mark.parametrize("seed", range(20))
def test_each_level_of_the_step_matrix_holds_every_session(seed: int) -> None:
    sessions = random_sessions(seed)
    matrix = moves.step_matrix(steps_of(sessions), max_steps=4, state_count=STATES)
    levels = min(4, max(map(len, sessions)))
    expected = [
        [sum(len(s) > k and s[k] == c for s in sessions) for c in range(STATES)]
        + [sum(len(s) <= k for s in sessions)]
        for k in range(levels)
    ]
    assert matrix.tolist() == expected
    assert (matrix.sum(axis=1) == len(sessions)).all()


@pytest.mark.parametrize("seed", range(20))
def test_rare_states_share_one_number_and_lose_no_step(seed: int) -> None:
    sessions = random_sessions(seed)
    visits = Counter(c for s in sessions for c in s)
    kept = sorted(visits, key=lambda c: (-visits[c], c))[:2]
    codes, reduced = moves.reduce_states(steps_of(sessions), keep=2, state_count=STATES)
    assert codes.tolist() == kept
    place = {c: i for i, c in enumerate(kept)}
    assert lists_of(reduced) == [[place.get(c, len(kept)) for c in s] for s in sessions]


@pytest.mark.parametrize("seed", range(20))
def test_sessions_are_cut_from_their_first_marked_step(seed: int) -> None:
    sessions = random_sessions(seed)
    steps = steps_of(sessions)
    first = paths.first_index(steps, steps.codes == 1)
    lengths = np.where(first < 0, 0, steps.ends - first + 1)
    cut = paths.window_of(steps, first, lengths)
    assert lists_of(cut) == [s[s.index(1) :] for s in sessions if 1 in s]
    assert cut.sessions.tolist() == [i for i, s in enumerate(sessions) if 1 in s]
    assert lists_of(paths.select(steps, first >= 0)) == [s for s in sessions if 1 in s]


@pytest.mark.parametrize("cells", [0, 1 << 26], ids=["sorted", "flagged"])
def test_users_are_counted_once_per_group(monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    monkeypatch.setattr(moves, "_FLAG_CELLS", cells)
    group = np.array([0, 0, 1, -1, 1, 1])
    user = np.array([7, 7, 7, 9, 8, 7])
    assert moves.users_per_group(group, user, 3).tolist() == [1, 2, 0]


def test_no_sessions_give_empty_answers() -> None:
    steps = steps_of([])
    assert top_paths(steps, max_steps=3, top=5, state_count=1).paths == []
    assert moves.transitions(steps, state_count=1).count.tolist() == []
    assert moves.step_matrix(steps, max_steps=3, state_count=1).shape == (0, 2)
    assert moves.sessions_with(steps, np.array([0]), state_count=1).tolist() == [0]
