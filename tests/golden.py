"""Golden files: what a report's machine forms are, byte for byte."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.conftest import Tsa

GOLDEN = Path(__file__).parent / "cli" / "golden" / "reports"


def differing(tsa: Tsa, commands: Mapping[str, Sequence[str]]) -> list[str]:
    """
    The names of the golden files that the commands' answers differ from; a name's ending is the
    format. With TSA_WRITE_GOLDEN=1 the files are written first.
    """
    found = []
    for name, command in commands.items():
        ran = tsa(*command, "--format", name.rsplit(".", 1)[1])
        assert ran.code == 0, ran.err
        path, text = GOLDEN / name, _formed(ran.out)
        if os.environ.get("TSA_WRITE_GOLDEN"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        if text != path.read_text():
            found.append(name)
    return found


def _formed(text: str) -> str:
    """JSON without what differs from run to run; other formats as they are."""
    if not text.startswith('{\n  "command"'):
        return text
    envelope = json.loads(text)
    return json.dumps({**envelope, "run_id": "", "definition": ""}, indent=1) + "\n"
