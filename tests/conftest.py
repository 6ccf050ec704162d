"""
What every test may use: a command line, run in this process in an empty folder, and what it said.
"""

import gc
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from tsa_cli.cli.main import run

# Workers share the cores already, and these libraries read it when they are loaded: a seventh of
# all tests was threads that waited for each other.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ.setdefault(_name, "1")


@dataclass(frozen=True)
class Ran:
    """What one command line came to."""

    code: int
    out: str
    err: str

    @property
    def envelope(self) -> dict[str, object]:
        answer = json.loads(self.out)
        assert isinstance(answer, dict)
        return answer

    @property
    def data(self) -> object:
        return self.envelope["data"]


Tsa = Callable[..., Ran]


def pytest_configure() -> None:
    """As in a process of its own: to look for garbage that often took a tenth of all tests."""
    gc.set_threshold(100_000, 50, 100)


def pytest_report_header() -> str:
    """The versions that a failure may depend on."""
    names = ("duckdb", "polars", "pyarrow", "numpy", "scikit-learn", "pydantic", "typer")
    return "with " + ", ".join(f"{name} {version(name)}" for name in names)


@pytest.fixture
def tsa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tsa:
    """`tsa("sql", "select 1")` in `tmp_path`, with no configuration from outside."""
    monkeypatch.chdir(tmp_path)
    for name in ("TSA_DB", "TSA_CONFIGS", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: object) -> Ran:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return call


Once = Callable[[str, Callable[[], object]], None]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where folders are kept that several tests of a module begin with."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def once(kept: Path, tmp_path: Path) -> Once:
    """
    `once("shop", build)`: `tmp_path` as the first `build` of that name in the module left it.

    Absolute paths in there are those of the first test.
    """

    def call(name: str, build: Callable[[], object]) -> None:
        if (kept / name).exists():
            shutil.copytree(kept / name, tmp_path, dirs_exist_ok=True)
        else:
            build()
            shutil.copytree(tmp_path, kept / name)

    return call
