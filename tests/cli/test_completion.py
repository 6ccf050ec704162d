"""TAB offers the names that a command would take, of the configs in force."""

from pathlib import Path

import pytest
from tests.forked import fork


def offered(folder: Path, line: str) -> list[str]:
    """What the shell gets for `line`, whose last word is being typed."""
    asked = {"_TSA_COMPLETE": "complete_bash", "COMP_WORDS": line}
    place = {"COMP_CWORD": str(len(line.split(" ")) - 1)}
    code, out, err = fork(folder, environment=asked | place).finish()
    assert (code, err) == (0, "")
    return out.split()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("tsa funnel b", ["booking", "brief"]),
        ("tsa explain ann --funnel b", ["booking", "brief"]),
        ("tsa journey p", ["pages"]),
        ("tsa score ", ["lead_score"]),
        ("tsa audiences plan cart", ["cart_abandoners"]),
        ("tsa metrics bounce", ["bounce_rate"]),
        ("tsa ingest --source s", ["segment", "snowplow"]),
        ("tsa run --from s", ["sessionize", "score"]),
        ("tsa tables dim_", ["dim_sessions", "dim_users"]),
        ("tsa --configs elsewhere funnel b", []),
    ],
)
def test_names_of_the_configs_in_force_are_offered(
    tmp_path: Path, line: str, names: list[str]
) -> None:
    (tmp_path / "configs" / "funnels").mkdir(parents=True)
    (tmp_path / "configs" / "funnels" / "brief.yaml").write_text("version: 1\n")
    assert offered(tmp_path, line) == names
