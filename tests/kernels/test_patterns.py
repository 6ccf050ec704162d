"""The pattern kernel against a backtracking matcher in plain Python."""

import random
import re

import numpy as np
import pytest

from tsa_cli.config.patterns import Between, Pattern, parse_pattern
from tsa_cli.kernels import paths
from tsa_cli.kernels.patterns import matching_sessions, named

STATES = ["a", "b", "c", "/x/1", "/x/2"]
PATTERNS = [
    "a -> b",
    "a -> .* -> b",
    "path_start -> a -> .* -> c -> path_end",
    "a -> [^c]* -> b",
    "^ -> [^a]* -> b",
    "b -> [^a, c]* -> $",
    "a -> (<=2s) -> b",
    "a -> .* -> (<=2s) -> b",
    "a -> .* -> (>1s) -> (<4s) -> b -> .* -> a",
    "a -> .* -> (?t>=3) -> a",
    "a -> . -> /x/*",
    "/x/* -> .* -> . -> (<2s) -> b",
    "b -> [^a]* -> (>=1s) -> b -> c",
    ".* -> a -> .*",
    "path_end_is_no_state -> a",
]


def fits(name: str, state: str) -> bool:
    return re.fullmatch(name.replace("*", ".*"), state) is not None


def allowed(between: Between, inside: list[str], gap_us: int | None) -> bool:
    if inside and not between.is_free:
        return False
    if any(fits(name, state) for name in between.but for state in inside):
        return False
    if gap_us is None:
        return True
    return gap_us >= between.min_gap_us and (
        between.max_gap_us is None or gap_us <= between.max_gap_us
    )


def oracle(pattern: Pattern, session: list[tuple[str, int]]) -> bool:
    names = [name for name, _ in session]

    def search(step: int, previous: int) -> bool:
        if step == len(pattern.steps):
            return allowed(pattern.after, names[previous + 1 :], None)
        for q in range(previous + 1, len(session)):
            if not fits(pattern.steps[step].name, names[q]):
                continue
            gap = session[q][1] - session[previous][1] if step else None
            inside = names[previous + 1 : q]
            if allowed(pattern.steps[step].before, inside, gap) and search(step + 1, q):
                return True
        return False

    return search(0, -1)


@pytest.mark.parametrize("text", PATTERNS)
def test_a_pattern_matches_what_a_backtracking_search_finds(text: str) -> None:
    pattern = parse_pattern(text)
    draw = random.Random(text)
    sessions: list[list[tuple[str, int]]] = []
    for _ in range(400):
        clock, session = 0, []
        for _ in range(draw.randrange(1, 9)):
            clock += draw.choice([0, 0, 1_000_000, 2_000_000])
            session.append((draw.choice(STATES), clock))
        sessions.append(session)
    number = np.array([i for i, s in enumerate(sessions) for _ in s], dtype=np.int32)
    codes = np.array([STATES.index(c) for s in sessions for c, _ in s], dtype=np.int32)
    times = np.array([t for s in sessions for _, t in s])
    steps = paths.make_steps(number, codes, np.arange(len(codes)), collapse=False)
    expected = [oracle(pattern, s) for s in sessions]
    assert matching_sessions(steps, times, pattern, STATES).tolist() == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a -> -> b", "empty"),
        (".*", "no step"),
        ("a -> path_start", "stands only at its end"),
        ("(<=3s) -> a", "between two steps"),
        ("a -> (<=3s)", "between two steps"),
        ("[^x]* -> a", "path_start or path_end"),
        ("a -> (<=3) -> b", "needs a unit"),
    ],
)
def test_a_pattern_that_means_nothing_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_pattern(text)


def test_clickhouse_gaps_are_seconds_and_bounds_are_exact() -> None:
    seconds = parse_pattern("a -> (?t<1800) -> b").steps[1].before
    assert seconds == Between(max_gap_us=1_800_000_000 - 1)
    assert parse_pattern("a -> (<=30m) -> b").steps[1].before.max_gap_us == 1_800_000_000


def test_only_the_star_is_special_in_a_name() -> None:
    assert named(["/a.b/*", "[x]"], ["/a.b/c", "/aXb/c", "[x]", "x"]).tolist() == [
        True, False, True, False,
    ]  # fmt: skip
    assert named([], ["a"]).tolist() == [False]
