"""
Give a folder its own configs to change.

reads   the defaults inside the package
writes  DIR/configs/**.yaml and DIR/.gitignore, never over an existing file
"""

from dataclasses import dataclass
from pathlib import Path

from tsa_cli.errors import DataError

_IGNORED = """\
# tsa: what it makes from the logs, and what holds personal data
*.duckdb
*.duckdb.*
/models/
/audiences/
"""


@dataclass(frozen=True)
class InitResult:
    """What one run wrote, and what it left alone."""

    folder: str
    written: list[str]
    kept: list[str]


def run(folder: Path, defaults: Path, *, is_dry_run: bool = False) -> InitResult:
    """
    Copy each default config that `folder` lacks; running twice writes nothing.

    Raises DataError when `folder` cannot be written; what was written until then stays.
    """
    contents = {
        Path("configs") / path.relative_to(defaults): path.read_text(encoding="utf-8")
        for path in sorted(defaults.rglob("*.yaml"))
    }
    contents[Path(".gitignore")] = _IGNORED
    missing = [name for name in contents if not (folder / name).exists()]
    if not is_dry_run:
        for name in missing:
            _write_new(folder / name, contents[name])
    return InitResult(
        str(folder),
        written=[str(name) for name in missing],
        kept=[str(name) for name in contents if name not in missing],
    )


def _write_new(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as handle:  # "x": not even over a file made just now
            handle.write(text)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}", "choose a folder you may write to") from None
