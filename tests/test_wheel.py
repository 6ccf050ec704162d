"""What `pip install` of the wheel gives is what the checkout gives."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


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


def test_an_installed_wheel_runs_the_demo_by_itself(wheel: Path, tmp_path: Path) -> None:
    """The libraries are this environment's, the program is the wheel's alone."""
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    script = (
        f"import sys; sys.path.insert(0, {str(site)!r});"
        "import tsa_cli, tsa_cli.cli.main as m; print(tsa_cli.__file__, file=sys.stderr);"
        "sys.exit(m.run(sys.argv[1:]))"
    )
    ran = subprocess.run(
        [sys.executable, "-P", "-c", script, "demo", "shop"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "100"},
    )
    assert str(site) in ran.stderr
    assert ran.returncode == 0, ran.stderr
    assert "users convert" in ran.stdout
    assert (tmp_path / "shop" / "audiences").is_dir()
