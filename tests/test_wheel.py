"""What `pip install` of the wheel gives is what the checkout gives, and what the README says."""

import json
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    [found] = folder.glob("*.whl")
    return found


def test_the_wheel_carries_configs_sql_and_sample_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside, ending in (
        ("configs", "tsa_cli/defaults", ".yaml"),
        ("src/tsa_cli", "tsa_cli", ".sql"),
        ("sample_data", "tsa_cli/sample_data", ".jsonl"),
    ):
        files = [p for p in (ROOT / folder).rglob(f"*{ending}") if p.is_file()]
        assert files
        missing = [p for p in files if f"{inside}/{p.relative_to(ROOT / folder)}" not in names]
        assert missing == []
    assert not [name for name in names if name.startswith("tests/") or "/test_" in name]


def tour() -> list[list[str]]:
    """Every command of the README's `sh` blocks, in order."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line]


def shown_funnel() -> list[str]:
    """The lines of the funnel that the README shows."""
    shown = re.search(r"^```\n(booking: .*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    assert shown is not None
    return [line.rstrip() for line in shown[1].splitlines()]


RUN_ALL = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import tsa_cli, tsa_cli.cli.main as main
print(tsa_cli.__file__, file=sys.stderr)
start = os.getcwd()
for program, *arguments in json.loads(sys.argv[2]):
    if program == "cd":
        os.chdir(os.path.join(start, arguments[0]))
    elif code := main.run(arguments):
        sys.exit(f"{arguments}: {code}")
"""


def test_an_installed_wheel_runs_the_tour_of_the_readme_by_itself(
    wheel: Path, tmp_path: Path
) -> None:
    """The libraries are this environment's, the program is the wheel's alone."""
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    commands = tour()
    assert {program for program, *_ in commands} == {"cd", "tsa"}
    shown = ["tsa", "funnel", "booking", "--format", "table"]
    ran = subprocess.run(
        [sys.executable, "-P", "-c", RUN_ALL, str(site), json.dumps([*commands, shown])],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "100"},
    )
    assert ran.returncode == 0, ran.stderr
    assert str(site) in ran.stderr
    printed = [line.rstrip() for line in ran.stdout.splitlines()]
    assert [line for line in shown_funnel() if line not in printed] == []
    assert (tmp_path / "shop" / "audiences").is_dir()
    transitions = (tmp_path / "shop" / "transitions.csv").read_text()
    assert transitions.startswith("name,from,to,count")
