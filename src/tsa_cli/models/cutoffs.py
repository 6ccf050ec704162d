"""
When to look back from: training cut-offs, and hold-out cut-offs that are later than all of them.

No label window of training reaches past the first hold-out cut-off, and none of the hold-out past
`as_of`: what is predicted has always had its full horizon to happen, after everything learned.
source  definition D42
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Cutoffs:
    """UTC moments, oldest first; features are from before one, labels from it on."""

    training: list[datetime]
    holdout: list[datetime]


def plan_cutoffs(
    oldest: datetime, as_of: datetime, horizon: timedelta, spacing: timedelta, number: int,
    holdout: int,
) -> Cutoffs:  # fmt: skip
    """
    The latest `holdout` cut-offs and up to `number` training ones before them, `spacing` apart.

    None is closer to `oldest` than one horizon: before that there is too little to look back on.
    """
    latest = as_of - horizon
    held = [latest - i * spacing for i in range(holdout)]
    newest_training = held[-1] - horizon
    trained = [newest_training - i * spacing for i in range(number)]
    earliest = oldest + horizon
    return Cutoffs(
        training=[c for c in reversed(trained) if c >= earliest],
        holdout=[c for c in reversed(held) if c >= earliest],
    )
