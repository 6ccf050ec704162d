"""Input files with everything that goes wrong in them, and the digest of a store made of them."""

import hashlib
import json
import random
from pathlib import Path

from tests.stored import worded
from tsa_cli.store import open_store


def write_files(
    folder: Path, *, files: int, lines: int, seed: int, with_own_ids: int = 0
) -> list[Path]:
    """
    Event files that share ids, repeat lines and hold broken ones.

    Those `with_own_ids` come after the others; they are read and stored together.
    """
    rng = random.Random(seed)
    folder.mkdir()
    paths = []
    for number in range(files + with_own_ids):
        rows = []
        for place in range(lines):
            ident = number * lines + place
            if number < files and rng.random() >= 0.9:
                ident = rng.randrange(files * lines)
            rows.append(_line(ident, rng))
        path = folder / f"{number}.jsonl"
        path.write_text("\n".join(rows) + "\n")
        paths.append(path)
    return paths


def _line(ident: int, rng: random.Random) -> str:
    if rng.random() < 0.01:
        return rng.choice(["{", "[]", '{"event": "x"}', '{"a": NaN}'])
    second = ident % 86_400
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    return json.dumps(
        {
            "event_id": f"e{ident}", "event": "page_viewed", "user_id": f"u{ident % 97}",
            "timestamp": f"2026-05-{ident % 28 + 1:02d}T{clock}Z",
            "properties": {"n": ident if rng.random() < 0.999 else -1},
        }
    )  # fmt: skip


def digest(db: Path) -> tuple[str, int, int]:
    """(hash of all events in order of id, how many there are, how many lines are quarantined)."""
    with open_store(db, "read") as store:
        rows = worded(store, "event_id")
        held = store.count("1_events/quarantine_count.sql", reason="", source_file="")
    return hashlib.sha256(repr(rows).encode()).hexdigest(), len(rows), held
