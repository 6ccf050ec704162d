"""What a killed export left is gone after the next one."""

from pathlib import Path

from tsa_cli.steps.export_audiences.files import replace_files


def test_temporary_files_of_a_killed_export_go(tmp_path: Path) -> None:
    (tmp_path / ".members.csv.x1y2.tmp").write_text("user_id\nann\n")
    (tmp_path / ".notes.tmp").write_text("the user's own")
    replace_files(tmp_path, {"members.csv": b"user_id\n"}, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == [".notes.tmp", "members.csv"]
