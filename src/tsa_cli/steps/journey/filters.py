"""
Which events of a piece of core are steps of asked sessions, and which are points of the path.

reads   the configuration, and what its matchers hold for
"""

from dataclasses import dataclass, field

import numpy as np

from tsa_cli.config.journeys import JourneyConfig
from tsa_cli.config.matchers import Matcher
from tsa_cli.kernels import paths
from tsa_cli.kernels.paths import Codes, Flags, Numbers, Steps
from tsa_cli.kernels.patterns import named
from tsa_cli.steps.journey.marks import Marks, Sessions, Span

POINTS = ("start", "end", "through")  # in this order the bits of a step's marks


@dataclass
class Filters:
    """What makes steps of events, prepared once for all pieces."""

    config: JourneyConfig
    span: Span
    states: list[str]
    sessions: Sessions
    marks: Marks
    _is_asked: Flags | None = field(init=False, default=None)  # by session number
    _is_excluded: Flags | None = field(init=False, default=None)  # by state
    _points: list[str] = field(init=False)

    def __post_init__(self) -> None:
        config = self.config
        if not self.span.is_everything:
            # One more than there are, for the sessions that begin later.
            self._is_asked = np.zeros(int(self.sessions.key.max(initial=-1)) + 2, np.bool_)
            self._is_asked[self.sessions.key[self.sessions.is_asked]] = True
        if config.exclude is not None and not isinstance(config.exclude, Matcher):
            self._is_excluded = named(config.exclude, self.states)
        self._points = [role for role in POINTS if isinstance(getattr(config, role), Matcher)]

    def steps_of(self, seq: Numbers, session: Numbers, codes: Codes) -> Steps:
        """The steps of some events, which are parallel arrays in the order of core."""
        if len(seq) and not (seq[1:] > seq[:-1]).all():
            order = np.argsort(seq)
            seq, session, codes = seq[order], session[order], codes[order]
        keep = self._kept(seq, session, codes)
        if keep is not None:
            seq, session, codes = seq[keep], session[keep], codes[keep]
        marks = None
        if self._points:
            marks = np.zeros(len(seq), np.uint8)
            for role in self._points:
                marks[self._is_marked(role, seq)] |= 1 << POINTS.index(role)
        return paths.make_steps(session, codes, seq, marks, collapse=self.config.collapse_repeats)

    def _kept(self, seq: Numbers, session: Numbers, codes: Codes) -> Flags | None:
        """Which events are steps of asked sessions; None when all are."""
        tests: list[Flags] = []
        if self._is_asked is not None:
            tests.append(self._is_asked.take(session, mode="clip"))
        if self.config.steps is not None:
            tests.append(self._is_marked("steps", seq))
        if isinstance(self.config.exclude, Matcher):
            tests.append(~self._is_marked("exclude", seq))
        elif self._is_excluded is not None:
            tests.append(~self._is_excluded[codes])
        return np.logical_and.reduce(tests) if tests else None

    def _is_marked(self, role: str, seq: Numbers) -> Flags:
        """Which of the events, given by their numbers in order, the matcher of `role` holds for."""
        if not len(seq):
            return np.zeros(0, np.bool_)
        first, last = int(seq[0]), int(seq[-1])
        low, high = np.searchsorted(self.marks.seq, (first, last + 1)).tolist()
        is_held = ((self.marks.bits[low:high] >> self.marks.roles.index(role)) & 1) == 1
        table = np.zeros(last - first + 1, np.bool_)
        table[self.marks.seq[low:high][is_held] - first] = True
        return np.asarray(table[seq - first])
