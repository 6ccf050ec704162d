"""
Where a configuration comes from: the user's folder first, then the defaults of the package.

reads  DIR/tsa.yaml, DIR/funnels/NAME.yaml, …; what is missing there comes from the defaults
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TypeVar

from tsa_cli.config.faults import validate
from tsa_cli.config.model import ConfigFile, ConfigModel
from tsa_cli.config.named_words import unknown_words
from tsa_cli.config.spelling import nearest
from tsa_cli.config.yaml_loader import Document, parse_yaml, read_text
from tsa_cli.errors import ConfigError

Model = TypeVar("Model", bound=ConfigFile)
_FIRST = "start with `version: 1`"


@dataclass(frozen=True)
class Catalog:
    """The configs in force: `user_dir` (may be None) over `defaults_dir`."""

    user_dir: Path | None
    defaults_dir: Path

    def path(self, relative: str) -> Path | None:
        """The file in force for e.g. "funnels/booking.yaml"; None when there is none."""
        for folder in (self.user_dir, self.defaults_dir):
            if folder is None:
                continue
            path = folder / relative
            with self.readable(path):
                if path.is_file():
                    return path
            if os.path.lexists(path):  # a link to nothing is no wish for the defaults
                raise ConfigError(f"{self.shown(path)}:1:1: no file that can be read", "mend it")
            other = path.with_suffix(".yml")
            if other.exists():  # written to be obeyed: no wish for the defaults either
                raise ConfigError(
                    f"{self.shown(other)}:1:1: no config has this name", f"call it {path.name}"
                )
        return None

    def names(self, kind: str) -> list[str]:
        """The sorted names of all entries of a folder, the user's and the defaults."""
        found: set[str] = set()
        for folder in (self.user_dir, self.defaults_dir):
            if folder is not None:
                inner = folder / kind
                if os.path.lexists(inner) and not inner.is_dir():
                    raise ConfigError(f"{self.shown(inner)}: no folder", "mend it")
                found |= {
                    path.stem
                    for path in self._entries(inner)
                    if path.suffix == ".yaml" and not path.name.startswith(".")
                }
        return sorted(found)

    def _entries(self, folder: Path) -> list[Path]:
        with self.readable(folder):
            return list(folder.iterdir()) if folder.is_dir() else []

    @contextmanager
    def readable(self, path: Path) -> Iterator[None]:
        """ConfigError, as of a file that is wrong, where the system lets nobody see one."""
        try:
            yield
        except OSError as error:
            place = self.shown(Path(error.filename or path))
            raise ConfigError(
                f"{place}: {error.strerror}", "check the path and its rights"
            ) from None

    def load(self, model: type[Model], relative: str) -> Model:
        """The validated file; the model's own defaults when no such file exists anywhere."""
        path = self.path(relative)
        if path is None:
            return model()
        given = self.read(model, path)
        default = self.default_of(model, relative)
        if default is None or default == path:
            return given
        kept = load_file(model, default)
        absent = kept.model_fields_set - given.model_fields_set
        return given.model_copy(update={name: getattr(kept, name) for name in absent})

    def read(self, model: type[Model], path: Path) -> Model:
        """The validated file, of which each entry that it names exists; ConfigError else."""
        found, document = load_document(model, path, self.shown(path))
        faults = [
            f"{document.at(place)}: {'.'.join(map(str, place))}: no {kind} entry named "
            f"{name!r}{nearest(name, self.names(kind))}"
            for place, kind, name in found.references()
            if name not in self.names(kind)
        ] + [
            f"{document.at(place)}: {'.'.join(map(str, place))}: {name!r} is this file itself"
            for place, kind, name in found.references()
            if (kind, name) == (path.parent.name, path.stem)
        ]
        if faults:
            raise ConfigError("\n".join(faults), "name one of configs/, or add its file there")
        if model.keys is not None and (faults := unknown_words(self, model.keys, document)):
            raise ConfigError("\n".join(faults), "name one that is there, or add it there")
        return found

    def default_of(self, model: type[ConfigModel], relative: str) -> Path | None:
        """The default file whose keys hold where the user's does not give them, if there is one."""
        path = self.defaults_dir / relative
        return path if getattr(model, "keeps_defaults", False) and path.is_file() else None

    def entry(self, model: type[Model], kind: str, name: str) -> Model:
        """The validated entry `kind/name.yaml`; ConfigError with the nearest name when absent."""
        path = self.path(f"{kind}/{name}.yaml") if "/" not in name else None
        if path is None:
            known = self.names(kind)
            raise ConfigError(
                f"no {kind} entry named {name!r}{nearest(name, known)}",
                f"known: {', '.join(known) or 'none'}; add configs/{kind}/NAME.yaml for another",
            )
        return self.read(model, path)

    def entries(
        self, model: type[Model], kind: str, names: list[str]
    ) -> Iterator[tuple[str, Model]]:
        """(name, model) of each asked entry, or of all when `names` is empty."""
        for name in names or self.names(kind):
            yield name, self.entry(model, kind, name)

    def fingerprint(self, relatives: Iterable[str]) -> str:
        """The hash of the files in force, as bytes: the same one means the same configuration."""
        digest = hashlib.sha256()
        for path in map(self.path, relatives):
            with self.readable(path or self.defaults_dir):
                digest.update(hashlib.sha256(path.read_bytes() if path else b"").digest())
        return digest.hexdigest()

    def shown(self, path: Path) -> str:
        """`path` as a person would write it: from the working folder where that is shorter."""
        try:
            return str(path.relative_to(Path.cwd()))
        except ValueError:
            return str(path)

    def origin(self, path: Path) -> str:
        """ "user" or "default"."""
        return "user" if self.user_dir and path.is_relative_to(self.user_dir) else "default"


