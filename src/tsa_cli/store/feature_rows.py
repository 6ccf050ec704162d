"""
The features of people as of a moment, as numbers: what models are trained on and score.

reads   user_behavior_features as of a moment, with the channel of then, as the caller makes it
"""

from typing import TYPE_CHECKING

from tsa_cli.config.spelling import nearest
from tsa_cli.errors import ConfigError
from tsa_cli.store.store import Store

if TYPE_CHECKING:
    import numpy as np
    import polars
    import pyarrow
    from numpy.typing import NDArray

_ALL_HASHES = 2**64 - 1


def read_features(
    store: Store,
    names: tuple[str, ...],
    snapshot: "polars.DataFrame",
    share: float = 1.0,
) -> "tuple[list[str], NDArray[np.float64]]":
    """
    User ids (n) in order, and their features (n, n_names); unknown is NaN.

    `snapshot` has a row per user, the columns of `user_behavior_features` and
    `acquisition_channel`; `share` of its users are taken, always the same ones. ConfigError for
    a feature that is unknown or no number.
    """
    import numpy as np

    largest_hash = _ALL_HASHES if share >= 1.0 else int(share * _ALL_HASHES)
    with store.lent("feature_snapshot", snapshot):
        table = store.arrow("5_scores/feature_rows.sql", largest_hash=largest_hash)
    known = [column for column in table.column_names if column != "user_id"]
    for name in names:
        if name not in known:
            raise ConfigError(
                f"features: {name}: no such feature{nearest(name, known)}",
                f"known: {', '.join(known)}",
            )
    rows = np.column_stack([_numbers(name, table.column(name)) for name in names])
    return table.column("user_id").to_pylist(), rows


def _numbers(name: str, column: "pyarrow.ChunkedArray") -> "NDArray[np.float64]":
    import pyarrow as pa

    kind = column.type
    if not (pa.types.is_boolean(kind) or pa.types.is_decimal(kind) or _is_number(kind)):
        raise ConfigError(f"features: {name}: is {kind}, not a number")
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    numbers: NDArray[np.float64] = column.cast(pa.float64()).to_numpy()  # nulls become NaN
    return numbers


def _is_number(kind: "pyarrow.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
