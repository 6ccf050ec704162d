"""
What the engine raises, in this house's words: what is wrong, and how to go on.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tsa_cli.errors import DataError


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
        text = str(error).splitlines()[0]
        if "No space left" in str(error):
            raise DataError("the disk is full", "free some space, then run it again") from error
        raise DataError(text, "check the disk and the file, then run it again") from error
