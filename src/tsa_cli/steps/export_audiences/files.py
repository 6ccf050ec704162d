"""
The files of one audience: all of them replaced together, or none.

writes  FOLDER/NAME/{members,google_ads,meta,email,added,removed}.csv; 0600 in a folder 0700
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from tsa_cli.atomic_file import replacing
from tsa_cli.csv_cells import csv_line, guarded_text
from tsa_cli.errors import ConfigError, DataError
from tsa_cli.steps.export_audiences.preflight import FILES

ADDED, REMOVED = "added.csv", "removed.csv"
ALL_FILES = (*FILES.values(), ADDED, REMOVED)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def csv_bytes(table: Iterable[Sequence[str]]) -> bytes:
    """RFC 4180 in UTF-8, lines ended by LF; the cells are guarded already."""
    return "".join(map(csv_line, table)).encode("utf-8", "backslashreplace")


def user_id_bytes(user_ids: Iterable[str]) -> bytes:
    """A file of user ids only, sorted."""
    return csv_bytes([("user_id",), *((guarded_text(u),) for u in sorted(user_ids))])


def audience_folder(root: Path, name: str) -> Path:
    """
    Where the audience's files are; ConfigError for a name that is no plain folder name.

    DataError where a link or a file stands there: files are written and removed in it, and through
    a link those would be another's. `root` itself may be a link: --dir names it.
    """
    if _NAME.fullmatch(name) is None:
        raise ConfigError(f"audience {name!r}: use letters, digits, - _ . in its file name")
    folder = root / name
    if folder.is_symlink():
        raise DataError(f"{folder}: a symbolic link", "remove it, or name the place by --dir")
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder}: not a folder", "remove it, or give another --dir")
    return folder


def changed_files(folder: Path, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of `contents` that are not on disk as they are."""
    return {
        name: content
        for name, content in contents.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != content
    }


def stale_files(folder: Path, kept: Iterable[str]) -> list[str]:
    """Files of destinations that the audience no longer has: those not in `kept`."""
    gone = set(ALL_FILES) - set(kept)
    return sorted(name for name in gone if (folder / name).is_symlink() or (folder / name).exists())


def replace_files(folder: Path, contents: Mapping[str, bytes], stale: Iterable[str]) -> None:
    """
    Write every file beside its old version, put all in place, and remove the `stale` ones.

    Raises DataError, and changes nothing, when one of them cannot be written.
    """
    _make_private(folder)
    for name in ALL_FILES:  # a killed export's: they hold people, and nobody else would find them
        for leftover in folder.glob(f".{name}.*.tmp"):
            leftover.unlink(missing_ok=True)
    with ExitStack() as staged:
        for name, content in contents.items():
            staged.enter_context(replacing(folder / name)).write(content)
    for name in stale:
        (folder / name).unlink(missing_ok=True)


def _make_private(folder: Path) -> None:
    old_mask = os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{folder}: {error.strerror}", "choose a folder you may write") from None
    finally:
        os.umask(old_mask)
