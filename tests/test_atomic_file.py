"""A file is replaced whole, and what cannot be is named as it was asked for."""

import errno
import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from tsa_cli.atomic_file import replacing, write_text
from tsa_cli.errors import DataError


def test_a_file_that_cannot_be_put_in_place_is_named_not_the_one_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    meanwhile = ExitStack()
    meanwhile.callback(path.mkdir)  # before the block's end
    with pytest.raises(DataError) as refusal, replacing(path), meanwhile:
        pass
    assert refusal.value.message == f"{path}: {os.strerror(errno.EISDIR)}"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_may_be_written_but_not_read_gets_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it were one: root may read any."""
    opened = os.open

    def refused(path: str, *args: int, **kwargs: int) -> int:
        if Path(path) == tmp_path:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refused)
    write_text(tmp_path / "a.csv", "x")
    assert (tmp_path / "a.csv").read_text() == "x"
