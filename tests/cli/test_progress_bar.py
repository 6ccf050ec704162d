"""A person who watches is told what is done now, in one line, from the first second on."""

import pytest

from tsa_cli.cli import progress_bar


def test_the_line_says_what_is_done_now_and_no_share_where_the_end_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress_bar, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(progress_bar, "is_terminal", lambda _: True)
    with progress_bar.progress_bar(is_quiet=False) as bar:
        assert isinstance(bar, progress_bar._Bar)
        bar(0, None, "looking for files: 7 found")
        bar(0, None, "reading a.jsonl")
        assert bar._bars is not None
        [task] = bar._bars.tasks
        assert (task.description, task.total) == ("reading a.jsonl", None)
        bar(30, 100, "writing events")
        assert (task.description, task.percentage) == ("writing events", 30)
