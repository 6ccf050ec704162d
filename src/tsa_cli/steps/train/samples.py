"""
People at cut-offs: their features from before it, and whether they did it after.

reads   core, actors, event_types, and whatever makes the features of a moment
source  definition D42: no feature may know what is after its cut-off
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from tsa_cli.config.model import format_duration
from tsa_cli.config.models import Label, ModelConfig
from tsa_cli.errors import DataError
from tsa_cli.matcher import MatcherCompiler
from tsa_cli.models.cutoffs import Cutoffs, plan_cutoffs
from tsa_cli.models.lead_score import Sample
from tsa_cli.relations import CORE_RELATION
from tsa_cli.store import Store
from tsa_cli.store.feature_rows import read_features

if TYPE_CHECKING:
    import polars

# `user_behavior_features` as of a moment (naive UTC): one row per user, from events before it.
Snapshot = Callable[[datetime], "polars.DataFrame"]


@dataclass(frozen=True)
class Samples:
    """What is learned from, what is judged on, and where both were cut."""

    training: Sample
    holdout: Sample
    cutoffs: Cutoffs


def read_samples(
    store: Store, name: str, config: ModelConfig, snapshot: Snapshot, as_of: datetime,
    event_aliases: Mapping[str, str],
) -> Samples:  # fmt: skip
    """Every person of every cut-off; DataError when the log is too short or too few did it."""
    oldest, user_count = store.rows("5_scores/extent.sql")[0]
    horizon, snapshots = config.label.horizon, config.snapshots
    if not isinstance(oldest, datetime):
        raise DataError("no analysed event to learn from", "`tsa check` tells where the events are")
    cutoffs = plan_cutoffs(
        oldest, as_of, horizon, snapshots.spacing, snapshots.number, config.holdout
    )
    moments = cutoffs.training + cutoffs.holdout
    if not cutoffs.training or len(cutoffs.holdout) < config.holdout:
        raise DataError(
            f"model {name}: events from {oldest:%Y-%m-%d} to {as_of:%Y-%m-%d} are too short a time "
            f"for a horizon of {format_duration(horizon)}",
            "shorten label.horizon or snapshots, or ingest more history",
        )
    share = min(1.0, config.max_rows / max(1, int(str(user_count)) * len(moments)))
    labelled = _labelled(store, config.label, moments, event_aliases)
    parts = []
    for number, moment in enumerate(moments):
        user_ids, rows = read_features(store, config.features, snapshot(moment), share)
        did = np.fromiter((u in labelled[number] for u in user_ids), np.bool_, len(user_ids))
        parts.append(Sample(rows, did, np.full(len(rows), number)))
    count = len(cutoffs.training)
    samples = Samples(_joined(parts[:count]), _joined(parts[count:]), cutoffs)
    _refuse_too_few(name, config, samples)
    return samples


def _labelled(
    store: Store, label: Label, moments: list[datetime], event_aliases: Mapping[str, str]
) -> list[set[str]]:
    """For each cut-off the users who did it within the horizon."""
    import pyarrow

    compiler = MatcherCompiler(CORE_RELATION, event_aliases=event_aliases)
    condition = compiler.predicate(label)
    slots = {
        "condition": condition, "columns": compiler.columns(), "joins": compiler.joins()
    }  # fmt: skip
    moment_type, ends = pyarrow.timestamp("us"), [m + label.horizon for m in moments]
    windows = pyarrow.table(
        {
            "cutoff": pyarrow.array(range(len(moments)), pyarrow.int32()),
            "from_ts": pyarrow.array(moments, moment_type),
            "until_ts": pyarrow.array(ends, moment_type),
        }
    )
    found: list[set[str]] = [set() for _ in moments]
    with store.lent("cutoffs", windows):
        for cutoff, user_id in store.rows("5_scores/labels.sql", slots):
            found[int(str(cutoff))].add(str(user_id))
    return found


def _joined(parts: list[Sample]) -> Sample:
    return Sample(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.cutoffs for part in parts]),
    )


def _refuse_too_few(name: str, config: ModelConfig, samples: Samples) -> None:
    wanted = ((samples.training, config.min_positive, "before the hold-out"),
              (samples.holdout, max(1, config.min_positive // 5), "in the hold-out"))  # fmt: skip
    for sample, least, where in wanted:
        did = int(sample.labels.sum())
        if min(did, len(sample.labels) - did) < least:
            raise DataError(
                f"model {name}: too little data {where}: {did} of {len(sample.labels)} people at "
                f"cut-offs did it, at least {least} must have and {least} must not",
                "ingest more history, lengthen label.horizon, or lower min_positive",
            )
