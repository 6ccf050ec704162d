"""Files of one run share what they learned of words; one that fails leaves nothing behind."""

import json
import random
from pathlib import Path

import pytest

from tests.steps.ingest.conftest import Ingest
from tests.stored import table, worded
from tsa_cli.steps.ingest import kept_keys
from tsa_cli.store import Store

BAD = b'{"event":"a","timestamp":"never","user_id":"u"}'


def line(number: int, rng: random.Random) -> bytes:
    """An event whose words most other files have, and some have not."""
    words = {
        "event": f"e{rng.randrange(9)}", "user_id": rng.choice((None, f"u{rng.randrange(30)}")),
        "anonymous_id": f"a{rng.randrange(40)}", "ip": f"8.8.{rng.randrange(20)}.1",
        "page_url": f"https://s.example/{rng.randrange(30)}",
        "referrer_url": f"https://r{rng.randrange(9)}.example/",
        "user_agent": f"Agent/{rng.randrange(9)}.0",
    }  # fmt: skip
    said = {"event_id": f"i{number}", "timestamp": f"2026-05-01T10:00:{number % 60:02d}Z"}
    return json.dumps(said | words).encode()


def files(folder: Path, rng: random.Random) -> tuple[list[Path], list[bytes]]:
    """(files, of which every fourth is refused as a whole, the good lines of the others)."""
    paths, good = [], []
    for place in range(12):
        path = folder / f"{place:02d}.jsonl"
        lines = [line(100 * place + n, rng) for n in range(30)]
        if place % 4 == 2:
            path.write_bytes(b"\n".join([*lines[:3], *[BAD] * 100]) + b"\n")
        else:
            path.write_bytes(b"\n".join(lines) + b"\n")
            good += lines
        paths.append(path)
    return paths, good


@pytest.mark.parametrize("most_words", [kept_keys.MOST_WORDS, 60])
def test_files_of_one_run_have_the_words_that_they_sent(
    store: Store,
    do_ingest: Ingest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    most_words: int,
) -> None:
    monkeypatch.setattr(kept_keys, "MOST_WORDS", most_words)
    paths, good = files(tmp_path, random.Random(most_words))
    reports = do_ingest(*paths).files
    assert [r.status for r in reports] == ["ingested", "ingested", "failed", "ingested"] * 3
    stored = {row["event_id"]: row for row in worded(store, "event_id")}
    assert len(stored) == len(good)
    for text in good:
        sent = json.loads(text)
        row = stored[sent["event_id"]]
        assert row["event_type"] == sent["event"]
        assert row["ip_address"] == sent["ip"].removesuffix("1") + "0"
        for name in ("user_id", "anonymous_id", "page_url", "referrer_url", "user_agent"):
            assert row[name] == sent[name]
    # The words of the files that failed are in no table, and no word is in one twice.
    for name, text in (("pages", "page_url"), ("event_types", "event_type")):
        words = [row[text] for row in table(store, f"from {name}") if row[text][0] != "$"]
        assert sorted(words) == sorted({row[text] for row in stored.values()})
    pairs = [(row["anonymous_id"], row["known_id"]) for row in table(store, "from actors")]
    assert len(pairs) == len({*pairs})
    assert {*pairs} == {(row["anonymous_id"], row["user_id"]) for row in stored.values()}


def test_what_was_met_before_is_not_looked_up_again(
    do_ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    ask = Store.small_arrays

    def noted(store: Store, sql: str, *slots: object, **params: object) -> object:
        asked.append(sql)
        return ask(store, sql, *slots, **params)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "small_arrays", noted)
    for place in range(3):
        (tmp_path / f"{place}.jsonl").write_bytes(
            json.dumps(
                {"event_id": f"i{place}", "event": "e", "user_id": "u", "ip": "8.8.8.8",
                 "timestamp": "2026-05-01T10:00:00Z", "page_url": "https://s.example/"}
            ).encode() + b"\n"
        )  # fmt: skip
    do_ingest(*(tmp_path / f"{place}.jsonl" for place in range(3)))
    assert not [sql for sql in asked if "keys_of_" in sql]