def open_catalog(user_dir: Path | None) -> Catalog:
    """The catalog over `user_dir`; ConfigError when it was named and is no folder."""
    catalog = Catalog(user_dir, defaults_dir())
    if user_dir is None:
        return catalog
    with catalog.readable(user_dir):
        is_folder = user_dir.is_dir()
    if not is_folder:
        why = "no folder" if os.path.lexists(user_dir) else "no such folder"
        raise ConfigError(f"{user_dir}: {why}", "give --configs DIR, or run `tsa init`")
    return catalog


def defaults_dir() -> Path:
    """The repository's own `configs/`: inside the wheel, or beside `src/` in a checkout."""
    inside = Path(str(resources.files("tsa_cli"))) / "defaults"
    if inside.is_dir():
        return inside
    return Path(__file__).resolve().parents[3] / "configs"


def load_file(model: type[Model], path: Path, shown_as: str | None = None) -> Model:
    """The validated file; ConfigError listing each fault as FILE:LINE:COL: key: why."""
    return load_document(model, path, shown_as)[0]


def load_document(
    model: type[Model], path: Path, shown_as: str | None = None
) -> tuple[Model, Document]:
    """The validated file, and where its keys stand; ConfigError as of `load_file`."""
    name = shown_as or str(path)
    loaded: tuple[Model, Document] = _loaded(model, read_text(path, name), name)
    return loaded


@lru_cache(maxsize=256)  # the steps of one run ask for the same files
def _loaded(model: type[Model], text: str, name: str) -> tuple[Model, Document]:
    document = parse_yaml(text, name)
    if document.values is None:  # cut off by a full disk, rather than a wish for the defaults
        raise ConfigError(f"{name}:1:1: an empty file", f"{_FIRST}, or delete it for the default")
    if not isinstance(document.values, dict):
        raise ConfigError(f"{name}:1:1: a mapping is expected", _FIRST)
    found = validate(model, document.values, document)
    if "version" not in document.values:
        raise ConfigError(f"{name}:1:1: version: is missing", _FIRST)
    if model.keys is not None and (faults := model.keys.unknown(document)):
        raise ConfigError("\n".join(faults), model.keys.hint)
    if model.keys is not None and (faults := model.keys.misfits(document)):
        raise ConfigError("\n".join(faults), "`tsa tables NAME` has the type of every column")
    if faults := [f"{document.at(place)}: {why}" for place, why in found.unknown_names()]:
        raise ConfigError("\n".join(faults), "`tsa tables user_behavior_features` has them")
    return found, document


def definition_hash(*models: ConfigModel) -> str:
    """16 hex digits of what made a number: the effective configuration."""
    return hash_of_values(*(model.model_dump(mode="json", by_alias=True) for model in models))


def hash_of_values(*values: object) -> str:
    """The `definition_hash` of configurations of which only the values are left."""
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def default_user_dir() -> Path | None:
    """`./configs` where it exists; what else has this name is for `open_catalog` to refuse."""
    here = Path("configs")
    return here if os.path.lexists(here) else None
