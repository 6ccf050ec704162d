"""What a killed run left is gone after the next one."""

import os
from pathlib import Path

from tsa_cli.steps.export_audiences.files import replace_files
from tsa_cli.store import model_files


def test_temporary_files_of_a_killed_export_go(tmp_path: Path) -> None:
    (tmp_path / ".members.csv.x1y2.tmp").write_text("user_id\nann\n")
    (tmp_path / ".notes.tmp").write_text("the user's own")
    replace_files(tmp_path, {"members.csv": b"user_id\n"}, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == [".notes.tmp", "members.csv"]


def test_what_a_killed_train_staged_goes_unless_it_may_be_under_way(tmp_path: Path) -> None:
    folder = tmp_path / "lead_score"
    for name in (".new-old", ".new-now"):
        (folder / name).mkdir(parents=True)
        (folder / name / "model.skops").write_text("half")
    os.utime(folder / ".new-old", (0, 0))
    model_files.save_version(tmp_path, "lead_score", "v1", {"a": 1}, {}, "card")
    assert sorted(path.name for path in folder.iterdir()) == [".new-now", "v1"]
