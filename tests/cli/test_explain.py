"""`tsa explain`: whom an id stands for, why they are one person, what is shown of them."""

import json
import shutil
from pathlib import Path

import pytest
from tests.conftest import Ran, Tsa

from tsa_cli.cli.main import run

KEY = "0123456789abcdef" * 4
SHOP = "https://shop.example.com"


def event(n: int, name: str, moment: str, **more: object) -> dict[str, object]:
    return {"event_id": f"e{n:02}", "event": name, "timestamp": f"2026-03-{moment}Z", **more}


def ad(source: str) -> str:
    return f"{SHOP}/?utm_source={source}&utm_medium=email"


LOG = [
    event(1, "page_viewed", "01T10:00:00", anonymous_id="d1", page_url=ad("news")),
    event(2, "price_checked", "01T10:10:00", anonymous_id="d1"),
    event(3, "service_viewed", "01T10:11:00", anonymous_id="d1", user_id="ann@example.com"),
    event(4, "page_viewed", "01T11:30:00", anonymous_id="d1", referrer_url="https://www.google.com/"),
    event(5, "page_viewed", "02T09:00:00", anonymous_id="d2", user_id="ann@example.com"),
    event(6, "price_checked", "09T09:00:00", anonymous_id="d2"),
    event(7, "service_completed", "10T09:00:00", user_id="ann@example.com"),
    *(
        event(10 + n, "page_viewed", "03T09:00:00", anonymous_id="tablet", user_id=f"guest{n}")
        for n in range(4)
    ),
    event(20, "page_viewed", "03T08:00:00", anonymous_id="tablet"),
    event(21, "page_viewed", "04T08:00:00", anonymous_id="d1", user_agent="Googlebot/2.1"),
]  # fmt: skip
TRAITS = {"email": "ann@example.com", "city": "Ghent"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which ann has two devices, and four guests share a tablet."""
    db = tmp_path_factory.mktemp("shop") / "tsa.duckdb"
    lines = [*LOG, {**LOG[4], "event_id": "t1", "event": "page_viewed", "traits": TRAITS}]
    log = db.with_name("log.jsonl")
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TSA_KEY", KEY)
        assert run(["--db", str(db), "--quiet", "ingest", str(log)]) == 0
        assert run(["--db", str(db), "--quiet", "sessionize"]) == 0
    return db


@pytest.fixture
def shop(tsa: Tsa, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tsa:
    """The command line, in a folder with a copy of the store."""
    monkeypatch.setenv("TSA_KEY", KEY)
    shutil.copy(made, tmp_path)
    return tsa


def part(ran: Ran, *keys: str) -> object:
    """What stands in the answer under the keys, one inside the other."""
    assert ran.code == 0, ran.err
    found = ran.data
    for key in keys:
        assert isinstance(found, dict)
        found = found[key]
    return found


def rows(ran: Ran, *keys: str) -> list[dict[str, object]]:
    found = part(ran, *keys)
    assert isinstance(found, list)
    return found


def units(ran: Ran, name: str) -> list[dict[str, object]]:
    """The units of one funnel."""
    [found] = [funnel["units"] for funnel in rows(ran, "funnels") if funnel["name"] == name]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("asked", "matched_as"),
    [("ann@example.com", "user id"), ("d1", "anonymous id"), ("d2", "anonymous id")],
)
def test_any_id_of_a_person_finds_them(shop: Tsa, asked: str, matched_as: str) -> None:
    person = part(shop("explain", asked), "person")
    assert isinstance(person, dict)
    assert (person["user_id"], person["matched_as"]) == ("ann@example.com", matched_as)


def test_an_unknown_id_is_exit_3_and_names_the_nearest(shop: Tsa) -> None:
    ran = shop("explain", "anne@example.com")
    assert ran.code == 3
    assert ran.err.splitlines()[-1] == "hint: did you mean 'ann@example.com'?"


def test_a_link_says_what_shows_it_and_a_shared_device_joins_nobody(shop: Tsa) -> None:
    edges = rows(shop("explain", "ann@example.com"), "identities", "edges")
    assert [(e["anonymous_id"], e["why"]) for e in edges] == [
        ("d1", "1 event carries both ids, which joins them"),
        ("d2", "2 events carry both ids, which joins them"),
    ]
    ann, guest = shop("explain", "d1"), shop("explain", "guest1")
    assert str(part(ann, "identities", "why")).startswith("3 ids are one person; ann@example.com")
    assert part(guest, "identities", "why") == "no other id is linked to this one"
    [shared] = rows(guest, "identities", "edges")
    assert shared["is_cut"] is True
    assert "shared: 4 known ids, more than max_users_per_device 3" in str(shared["why"])
    tablet = shop("explain", "tablet")
    assert part(tablet, "person", "other_users") == [f"guest{n}" for n in range(4)]
    assert "warning: tablet was also used by guest0" in tablet.err


def test_a_cut_says_that_it_waits_and_then_that_it_holds(shop: Tsa) -> None:
    assert (
        shop("identities", "show", "d2").err == "ann@example.com goes by ann@example.com, d1, d2\n"
    )
    dry = shop("identities", "cut", "d2", "ann@example.com", "--dry-run")
    assert "would be cut" in dry.err
    assert shop("identities", "cut", "d2", "ann@example.com").code == 0
    waiting = rows(shop("explain", "ann@example.com"), "identities", "edges")[1]
    assert str(waiting["why"]).endswith("cut by hand, which the next `tsa sessionize` applies")
    assert shop("sessionize").code == 0
    cut = rows(shop("explain", "ann@example.com"), "identities", "edges")[1]
    assert (cut["is_cut"], cut["why"]) == (
        True,
        "2 events carry both ids, but the link was cut by hand",
    )


def test_a_session_says_why_it_began_and_by_which_rule_it_has_its_channel(shop: Tsa) -> None:
    latest = rows(shop("explain", "ann@example.com"), "sessions", "latest")
    told = [(s["why"], s["channel"], s["source_from"]) for s in reversed(latest)]
    assert told == [
        ("the first event of this device", "Email", "the URL's UTM parameters"),
        ("1h 19m idle on this device, more than 30m", "Organic Search", "the referrer"),
        ("the first event of this device", "Direct", "neither URL nor referrer names one"),
        ("7d idle on this device, more than 30m", "Direct", "neither URL nor referrer names one"),
    ]
    assert all(session["channel_rule"] for session in latest)


def test_events_are_counted_and_those_left_out_are_told(shop: Tsa, tmp_path: Path) -> None:
    ran = shop("explain", "ann@example.com", "--limit", 2)
    events = part(ran, "events")
    assert isinstance(events, dict)
    counts = {key: events[key] for key in events if key.endswith("_count")}
    assert counts == {"event_count": 8, "server_count": 1, "excluded_count": 1, "new_count": 0}
    assert [e["event_id"] for e in rows(ran, "events", "latest")] == ["e07", "e06"]
    late = event(30, "page_viewed", "11T09:00:00", anonymous_id="d1")
    (tmp_path / "late.jsonl").write_text(json.dumps(late) + "\n")
    assert shop("ingest", "late.jsonl").code == 0
    later = shop("explain", "d1")
    assert part(later, "events", "new_count") == 1
    assert "warning: 1 newer event:" in later.err


def test_the_asked_time_selects_events_sessions_and_first_steps(shop: Tsa) -> None:
    ran = shop("explain", "d1", "--since", "2026-03-02", "--until", "2026-03-05")
    assert part(ran, "events", "event_count") == 2
    assert part(ran, "sessions", "session_count") == 1
    assert [unit["state"] for unit in units(ran, "booking")] == ["not_entered"]


def test_a_funnel_tells_each_attempt_and_the_one_that_counts(shop: Tsa) -> None:
    ran = shop("explain", "d1", "--funnel", "booking")
    [unit] = units(ran, "booking")
    assert (unit["state"], unit["last_step"]) == ("dropped", 2)
    attempts = unit["attempts"]
    assert isinstance(attempts, list)
    assert [(a["ended"], a["reached"], a["is_counted"]) for a in attempts] == [
        ("window_closed", 2, True),
        ("open", 1, False),
    ]


def test_traits_are_masked_unless_asked_for(shop: Tsa, monkeypatch: pytest.MonkeyPatch) -> None:
    masked = shop("explain", "d1")
    assert part(masked, "person", "traits") == {"city": "(masked)", "email": "(masked)"}
    assert "Ghent" not in masked.out
    assert part(shop("explain", "d1", "--show-pii"), "person", "traits") == TRAITS
    monkeypatch.setenv("TSA_KEY", "another key")
    sealed = part(shop("explain", "d1", "--show-pii"), "person", "traits")
    assert sealed == {"city": "Ghent", "email": "(encrypted: under another TSA_KEY)"}
    monkeypatch.delenv("TSA_KEY")
    sealed = part(shop("explain", "d1", "--show-pii"), "person", "traits")
    assert sealed == {"city": "Ghent", "email": "(encrypted: TSA_KEY is not set)"}


def test_what_no_command_has_made_is_null_and_then_shown(shop: Tsa) -> None:
    before = shop("explain", "d1")
    assert [part(before, key) for key in ("features", "scores", "audiences")] == [None] * 3
    assert shop("features").code == 0
    assert part(shop("explain", "d1"), "features", "total_sessions") == 4


@pytest.mark.parametrize("width", [40, 80, 120])
def test_it_fits_the_terminal(shop: Tsa, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = shop("explain", "d1", "--format", "table").out.splitlines()
    assert max(map(len, lines)) <= width
    assert any(line.startswith("Funnel booking: dropped after step 2") for line in lines)


def test_the_flat_form_has_a_row_for_all_that_has_a_reason(shop: Tsa) -> None:
    lines = shop("explain", "d1", "--funnel", "booking", "--format", "csv").out.splitlines()
    assert lines[0] == "section,at,name,what,why"
    sections = [line.split(",")[0] for line in lines[1:]]
    assert list(dict.fromkeys(sections)) == ["identity", "session", "funnel", "attempt", "event"]


def test_what_an_earlier_moment_does_not_move_is_said(shop: Tsa) -> None:
    assert shop("explain", "d1", "--format", "json").envelope["warnings"] == []
    [said] = shop("explain", "d1", "--as-of", "2026-03-02", "--format", "json").envelope["warnings"]
    assert "are as of 2026-03-02 00:00; ids, profile" in said
