"""
The events of a funnel of plain names as packed keys, read from core.

reads   core, actors, event_types
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.kernels.funnel_types import KEY_BITS, Ints
from tsa_cli.steps.funnel.core_rows import event_codes, in_ticks, read_core
from tsa_cli.steps.funnel.fetch import matchers_of
from tsa_cli.steps.funnel.span import Span
from tsa_cli.store.store import Store


@dataclass(frozen=True)
class PackedKeys:
    """Sorted `unit << bits | ticks since epoch_us`, one array per step and per exclusion."""

    steps: list[Ints]
    exclusions: list[Ints] = field(default_factory=list)
    bits: int = KEY_BITS
    epoch_us: int = 0
    tick_us: int = 1


def read_keys(
    store: Store, config: FunnelConfig, span: Span, aliases: Mapping[str, str]
) -> PackedKeys | None:
    """The keys of a funnel of plain names, or None when they do not fit 62 bits."""
    matchers = matchers_of(config)
    types = event_codes(store, aliases)
    wanted = [types.of(matcher.event_names()) for matcher in matchers]
    codes = sorted({code for some in wanted for code in some})
    rows = read_core(store, config, span, codes)
    count = len(config.steps)
    if not len(rows.unit):
        none = [np.empty(0, np.int64) for _ in matchers]
        return PackedKeys(none[:count], none[count:])
    epoch = int(rows.time_us.min())
    time, tick = in_ticks(rows.time_us - epoch)
    window = int(config.window / timedelta(microseconds=tick))
    bits = max(int(time.max()), window).bit_length() + 1
    if int(rows.unit.max()).bit_length() + bits > KEY_BITS:
        return None
    key = rows.unit << bits | time
    by_code = {code: key[rows.code == code] for code in codes}
    none_of_them = np.empty(0, np.int64)
    arrays = [np.sort(np.concatenate([none_of_them, *(by_code[c] for c in w)])) for w in wanted]
    return PackedKeys(arrays[:count], arrays[count:], bits, epoch, tick)
