"""
Files that are either the old ones or the new ones, never half of each.

writes  a temporary file in the target's folder, mode 0600, then fsync, rename, fsync of the folder
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tsa_cli.errors import DataError


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """
    A handle whose bytes become `path` when the block ends well; otherwise `path` stays as it was.

    Raises DataError when `path` is a link, a folder or a device, or its folder cannot be written.
    """
    check_target(path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}", "choose a folder you may write to") from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:  # mkstemp made it 0600
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        try:
            temporary.replace(path)
        except OSError as error:  # it names the temporary file
            hint = "name another file, or remove this one"
            raise DataError(f"{path}: {error.strerror}", hint) from None
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """`path` holds `content`, readable by its owner only."""
    with replacing(path) as stream:
        stream.write(content)


def write_text(path: Path, content: str) -> None:
    """`path` holds `content` as UTF-8, readable by its owner only."""
    write_bytes(path, content.encode("utf-8", "backslashreplace"))


def check_target(path: Path) -> None:
    """Raise DataError unless `path` is a file that may be replaced, or one that may be made."""
    if path.is_symlink():
        raise DataError(f"{path}: a symbolic link", "name the file it points to, or remove it")
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "not a regular file"
        raise DataError(f"{path}: {kind}", "name a file")
    if not path.parent.is_dir():
        raise DataError(f"{path}: no such folder {path.parent}", "create it first")


def sync_folder(folder: Path) -> None:
    """Make a rename in it survive a power cut, where the folder may be read at all."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
