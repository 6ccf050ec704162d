"""
The events of a funnel, read for the kernels: as packed keys where names decide, else as rows.

reads   core, actors, event_types, and what the matchers ask for
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.config.matchers import Matcher
from tsa_cli.kernels.funnel_types import NONE, FunnelEvents, Ints
from tsa_cli.matcher import MatcherCompiler
from tsa_cli.relations import CORE_RELATION
from tsa_cli.store.fragment import Fragment
from tsa_cli.store.store import Store

if TYPE_CHECKING:
    import pyarrow

UNITS = {
    "user": Fragment("a.user_key"),
    "session": Fragment("c.session_key"),
    "device": Fragment("c.device_key"),
}
NOTHING = Fragment("cast(null as varchar)")
KEY_BITS = 62
MICROSECONDS_A_MILLISECOND = 1000
FIRST_TS = datetime(1, 1, 1)


@dataclass(frozen=True)
class Span:
    """The asked time, naive UTC, both ends included: entries between, events up to `as_of`."""

    as_of: datetime
    since: datetime | None = None
    until: datetime | None = None

    def bounds(self, window: timedelta) -> tuple[datetime, datetime]:
        """The first and the last moment at which an event can matter."""
        last = self.as_of
        if self.until is not None and self.until < last - window:
            last = self.until + window
        return self.since or FIRST_TS, last


@dataclass(frozen=True)
class FunnelRows:
    """The events in total order, where each is in core, and the breakdown's values."""

    events: FunnelEvents
    core_seq: Ints
    split: Ints  # index into `values`, NONE where absent
    values: list[str]


@dataclass(frozen=True)
class PackedKeys:
    """Sorted `unit << bits | ticks since epoch_us`, one array per step and per exclusion."""

    steps: list[Ints]
    exclusions: list[Ints]
    bits: int
    epoch_us: int
    tick_us: int


def read_rows(
    store: Store, config: FunnelConfig, span: Span, aliases: Mapping[str, str]
) -> FunnelRows:
    """Every event that can fill a step, exclude, or (strict) stand between."""
    compiler = MatcherCompiler(CORE_RELATION, event_aliases=aliases)
    matchers: list[Matcher] = [*config.steps, *config.exclude]
    is_strict = config.order == "strict"
    names = [matcher.event_names() for matcher in matchers]
    slots = {
        "unit": UNITS[config.count_by],
        "mask": compiler.mask(matchers),
        "hold": _held(compiler, config.hold_constant),
        "split": compiler.text(config.breakdown.by) if config.breakdown else NOTHING,
        "tie_break": Fragment("core_seq"),
    }
    if is_strict and config.ties == "strict" and config.count_by == "user":
        slots["tie_break"] = compiler.text("event_id")  # core orders them within a device only
    slots |= {"columns": compiler.columns(), "joins": compiler.joins()}
    first, last = span.bounds(config.window)
    table = store.arrow(
        "4_reports/funnel_events.sql",
        slots,
        from_ts=first,
        to_ts=last,
        is_strict=is_strict,
        is_any_name=is_strict or None in names,
        names=sorted({aliases.get(n, n) for some in names for n in some or ()}),
        ignored=[aliases.get(name, name) for name in config.strict_ignores],
    )
    hold = _codes(table["held"])[0] if config.hold_constant else None
    split, values = _codes(table["split"])
    columns = [table[name].to_numpy() for name in ("unit_key", "time_us", "marks", "core_seq")]
    events = FunnelEvents(columns[0], columns[1], columns[2], hold)
    return FunnelRows(events, columns[3], split, values)


def read_keys(
    store: Store, config: FunnelConfig, span: Span, aliases: Mapping[str, str]
) -> PackedKeys | None:
    """
    The keys of a funnel of plain names, or None when they do not fit 62 bits.

    The one place that reads step hits by event name: a projection by type would be read here.
    """
    matchers: list[Matcher] = [*config.steps, *config.exclude]
    wanted = [sorted({aliases.get(n, n) for n in m.event_names() or ()}) for m in matchers]
    names = sorted({name for some in wanted for name in some})
    first, last = span.bounds(config.window)
    rows = store.arrays(
        "4_reports/funnel_keys.sql",
        {"unit": UNITS[config.count_by]},
        from_ts=first,
        to_ts=last,
        names=names,
    )
    unit, time, place = (np.asarray(rows[n]) for n in ("unit_key", "time_us", "name_place"))
    if not len(unit):
        none = np.empty(0, np.int64)
        steps, out = [none] * len(config.steps), [none] * len(config.exclude)
        return PackedKeys(steps, out, KEY_BITS, 0, 1)
    epoch = int(time.min())
    time = time - epoch
    tick = 1
    if not (time % MICROSECONDS_A_MILLISECOND).any():
        tick, time = MICROSECONDS_A_MILLISECOND, time // MICROSECONDS_A_MILLISECOND
    window = int(config.window / timedelta(microseconds=tick))
    bits = max(int(time.max()), window).bit_length() + 1
    if int(unit.max()).bit_length() + bits > KEY_BITS or int(unit.min()) < 0:
        return None
    key = unit << bits | time
    by_name = {name: key[place == i] for i, name in enumerate(names, start=1)}
    arrays = [np.sort(np.concatenate([by_name[name] for name in some])) for some in wanted]
    count = len(config.steps)
    return PackedKeys(arrays[:count], arrays[count:], bits, epoch, tick)


def is_packable(config: FunnelConfig, aliases: Mapping[str, str]) -> bool:
    """True when names alone decide, and no event can fill two steps."""
    if config.order != "ordered" or not config.is_names_only():
        return False
    if any(step.within is not None for step in config.steps):
        return False
    names = [{aliases.get(n, n) for n in step.event_names() or ()} for step in config.steps]
    return sum(map(len, names)) == len(set().union(*names))


def _held(compiler: MatcherCompiler, keys: list[str]) -> Fragment:
    if not keys:
        return NOTHING
    texts = [compiler.text(key).sql for key in keys]
    known = " and ".join(f"{text} is not null" for text in texts)
    return Fragment(f"case when {known} then cast(to_json([{', '.join(texts)}]) as varchar) end")


def _codes(column: "pyarrow.ChunkedArray") -> tuple[Ints, list[str]]:
    """Texts as numbers of a dictionary, NONE where null, and the dictionary."""
    encoded = column.combine_chunks().dictionary_encode()
    codes: Ints = encoded.indices.fill_null(NONE).to_numpy().astype(np.int64)
    return codes, encoded.dictionary.to_pylist()
