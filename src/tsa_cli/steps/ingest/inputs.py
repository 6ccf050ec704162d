"""
What the user named becomes a list of files, each once, in a stable order.

reads  files, folders (their event files, at any depth), globs, `-` for standard input
"""

import glob
import os
from dataclasses import dataclass
from pathlib import Path

from tsa_cli.errors import DataError

SUFFIXES = (".jsonl", ".ndjson", ".json", ".parquet", ".csv", ".tsv", ".log")
PACKED = (".gz", ".zst")
STDIN = "-"


@dataclass(frozen=True)
class Input:
    """One file to read; `path` is None for standard input."""

    name: str  # as given
    path: Path | None
    absolute: str | None = None  # where the file stands, links followed; a pipe stands nowhere


def resolve(arguments: list[str]) -> tuple[list[Input], list[tuple[str, str]]]:
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
        paths, fault = _expand(argument)
        if fault:
            faults.append((named(argument), fault))
        for path in paths:
            place = path.resolve()
            absolute = named(place) if place.is_file() else None
            found.setdefault(place, Input(named(path), path, absolute))
    return list(found.values()), faults


def named(path: Path | str) -> str:
    """The path as text; a byte that is no UTF-8, which the store could not hold, is its escape."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _expand(argument: str) -> tuple[list[Path], str]:
    path = Path(argument)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file() and is_event_file(p))
        names = ", ".join(SUFFIXES)
        return files, "" if files else f"no event files in this folder (looked for {names})"
    if path.exists() or path.is_symlink():
        return ([path], "") if path.exists() else ([], "a link to nothing")
    if glob.has_magic(argument):
        matches = sorted(Path(p) for p in glob.glob(argument, recursive=True))  # noqa: PTH207 - absolute ones
        files = [p for p in matches if p.is_file()]
        return files, "" if files else "no file matches"
    return [], "no such file or folder"


def is_event_file(path: Path) -> bool:
    """True for a name that a folder is searched for; hidden files and answers are not."""
    name = path.name.lower()
    for packed in PACKED:
        name = name.removesuffix(packed)
    return name.endswith(SUFFIXES) and not name.startswith(".") and not name.startswith("answers.")
