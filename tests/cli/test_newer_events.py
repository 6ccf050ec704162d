"""What came after `tsa sessionize`, events or rules, is in no report: they say so."""

import json
from functools import partial
from pathlib import Path

from tests.conftest import Tsa
from tests.enrich.mmdb_file import write_mmdb

from tsa_cli.store import open_store

LINE = '{"event": "page_viewed", "timestamp": "2024-01-0%dT10:00:00Z", "user_id": "u"}\n'


def warnings_of(tsa: Tsa, *words: str, codes: tuple[int, ...] = (0,)) -> list[str]:
    """What a command that ends with one of `codes` warns of."""
    ran = tsa(*words, "--format", "json")
    assert ran.code in codes, ran.err
    found: list[str] = json.loads(ran.out)["warnings"]
    return found


def test_reports_warn_of_events_that_are_not_sessionized_yet(tsa: Tsa, tmp_path: Path) -> None:
    def asked(*words: str) -> dict[str, object]:
        ran = tsa(*words, "--format", "json")
        assert ran.code == 0, ran.err
        answer: dict[str, object] = json.loads(ran.out)
        return answer

    def ingest(day: int) -> None:
        (tmp_path / f"{day}.jsonl").write_text(LINE % day)
        asked("ingest", f"{day}.jsonl")

    ingest(1)
    asked("sessionize")
    ingest(9)
    warning = "1 newer event: `tsa sessionize` takes it in"
    features = asked("features", "--as-of", "3d")
    assert (features["as_of"], features["warnings"]) == ("2024-01-06T10:00:00Z", [warning])
    assert asked("metrics", "pages_per_session")["warnings"] == [warning]
    asked("sessionize")
    assert asked("features")["warnings"] == []
    call = LINE.replace("page_viewed", "$identify").replace("}", ', "anonymous_id": "a"}')
    (tmp_path / "call.jsonl").write_text(call % 9)
    asked("ingest", "call.jsonl")
    assert asked("features")["warnings"] == [warning]
    asked("sessionize")
    assert asked("identities", "show", "a")["warnings"] == []
    asked("identities", "cut", "a", "u")
    cut = "1 cut link: `tsa sessionize` applies it"
    assert asked("identities", "show", "a")["warnings"] == [cut]


def test_reports_warn_of_rules_that_came_after_the_sessions(tsa: Tsa, tmp_path: Path) -> None:
    warnings = partial(warnings_of, tsa)

    (tmp_path / "1.jsonl").write_text(LINE % 1)
    warnings("ingest", "1.jsonl")
    warnings("sessionize")
    rules = tmp_path / "configs" / "sessions.yaml"
    rules.parent.mkdir()
    rules.write_text("version: 1  # the rules of before\n")
    assert warnings("metrics", "bounce_rate") == []
    rules.write_text("version: 1\nbounce: ga4\n")
    by_others = "sessions and users are by the rules of before: `tsa sessionize` makes them anew"
    assert warnings("metrics", "bounce_rate") == warnings("features") == [by_others]
    warnings("sessionize")
    assert warnings("metrics", "bounce_rate") == []


def test_reports_say_when_every_event_is_left_out(tsa: Tsa, tmp_path: Path) -> None:
    bots = LINE.replace("}", ', "user_agent": "curl/8.0"}')
    (tmp_path / "bots.jsonl").write_text(bots % 1 + bots % 2)
    assert tsa("ingest", "bots.jsonl").code == 0
    assert tsa("sessionize").code == 0
    said = (
        "all 2 events are left out, as bots' or the shop's own: `exclude` of sessions.yaml says who"
    )
    for command in ("funnel", "retention", "metrics", "check", "features"):
        assert warnings_of(tsa, command) == [said], command
    assert warnings_of(tsa, "journey", "pages") == [said, "pages: no session in the asked time"]
    assert "no analysed event to learn from" in tsa("train").err
    (tmp_path / "ann.jsonl").write_text(LINE % 3)
    assert tsa("ingest", "ann.jsonl").code == 0
    assert warnings_of(tsa, "metrics")[0] == "1 newer event: `tsa sessionize` takes it in"
    assert tsa("sessionize").code == 0
    assert warnings_of(tsa, "metrics") == []


def test_audiences_check_and_explain_warn_of_what_is_older_than_its_source(
    tsa: Tsa, tmp_path: Path
) -> None:
    warnings = partial(warnings_of, tsa, codes=(0, 1))

    def ingest(day: int) -> None:
        (tmp_path / f"{day}.jsonl").write_text(LINE % day)
        warnings("ingest", f"{day}.jsonl")

    audience = tmp_path / "configs" / "audiences" / "seen.yaml"
    audience.parent.mkdir(parents=True)
    audience.write_text(
        "version: 1\nwhere: {total_sessions: {gte: 1}}\n"
        "requires_consent: marketing\ndestinations: [csv]\n"
    )
    ingest(9)
    warnings("sessionize")
    warnings("features")
    asked = ("audiences", "plan", "seen"), ("audiences", "export", "seen")
    readers = (*asked, ("check",), ("explain", "u"))
    assert [warnings(*words) for words in readers] == [[]] * 4
    ingest(1)  # late: the newest event, and so as_of, stays
    newer = "1 newer event: `tsa sessionize` takes it in"
    assert [warnings(*words) for words in readers] == [[newer]] * 4
    warnings("sessionize")
    before = "user_behavior_features is of before the last `tsa sessionize`"
    stale = f"{before}: `tsa features` makes it anew"
    assert [warnings(*words) for words in readers] == [[stale], [stale], [], []]
    warnings("features")
    warnings("sessionize")  # which finds nothing new
    assert [warnings(*words) for words in readers] == [[]] * 4
    (tmp_path / "configs" / "sessions.yaml").write_text("version: 1\ntimeout: 5m\n")
    rules = "sessions and users are by the rules of before: `tsa sessionize` makes them anew"
    assert [warnings(*words) for words in readers] == [[rules]] * 4
    warnings("sessionize")
    assert [warnings(*words) for words in asked] == [[stale], [stale]]


