"""
The breakdown's values: of the events that filled the steps, or of the users that did.

reads   core, actors, event_types, and what the breakdown's key asks for
source  definition D21
"""

from collections.abc import Mapping

import numpy as np

from tsa_cli.kernels.funnel_types import NONE, Ints
from tsa_cli.matcher import MatcherCompiler
from tsa_cli.relations import CORE_RELATION
from tsa_cli.steps.funnel.codes import Codes, Columns, coded, places_of
from tsa_cli.store.store import Store


def read_values(store: Store, key: str, core_seq: Ints, aliases: Mapping[str, str]) -> Codes:
    """The breakdown's value of some events, given by their place in core."""
    lent = {"core_seq": core_seq}
    found = _values(store, "4_reports/funnel_row_values.sql", key, aliases, "lent_rows", lent)
    split = coded(found["split"])
    order = np.argsort(found["core_seq"])
    places = places_of(found["core_seq"][order])
    return Codes(places.lay(split.code[order], core_seq, NONE), split.values)


def read_unit_values(store: Store, key: str, users: Ints) -> Codes:
    """The breakdown's value of some users, where it is one of theirs."""
    lent = {"place": np.arange(len(users)), "user_key": users}
    found = _values(store, "4_reports/funnel_unit_values.sql", key, {}, "lent_units", lent)
    split = coded(found["split"])
    code = np.full(len(users), NONE, np.int64)
    code[found["place"]] = split.code
    return Codes(code, split.values)


def _values(
    store: Store,
    file: str,
    key: str,
    aliases: Mapping[str, str],
    lent: str,
    frame: Mapping[str, Ints],
) -> Columns:
    compiler = MatcherCompiler(CORE_RELATION, event_aliases=aliases)
    slots = {"split": compiler.text(key)}
    slots |= {"columns": compiler.columns(), "joins": compiler.joins()}
    with store.lent(lent, frame):
        return store.arrays(file, slots)
