"""
What the user named becomes a list of files, each once, in a stable order.

reads  files, folders (their event files, at any depth), globs, `-` for standard input
"""

import glob
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tsa_cli.errors import DataError

SUFFIXES = (".jsonl", ".ndjson", ".json", ".parquet", ".csv", ".tsv", ".log")
PACKED = (".gz", ".zst")
_IN_PARQUET = (".sz", ".snappy", ".br", ".lz4")  # PostHog names what a file is packed by within
_ENDING = re.compile(r"\.[a-z]+$")  # of a name that says what a packed file is: dump.sql.gz
STDIN = "-"

Fault = tuple[str, str]  # what cannot be read, and why
Found = Callable[[int], None]  # told how many files were found so far


@dataclass(frozen=True)
class Input:
    """One file to read; `path` is None for standard input."""

    name: str  # as given
    path: Path | None
    absolute: str | None = None  # where the file stands, links followed; a pipe stands nowhere


def _silent(count: int) -> None:
    """Nobody watches."""


def resolve(arguments: list[str], found_so_far: Found = _silent) -> tuple[list[Input], list[Fault]]:
    """
    (the files, [(name, why)] of arguments that name nothing to read).

    A folder without event files and a glob without a match are faults; a file named twice, also
    through a link, is read once. DataError when nothing was named at all.
    """
    if not arguments:
        raise DataError("no input", "name files or folders, or list them under inbox: in tsa.yaml")
    found: dict[object, Input] = {}
    faults = []
    for argument in arguments:
        if argument == STDIN:
            found.setdefault(STDIN, Input("<stdin>", None))
            continue
        paths, found_faults = _expand(argument, lambda more: found_so_far(len(found) + more))
        faults += [(named(place), why) for place, why in found_faults]
        for path in paths:
            place = path.resolve()
            absolute = named(place) if place.is_file() else None
            found.setdefault(place, Input(named(path), path, absolute))
    return list(found.values()), faults


def named(path: Path | str) -> str:
    """The path as text; a byte that is no UTF-8, which the store could not hold, is its escape."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _expand(argument: str, found_so_far: Found) -> tuple[list[Path], list[Fault]]:
    """The files, and what of the argument cannot be read; it never counts as nothing."""
    if not argument:  # Path("") is the working folder, which an unset variable does not mean
        return [], [("''", "an empty name")]
    path = Path(argument)
    try:
        if path.is_dir():
            return _in_folder(path, found_so_far)
        if _is_device(path):
            return [], [(argument, "a device, which may have no end")]
        if path.exists() or path.is_symlink():
            return ([path], []) if path.exists() else ([], [(argument, "a link to nothing")])
        if glob.has_magic(argument):
            matches = sorted(Path(p) for p in glob.glob(argument, recursive=True))  # noqa: PTH207 - absolute ones
            files = [p for p in matches if p.is_file()]
            return files, [] if files else [(argument, "no file matches")]
    except OSError as error:
        return [], [(argument, error.strerror or "not readable")]
    return [], [(argument, "no such file or folder")]


def _is_device(path: Path) -> bool:
    """True of what is neither file, folder nor pipe; what has nothing to read may be named."""
    mode = path.stat().st_mode if path.exists() else 0
    return stat.S_ISBLK(mode) or (stat.S_ISCHR(mode) and not path.samefile(os.devnull))


def _in_folder(folder: Path, found_so_far: Found) -> tuple[list[Path], list[Fault]]:
    """Its event files at any depth, and the folders in it that cannot be looked into."""
    faults: list[Fault] = []

    def note(error: OSError) -> None:
        name = str(Path(error.filename))
        faults.append((name, f"{error.strerror or type(error).__name__}: its files are not read"))

    files: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=note):
        folders.sort()
        named_so = (Path(place, name) for name in names if is_event_file(Path(name)))
        files += [path for path in named_so if path.is_file()]
        found_so_far(len(files))
    files.sort()
    if not files and not faults:
        looked_for = ", ".join(SUFFIXES)
        faults.append((str(folder), f"no event files in this folder (looked for {looked_for})"))
    return files, faults


def is_event_file(path: Path) -> bool:
    """
    True for a name that a folder is searched for; answers and lists of files are none.

    Of what is packed a name that says no more will do: Segment's in S3 end in .gz alone.
    """
    name = path.name.lower()
    for packed in PACKED:
        name = name.removesuffix(packed)
    is_one = name.endswith((*SUFFIXES, *(f".parquet{p}" for p in _IN_PARQUET)))
    is_one = is_one or (name != path.name.lower() and not _ENDING.search(name))
    return is_one and not name.startswith((".", "answers.")) and not name.endswith("manifest.json")
