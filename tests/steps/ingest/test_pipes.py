"""What is read once, and what has no end."""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tsa_cli.steps.ingest import pipe
from tsa_cli.steps.ingest.inputs import resolve

SENT = b"line\n" * 100_000


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


class _OnWarning(logging.Handler):
    """Does `what` when the first warning comes, and keeps what was said."""

    def __init__(self, what: Callable[[], None]) -> None:
        super().__init__()
        self.what, self.said = what, list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())
        self.what()


@pytest.mark.parametrize(("patience_ms", "is_late"), [(60_000, False), (20, True)])
def test_a_pipe_is_read_whole_and_who_waits_for_its_writer_says_so(
    fifo: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    patience_ms: int,
    is_late: bool,
) -> None:
    monkeypatch.setattr(pipe, "PATIENCE_MS", patience_ms)
    caplog.set_level(logging.WARNING, pipe.LOG.name)
    writer = threading.Thread(target=fifo.write_bytes, args=(SENT,))
    handler = _OnWarning(writer.start)
    if not is_late:
        writer.start()
    monkeypatch.setattr(pipe.LOG, "handlers", [handler])
    with pipe.open_pipe("pipe", fifo) as handle:
        assert handle.read() == SENT
    writer.join()
    assert ["nobody writes to yet" in text for text in handler.said] == [True] * is_late


def test_a_device_without_an_end_is_refused_by_name() -> None:
    inputs, faults = resolve(["/dev/zero", os.devnull])
    assert [item.name for item in inputs] == [os.devnull]
    assert faults == [("/dev/zero", "a device, which may have no end")]
