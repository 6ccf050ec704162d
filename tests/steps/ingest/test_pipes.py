"""What is read once, and what has no end."""

import os
import threading
import time
from pathlib import Path

import pytest

from tsa_cli.steps.ingest import pipe
from tsa_cli.steps.ingest.inputs import resolve


@pytest.mark.parametrize("pause_seconds", [0, 0.4])
def test_a_pipe_is_read_whole_and_who_waits_for_its_writer_says_so(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    pause_seconds: float,
) -> None:
    monkeypatch.setattr(pipe, "PATIENCE_MS", 200)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    sent = b"line\n" * 100_000

    def write() -> None:
        time.sleep(pause_seconds)
        path.write_bytes(sent)

    writer = threading.Thread(target=write)
    writer.start()
    caplog.handler.setLevel("WARNING")
    pipe.LOG.addHandler(caplog.handler)
    try:
        with pipe.open_pipe("pipe", path) as handle:
            assert handle.read() == sent
    finally:
        pipe.LOG.removeHandler(caplog.handler)
        writer.join()
    assert ("nobody writes to yet" in caplog.text) == (pause_seconds > 0)


def test_a_device_without_an_end_is_refused_by_name() -> None:
    inputs, faults = resolve(["/dev/zero", os.devnull])
    assert [item.name for item in inputs] == [os.devnull]
    assert faults == [("/dev/zero", "a device, which may have no end")]
