"""
An environment of the benchmarks' own: what tsa needs, and its peers, pinned.

reads   pyproject.toml, constraints.txt
writes  benchmarks/.venv
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "benchmarks" / ".venv"
PEERS = ["chdb==4.4.0", "sqlite-utils==4.2.1"]  # polars and duckdb: as in constraints.txt
SPARK = ["pyspark==4.3.0"]
VERSIONS = """
import importlib.metadata, json
print(json.dumps({d.name: d.version for d in importlib.metadata.distributions()}))
"""
SHOWN = ("chdb", "chdb-core", "duckdb", "polars", "pyarrow", "numpy", "pyspark", "sqlite-utils")


def ensure(*, with_spark: bool) -> Path:
    """The interpreter of an environment that has everything; built when what it needs changed."""
    with (ROOT / "pyproject.toml").open("rb") as stream:
        own = tomllib.load(stream)["project"]["dependencies"]
    wanted = [*own, *PEERS, *(SPARK if with_spark else [])]
    constraints = ROOT / "constraints.txt"
    text = json.dumps(wanted) + constraints.read_text(encoding="utf-8")
    stamp = FOLDER / f"installed-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    python = FOLDER / "bin" / "python"
    if stamp.exists():
        return python
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
    if shutil.which("uv"):
        install = ["uv", "pip", "install", "--python", str(python)]
    else:
        install = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    subprocess.run([*install, "--quiet", "-c", str(constraints), *wanted], check=True)
    stamp.touch()
    return python


def variables() -> dict[str, str]:
    """The environment of every process: this checkout's tsa, and nobody's own configuration."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TSA_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # the peers' modules are compiled, so be ours
    return kept | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}


def versions(python: Path) -> dict[str, str]:
    """The version of each engine, of Python and of the program itself."""
    out = subprocess.run([str(python), "-c", VERSIONS], check=True, capture_output=True, text=True)
    found = {str(name).lower(): str(version) for name, version in json.loads(out.stdout).items()}
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    shown = {name: found[name] for name in SHOWN if name in found}
    return {"tsa": commit.stdout.strip() or "unknown", "python": sys.version.split()[0], **shown}