def test_audiences_warn_when_a_login_came_after_the_features(tsa: Tsa, tmp_path: Path) -> None:
    """A call is no event: the counts stay, but who was `d` is `u` now."""

    warnings = partial(warnings_of, tsa)

    audience = tmp_path / "configs" / "audiences" / "seen.yaml"
    audience.parent.mkdir(parents=True)
    audience.write_text("version: 1\nwhere: {total_sessions: {gte: 1}}\ndestinations: [csv]\n")
    line = '{"event": "%s", "timestamp": "2026-01-0%dT10:00:00Z", "anonymous_id": "d"'
    (tmp_path / "a.jsonl").write_text(line % ("page_viewed", 2) + "}\n")
    (tmp_path / "b.jsonl").write_text(line % ("$identify", 1) + ', "user_id": "u"}\n')
    for words in (("ingest", "a.jsonl"), ("sessionize",), ("features",), ("ingest", "b.jsonl")):
        warnings(*words)
    warnings("sessionize")
    [stale] = warnings("audiences", "plan", "seen")
    assert stale.startswith("user_behavior_features is of before the last `tsa sessionize`")
    warnings("features")
    assert warnings("audiences", "plan", "seen") == []


def test_audiences_warn_when_another_model_is_in_use_than_made_the_scores(
    tsa: Tsa, tmp_path: Path
) -> None:
    """Trained again, or promoted, as of the same moment: no moment tells."""
    warnings = partial(warnings_of, tsa)

    audience = tmp_path / "configs" / "audiences" / "hot.yaml"
    audience.parent.mkdir(parents=True)
    audience.write_text("version: 1\nwhere: {lead_score: {gte: 1}}\ndestinations: [csv]\n")
    (tmp_path / "1.jsonl").write_text(LINE % 1)
    for words in (("ingest", "1.jsonl"), ("sessionize",), ("features",)):
        warnings(*words)
    with open_store(tmp_path / "tsa.duckdb") as store:
        store.execute("5_scores/user_scores.sql")
        store.connection().execute(
            "insert into user_scores by name select 'u' as user_id, 'lead_score' as model, 'v1' as"
            " model_version, timestamp '2024-01-01 10:00:00' as as_of, 50 as score, 0.5 as"
            " probability, 'Hot' as band, '{}' as factors"
        ).fetchall()
    models = tmp_path / "models" / "lead_score"
    for version in ("v1", "v2"):
        (models / version).mkdir(parents=True)
    asked = ("audiences", "plan", "hot"), ("audiences", "export", "hot")
    other = "user_scores are by another version of lead_score than is in use"
    for current, told in (
        ("v1", []),
        ("v2", [f"{other}: `tsa score` makes them anew"]),
        ("no version", []),  # of a damaged file
    ):
        (models / "current").write_text(current + "\n")
        assert [warnings(*words) for words in asked] == [told, told]
    (models / "v1").rmdir()  # the scores may be by the models of another --dir
    (models / "current").write_text("v2\n")
    assert [warnings(*words) for words in asked] == [[], []]


def test_a_city_database_that_came_changed_or_went_is_told(tsa: Tsa, tmp_path: Path) -> None:
    warnings = partial(warnings_of, tsa)

    mmdb, asked = tmp_path / "c.mmdb", ("metrics", "bounce_rate")
    (tmp_path / "1.jsonl").write_text(LINE % 1)
    warnings("ingest", "1.jsonl")
    warnings("sessionize")
    write_mmdb(mmdb, {"8.8.8.0/24": {"city": {"names": {"en": "A"}}}})
    (tmp_path / "configs").mkdir()
    settings = tmp_path / "configs" / "tsa.yaml"
    settings.write_text("version: 1\nmmdb: c.mmdb\n")
    rules = ["sessions and users are by the rules of before: `tsa sessionize` makes them anew"]
    assert warnings(*asked) == rules
    warnings("sessionize")
    assert warnings(*asked) == []
    write_mmdb(mmdb, {"8.8.8.0/24": {"city": {"names": {"en": "Longer"}}}})
    assert warnings(*asked) == rules
    settings.write_text("version: 1\n")
    assert warnings(*asked) == rules
    warnings("sessionize")
    assert warnings(*asked) == []
