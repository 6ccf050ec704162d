"""What `tsa train` says against a model is said where people and cron jobs look."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from tests.conftest import Tsa

MODEL = "version: 1\nfeatures: [total_page_views]\nmin_positive: 2\nholdout: 1\n"


def test_what_speaks_against_a_model_is_a_warning(tsa: Tsa, tmp_path: Path) -> None:
    events = [
        {
            "event": "booking_completed" if (user + week) % 3 else "price_checked",
            "timestamp": (datetime(2026, 1, 1) + timedelta(days=7 * week)).isoformat(),
            "user_id": f"u{user}",
            "properties": {"n": user},
        }
        for user in range(30)
        for week in range(8)
    ]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    config = tmp_path / "configs" / "models" / "lead_score.yaml"
    config.parent.mkdir(parents=True)
    config.write_text(MODEL)
    assert tsa("ingest", "log.jsonl").code == tsa("sessionize").code == 0
    said = "lead_score: on the hold-out the model ranks nobody above another: no feature tells"
    for status in ("trained", "unchanged"):
        ran = tsa("train", "--format", "json")
        assert ran.code == 0, ran.err
        assert ran.envelope["data"][0]["status"] == status  # type: ignore[index]
        assert said in ran.envelope["warnings"]  # type: ignore[operator]
        assert f"warning: {said}" in ran.err
    shown = tsa("train", "--format", "table").out
    assert "–(–" not in "".join(shown.split())
