"""Text columns in and out: what every lookup table of this package starts from."""

from collections.abc import Sequence
from urllib.parse import unquote_plus

import polars as pl


def text_series(name: str, values: pl.Series | Sequence[str | None]) -> pl.Series:
    """A String column called `name`; a lone surrogate, for which UTF-8 has no bytes, is a "?"."""
    if isinstance(values, pl.Series):
        return values.cast(pl.String).alias(name)
    try:
        return pl.Series(name, values, dtype=pl.String)
    except UnicodeEncodeError:
        cleaned = [
            None if value is None else value.encode("utf-8", "replace").decode("utf-8")
            for value in values
        ]
        return pl.Series(name, cleaned, dtype=pl.String)


def decoded(values: pl.Series) -> pl.Series:
    """The query values with %XX and + undone, trimmed; blank becomes null. Same order and name."""
    is_encoded = values.str.contains("[%+]").fill_null(False)
    if is_encoded.any():
        distinct = values.filter(is_encoded).unique()
        plain = [unquote_plus(value, errors="replace") for value in distinct]
        values = values.replace(distinct, pl.Series(plain, dtype=pl.String))
    trimmed = values.str.strip_chars().alias(values.name)
    return trimmed.set(trimmed == "", None)
