"""`tsa audiences` as it is typed: what the terminal shows of who may leave, and who stays."""

import json
from pathlib import Path

import pytest
from tests.conftest import Once, Tsa

AUDIENCE = "version: 1\nwhere: {total_sessions: {gte: 1}}\nrequires_consent: marketing\n"


@pytest.fixture
def shop(tsa: Tsa, once: Once, tmp_path: Path) -> Tsa:
    """Three people who agreed and two who did not say; nobody but ann has an address."""

    def build() -> None:
        lines = [
            {
                "event_id": name,
                "event": "page_viewed",
                "timestamp": "2026-01-01T00:00:00Z",
                "user_id": name,
                **({"consent": {"marketing": True}} if name in ("ann", "bob", "cid") else {}),
                **({"traits": {"email": "ann@shop.example"}} if name == "ann" else {}),
            }
            for name in ("ann", "bob", "cid", "dan", "eve")
        ]
        (tmp_path / "e.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        folder = tmp_path / "configs" / "audiences"
        folder.mkdir(parents=True)
        for name, more in (("all", ""), ("some", "exclude: [all]\n"), ("mails", "")):
            (folder / f"{name}.yaml").write_text(f"{AUDIENCE}destinations: [csv, email]\n{more}")
        for command in ("ingest e.jsonl", "sessionize", "features"):
            assert tsa(*command.split()).code == 0

    once("shop", build)
    return tsa


def test_the_table_says_of_each_file_why_the_others_are_not_in_it(
    shop: Tsa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = shop("audiences", "plan", "all", "some", "--format", "table").out.splitlines()
    assert max(map(len, shown)) <= 80
    cells = [line.split() for line in shown]
    assert ["all", "planned", "5", "3", "3", "0"] in cells
    below = cells[shown.index("Who stays, by file") + 1 :]
    assert below[0] == ["audience", "file", "excluded", "not", "consented", "suppressed", "invalid"]
    assert [row for row in below if row[1:] and row[-1].isdigit()] == [
        ["all", "csv", "0", "2", "0", "0"],
        ["email", "0", "2", "0", "3"],
        ["some", "csv", "5", "0", "0", "0"],
        ["email", "5", "0", "0", "0"],
    ]


def test_what_several_audiences_have_in_common_is_told_once(shop: Tsa) -> None:
    [warning] = [
        w for w in shop("audiences", "plan", "all", "mails").err.splitlines() if "hash" in w
    ]
    assert warning.startswith("warning: 2 audiences: e-mail addresses are stored hashed")
    [alone] = [w for w in shop("audiences", "plan", "mails").err.splitlines() if "hash" in w]
    assert alone.startswith("warning: mails: e-mail addresses are stored hashed")


def test_the_list_says_what_an_audience_needs(shop: Tsa) -> None:
    listed = shop("audiences", "list", "--format", "table").out
    assert "requires_consent" in listed
