"""
What the engine raises, in this house's words: what is wrong, and how to go on.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tsa_cli.errors import DataError

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

    The engine's own words are left out: they may quote a value. A signal is no damage.
    """
    try:
        yield
    except (duckdb.Error, OSError, ValueError) as error:  # pyarrow passes on as the last two
        if isinstance(error, duckdb.InterruptException) or "INTERRUPT Error" in str(error):
            raise
        if isinstance(error, OSError) and error.errno is not None:  # the system's word
            raise
        raise DataError(
            f"{name}: no readable {kind} file: damaged or cut off ({type(error).__name__});"
            " nothing of it was stored",
            "copy it again from where it came",
        ) from error
