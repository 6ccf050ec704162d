"""
What every test may use: a command line, run in this process in an empty folder, and what it said.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from tsa_cli.cli.main import run


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
