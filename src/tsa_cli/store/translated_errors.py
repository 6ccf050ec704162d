"""
What the engine raises, in this house's words: what is wrong, and how to go on.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tsa_cli.errors import DataError

_UNREAD = {  # what the engine says of a file that may well be whole: why it is not read, what to do
    "is not valid UTF8": (
        "a text in it is no UTF-8",
        "write that column as UTF-8, or as binary; if it was right once, copy the file again",
    ),
    "Invalid JSON found in Parquet": (
        "a text in a column of type JSON is no JSON", "mend it, or write that column as text",
    ),
    "Need at least one non-root column": ("it has no columns", "write the events' columns into it"),
    "Unsupported compression codec": (
        "its compression is not one that is read", "write it with snappy, gzip, zstd or brotli",
    ),
}  # fmt: skip
InvalidInput = duckdb.InvalidInputException  # of a file that changed under the engine, too


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what the engine raises into this house's errors."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise DataError(
            f"out of memory: {str(error).splitlines()[0]}",
            "raise memory_limit, or point temp_directory at a larger disk, in configs/tsa.yaml",
        ) from error
    except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as error:
        if is_damage(error):
            raise damaged_store("the store", error) from error
        text = str(error).splitlines()[0]
        if "Failed to create directory" in text:  # only to spill does the engine make one
            raise DataError(text, "point temp_directory in configs/tsa.yaml at a folder") from error
        if "No space left" in str(error):
            raise DataError("the disk is full", "free some space, then run it again") from error
        raise DataError(text, "check the disk and the file, then run it again") from error
    except duckdb.Error as error:
        if not is_damage(error):
            raise
        raise damaged_store("the store", error) from error


def is_damage(error: duckdb.Error) -> bool:
    """Whether the engine read bytes of its own file whose checksum is wrong, or missed some."""
    return any(sign in str(error) for sign in ("Corrupt database", "Could not read enough bytes"))


def damaged_store(name: str, error: Exception) -> DataError:
    """What is said of a store whose bytes the engine cannot make sense of."""
    return DataError(
        f"{name} is damaged ({type(error).__name__})",
        "put a copy in its place, or move it away and make it anew: `tsa ingest PATH`",
    )


@contextmanager
def damage_of(name: str, kind: str) -> Iterator[None]:
    """
    Turn whatever the engine raises on broken bytes into a DataError that blames the file `name`.

    The engine's own words are left out: they may quote a value. A signal is no damage, and a whole
    file that the engine cannot read is none, either.
    """
    try:
        yield
    except (duckdb.Error, OSError, ValueError) as error:  # pyarrow passes on as the last two
        if isinstance(error, duckdb.InterruptException) or "INTERRUPT Error" in str(error):
            raise
        if isinstance(error, OSError) and error.errno is not None:  # the system's word
            raise
        default = f"damaged or cut off ({type(error).__name__})", "copy it again from where it came"
        why, hint = next((told for sign, told in _UNREAD.items() if sign in str(error)), default)
        what = f"{name}: no readable {kind} file: {why}; nothing of it was stored"
        raise DataError(what, hint) from error
