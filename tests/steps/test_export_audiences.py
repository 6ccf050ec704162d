"""Audience files from a real store: who is in them, who is not and why, and what never changes."""

import random
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from tests.soak import soaked
from tests.steps.audience_shop import EVERYONE, NOW, Shop
from tsa_cli.config.audiences import AudienceConfig
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.errors import BreachError, ConfigError, DataError, MissingTable, UsageError
from tsa_cli.privacy.field_crypto import Keys, keys_from
from tsa_cli.steps import export_audiences
from tsa_cli.steps.export_audiences.preflight import is_held_out
from tsa_cli.store import open_store

ALL_FILES = {"members.csv", "google_ads.csv", "meta.csv", "email.csv", "added.csv", "removed.csv"}


@pytest.fixture
def shop(tmp_path):
    with open_store(tmp_path / "tsa.duckdb") as store:
        yield Shop(store, tmp_path / "audiences")


def h(text):
    return sha256(text.encode()).hexdigest()


def test_one_person_reaches_every_file_in_the_form_its_platform_wants(shop):
    shop.person("ann", email="Ann@Gmail.com", phone="(800) 555-0100", first_name="Ann",
                last_name="Ho", zip="94035", country="US")  # fmt: skip
    report = shop.export()
    assert {p.name for p in (shop.root / "a").iterdir()} == ALL_FILES == set(report.files)
    assert shop.rows("members.csv") == [["user_id"], ["ann"]]
    assert shop.rows("google_ads.csv") == [
        ["Email", "Phone", "First Name", "Last Name", "Country", "Zip"],
        [h("ann@gmail.com"), h("+18005550100"), h("ann"), h("ho"), "US", "94035"],
    ]
    meta = dict(zip(*shop.rows("meta.csv"), strict=True))
    assert (meta["email"], meta["phone"]) == (h("ann@gmail.com"), h("18005550100"))
    assert shop.rows("email.csv") == [
        ["email", "first_name", "last_name", "user_id"], ["ann@gmail.com", "Ann", "Ho", "ann"]
    ]  # fmt: skip
    assert (shop.ids("added.csv"), shop.ids("removed.csv")) == (["ann"], [])
    for path in [shop.root, *shop.root.rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


def test_only_the_latest_yes_before_as_of_lets_a_person_out(shop):
    shop.person("yes").person("no", consent=False).person("silent", consent=None)
    shop.person("withdrew", said_ago_days=5)
    shop.consent("withdrew", False, ago_days=4)
    shop.person("returned", consent=False, said_ago_days=5)
    shop.consent("returned", True, ago_days=4)
    shop.person("later", consent=None)
    shop.consent("later", True, ago_days=-1)
    shop.person("both at once")
    shop.consent("both at once", False)
    shop.person("other purpose", consent=None)
    shop.consent("other purpose", True, purpose="analytics")
    report = shop.export()
    assert shop.ids("members.csv") == ["returned", "yes"]
    assert (report.members, report.written) == (8, 2)
    assert report.destinations[0].not_consented == 6


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 6))])
def test_every_member_is_counted_once_in_every_destination(shop, seed):
    rng = random.Random(seed)
    oracle = {}
    for i in range(60):
        consent, has_mail = rng.choice([True, True, False, None]), rng.random() < 0.5
        sessions = rng.randrange(3)
        traits = {"email": f"u{i}@shop.de"} if has_mail else {}
        shop.person(f"u{i}", consent=consent, total_sessions=sessions, **traits)
        oracle[f"u{i}"] = (sessions, consent, has_mail)
    shop.privacy = PrivacyConfig(suppression_files=(str(shop.root.parent / "stop.txt"),))
    stopped = {f"u{i}" for i in rng.sample(range(60), 10)}
    (shop.root.parent / "stop.txt").write_text(
        "# never\n\n" + "\n".join(rng.choice([u, f"{u}@shop.de", h(u)]) for u in stopped)
    )
    # a stop by e-mail needs the e-mail to be known
    lines = (shop.root.parent / "stop.txt").read_text().splitlines()
    stopped = {u for u in stopped if oracle[u][2] or f"{u}@shop.de" not in lines}
    audiences = {
        "a": {"where": {"total_sessions": {"gt": 0}}, "holdout": 0.2, "exclude": ["b"]},
        "b": {"where": {"total_sessions": {"gt": 1}}},
    }
    report, _ = export_audiences.export(shop.store, shop.request(audiences))
    left = {u: v for u, v in oracle.items() if v[0] == 1}
    out = {u: v for u, v in left.items() if not is_held_out("a", u, 0.2)}
    allowed = sorted(u for u, v in out.items() if v[1] and u not in stopped)
    assert shop.ids("members.csv") == allowed
    assert shop.ids("email.csv") == [f"{u}@shop.de" for u in allowed if oracle[u][2]]
    for count in report.destinations:
        assert count.members == sum(v[0] > 0 for v in oracle.values())
        assert count.held_out == len(left) - len(out)
        assert count.not_consented == sum(not v[1] for v in out.values())
        assert count.members == sum(
            (count.excluded, count.held_out, count.not_consented, count.suppressed,
             count.invalid, count.written)
        )  # fmt: skip


def test_a_second_export_tells_who_came_and_who_went(shop):
    shop.person("a").person("b").person("c")
    shop.export()
    shop.consent("b", False, ago_days=0.5)
    shop.as_of += timedelta(days=1)
    shop.sql("update user_behavior_features set as_of = $t", {"t": shop.as_of})
    shop.person("d")
    report = shop.export()
    assert (report.added, report.removed) == (1, 1)
    assert (shop.ids("members.csv"), shop.ids("added.csv"), shop.ids("removed.csv")) == (
        ["a", "c", "d"], ["d"], ["b"]
    )  # fmt: skip
    assert shop.sql("select user_id, entered_as_of, as_of from audience_members order by 1") == [
        ("a", NOW, shop.as_of), ("c", NOW, shop.as_of), ("d", shop.as_of, shop.as_of)
    ]  # fmt: skip


def test_the_same_export_again_changes_nothing(shop):
    shop.person("a", email="a@shop.de").person("b")
    shop.export()
    before = {path: path.stat().st_mtime_ns for path in shop.files()}
    assert shop.export().status == "unchanged"
    assert {path: path.stat().st_mtime_ns for path in shop.files()} == before
    assert shop.ids("added.csv") == ["a", "b"]


def test_a_rerun_after_a_crash_before_the_commit_tells_the_same_changes(shop):
    shop.person("a")
    shop.export()
    shop.sql("delete from audience_members")
    shop.sql("delete from audience_exports")
    shop.export()
    assert shop.ids("added.csv") == ["a"]


def test_a_query_that_fails_changes_no_file_and_the_others_go_on(shop):
    shop.person("a")
    shop.export()
    before = shop.files()
    broken = {"sql": "select user_id from user_behavior_features where nope > 1"}
    reports = export_audiences.export(shop.store, shop.request({"a": broken, "b": EVERYONE}))
    assert [r.status for r in reports] == ["failed", "written"]
    assert isinstance(reports[0].error, UsageError)
    assert {p: c for p, c in shop.files().items() if p in before} == before
    assert shop.sql("select count(*) from audience_members where audience = 'a'") == [(1,)]


def test_an_audience_that_shrinks_past_its_guard_keeps_its_files(shop):
    for name in "abcd":
        shop.person(name)
    half = {"where": {"user_id": {"in": ["a", "b"]}}}
    less = {"where": {"user_id": "a"}}
    nobody = {"where": {"user_id": "x"}}
    shop.export()
    before = shop.files()
    for audience in (less, nobody):
        with pytest.raises(BreachError, match="max_shrink"):
            shop.export(audience)
    assert shop.files() == before
    assert shop.export(half).removed == 2  # exactly half is not more than half
    assert shop.export(nobody, allow_shrink=True).status == "written"
    assert shop.ids("members.csv") == []
    with pytest.raises(BreachError, match="min_size"):
        shop.export(half | {"min_size": 3})


def test_a_file_that_cannot_be_written_leaves_all_as_they_were(shop):
    shop.person("a")
    shop.export()
    (shop.root / "a" / "removed.csv").unlink()
    (shop.root / "a" / "removed.csv").mkdir()
    before = shop.files()
    shop.as_of = NOW + timedelta(hours=1)
    shop.sql("update user_behavior_features set as_of = $t", {"t": shop.as_of})
    shop.person("b")
    with pytest.raises(DataError, match="a folder"):
        shop.export()
    assert shop.files() == before
    assert shop.sql("select user_id from audience_members") == [("a",)]


def test_a_plan_writes_nothing_and_says_what_an_export_would_do(shop):
    shop.person("a").person("b", consent=False)
    [planned] = export_audiences.plan(shop.store, shop.request({"a": EVERYONE}))
    assert not shop.root.exists()
    assert (planned.members, planned.written, planned.added) == (2, 1, 1)
    written = shop.export()
    assert written.destinations == planned.destinations


def test_without_the_key_ads_get_their_hashes_and_the_email_file_is_empty(shop):
    shop.person("ann", email="ann@shop.de")
    report = shop.export(keys=Keys())
    assert shop.rows("google_ads.csv")[1][0] == h("ann@shop.de")
    assert shop.ids("email.csv") == []
    assert [c.invalid for c in report.destinations if c.destination == "email"] == [1]
    [note] = report.notes
    assert note.startswith("1 e-mail address cannot be read without TSA_KEY")
    assert shop.export().notes == []


def test_addresses_that_are_stored_hashed_are_told_since_nobody_can_write_to_them(shop):
    shop.keys = Keys()
    shop.person("ann", email="ann@shop.de")
    report = shop.export()
    assert shop.ids("email.csv") == []
    [note] = report.notes
    assert note.startswith("e-mail addresses are stored hashed and not in email.csv")
    assert "TSA_KEY" in note


def test_under_another_key_nothing_is_written(shop):
    shop.person("ann", email="ann@shop.de")
    with pytest.raises(DataError, match="cannot be decrypted"):
        shop.export(keys=keys_from({"TSA_KEY": "44" * 32}))
    assert not shop.files()


def test_after_a_change_of_key_the_addresses_of_before_are_left_out_and_told(shop):
    shop.person("ann", email="ann@shop.de")
    older, newer = shop.keys, keys_from({"TSA_KEY": "44" * 32})
    shop.keys = newer
    shop.person("bob", email="bob@shop.de", last_name="Poe")
    shop.keys = older
    shop.traits("bob", first_name="Bob")
    report = shop.export(keys=newer)
    assert shop.rows("email.csv")[1:] == [["bob@shop.de", "", "Poe", "bob"]]
    assert len(shop.rows("google_ads.csv")) == 3
    assert [c.invalid for c in report.destinations if c.destination == "email"] == [1]
    assert report.notes == ["1 e-mail address cannot be read under this TSA_KEY: not in email.csv"]


def test_a_stop_under_any_id_of_a_person_holds(shop):
    shop.person("ann", device="d1", email="ann@shop.de")
    shop.sql("insert into actors values (2, 1, 1, 'd1', 'old', 'd1', 'ann', 1, null, null)")
    stop = shop.root.parent / "stop.txt"
    shop.privacy = PrivacyConfig(suppression_files=(str(stop),))
    for told, written in (("old", 0), ("d1", 0), (h("old").upper(), 0), ("ann", 0), ("bob", 1)):
        stop.write_text(told)
        [report] = export_audiences.plan(shop.store, shop.request({"a": EVERYONE}))
        assert report.written == written, told


@pytest.mark.parametrize("pii", [{"email": "encrypt", "phone": "encrypt"}, {"email": "hash"}, {}])
def test_a_stop_of_an_old_address_holds_after_a_new_one(shop, pii):
    stop = shop.root.parent / "stop.txt"
    shop.privacy = PrivacyConfig(pii=pii, suppression_files=(str(stop),), default_country="US")
    shop.person("ann", email="A.nn@gmail.com", phone="(800) 555-0100", said_ago_days=3)
    shop.traits("ann", ago_days=2, email="ann@shop.de", phone="(800) 555-0101")
    for told, written in (
        ("ann@gmail.com", 0), (h("ann@gmail.com"), 0), ("ann@shop.de", 0), ("bob@shop.de", 1),
        ("800 555 0100", 0), (h("18005550100"), 0), ("+1 800 555 0102", 1),
    ):  # fmt: skip
        stop.write_text(told)
        [report] = export_audiences.plan(shop.store, shop.request({"a": EVERYONE}))
        assert report.written == written, told


def test_the_first_line_of_a_stop_list_from_a_spreadsheet_holds(shop):
    stop = shop.root.parent / "stop.txt"
    shop.privacy = PrivacyConfig(suppression_files=(str(stop),))
    shop.person("ann", email="ann@shop.de")
    for encoding in ("utf-8", "utf-8-sig"):
        stop.write_text("ann@shop.de\r\n", encoding=encoding)
        assert shop.export().written == 0


def test_a_carriage_return_stays_inside_of_its_cell(shop):
    shop.person("a\rb", email="ann@shop.de", first_name="An\rn")
    shop.export()
    assert (shop.root / "a" / "members.csv").read_bytes() == b'user_id\n"a\rb"\n'
    assert shop.rows("email.csv")[1] == ["ann@shop.de", "An\rn", "", "a\rb"]


def test_a_link_in_the_place_of_the_folder_is_refused(shop):
    shop.person("ann")
    elsewhere = shop.root.parent / "elsewhere"
    elsewhere.mkdir()
    shop.root.mkdir()
    for target in (elsewhere, shop.root / "nowhere"):
        (shop.root / "a").symlink_to(target)
        with pytest.raises(DataError, match="a: a symbolic link"):
            shop.export()
        (shop.root / "a").unlink()
    assert list(elsewhere.iterdir()) == []
    (shop.root / "a").touch()
    with pytest.raises(DataError, match="a: not a folder"):
        shop.export()


def test_the_latest_address_replaces_all_hashes_of_the_one_before(shop):
    shop.person("ann", email="a.nn@gmail.com", said_ago_days=3)
    shop.traits("ann", ago_days=2, email="ann@shop.de")
    shop.traits("ann", ago_days=-2, email="future@shop.de")
    shop.export()
    assert shop.rows("google_ads.csv")[0].count("Email") == 1
    assert shop.rows("google_ads.csv")[1][0] == h("ann@shop.de")
    assert shop.ids("email.csv") == ["ann@shop.de"]


def test_of_two_addresses_told_at_one_moment_every_file_has_the_same_one(shop):
    chosen = set()
    for name in ("ann", "bob", "cas", "dee", "eve", "fay"):
        dotted, simple = f"{name}.x@gmail.com", f"{name}@shop.de"
        shop.person(name, email=dotted)
        shop.traits(name, email=simple)
        has_dot = max(h(dotted), h(f"{name}x@gmail.com")) > h(simple)
        chosen.add((h(f"{name}x@gmail.com"), h(dotted)) if has_dot else (h(simple), h(simple)))
    shop.export()
    assert {(row[0], row[1]) for row in shop.rows("google_ads.csv")[1:]} == chosen
    assert {h(address) for address in shop.ids("email.csv")} == {email for _, email in chosen}


def test_what_a_device_said_before_its_login_counts_for_its_user(shop):
    shop.person("ann", consent=None, device="d1")
    shop.consent(None, True, device="d1")
    shop.traits(None, device="d1", email="ann@shop.de")
    shop.export()
    assert shop.ids("email.csv") == ["ann@shop.de"]


def test_a_destination_that_is_dropped_takes_its_file_along(shop):
    shop.person("ann", email="ann@shop.de")
    shop.export()
    shop.as_of += timedelta(days=1)
    shop.sql("update user_behavior_features set as_of = $t", {"t": shop.as_of})
    shop.export(EVERYONE | {"destinations": ["csv", "email"]})
    assert {p.name for p in shop.files()} == ALL_FILES - {"google_ads.csv", "meta.csv"}
    again = shop.export(EVERYONE | {"destinations": ["csv"]})
    assert {p.name for p in shop.files()} == {"members.csv", "added.csv", "removed.csv"}
    assert (again.status, again.files) == ("written", ["email.csv"])


def test_scores_and_features_of_another_moment_are_refused_with_the_command(shop):
    shop.person("ann")
    with pytest.raises(MissingTable) as missing:
        shop.export({"where": {"lead_score": {"gt": 70}}})
    assert missing.value.hint == "run `tsa score` first"
    shop.store.execute("5_scores/user_scores.sql")
    shop.sql("insert into user_scores values ('ann', 'lead_score', 'v', $t, 71, .71, 'Hot', '{}')",
             {"t": NOW})  # fmt: skip
    assert shop.export({"where": {"lead_score": {"gt": 70}}}).written == 1
    for audience in (EVERYONE, {"sql": "select user_id from user_behavior_features"}):
        with pytest.raises(DataError, match="user_behavior_features is as of") as error:
            shop.export(audience, as_of=NOW + timedelta(hours=1))
        assert "tsa features --as-of 2026-11-01T13:00:00Z" in error.value.hint
    newest = NOW + timedelta(hours=1)
    shop.store.newest_event_ts = lambda: newest  # it counts where no moment is asked alone
    with pytest.raises(DataError) as error:
        shop.export(as_of=newest)
    assert error.value.hint == "run `tsa features` first"


def test_a_definition_in_sql_may_use_as_of_and_nothing_harmful(shop):
    shop.person("ann").person("bob")
    good = {"sql": "select user_id from user_behavior_features where as_of = $as_of limit 1"}
    assert shop.export(good).members == 1
    assert shop.export({"sql": "select 'ann' as USER_ID"}).members == 1  # names have no case
    for bad in ("delete from dim_users", "select user_id from read_csv('x')", "select 1 as x",
                "select user_id from user_traits"):  # fmt: skip
        with pytest.raises((UsageError, ConfigError)):
            shop.export({"sql": bad})


def test_two_audiences_that_exclude_each_other_go_without_whom_they_share(shop):
    shop.person("ann").person("bob").person("cat")
    only = "select user_id from dim_users where user_id in "
    configs = {
        "a": {"sql": f"{only} ('ann', 'bob')", "exclude": ["b"]},
        "b": {"sql": f"{only} ('bob', 'cat')", "exclude": ["a"]},
    }
    reports = export_audiences.plan(shop.store, shop.request(configs))
    assert [(report.name, report.members, report.written) for report in reports] == [
        ("a", 2, 1),
        ("b", 2, 1),
    ]


def test_an_unknown_audience_is_named_with_the_nearest_one(shop):
    with pytest.raises(ConfigError, match="did you mean 'abandoned'"):
        export_audiences.plan(
            shop.store, shop.request({"abandoned": EVERYONE}, names=["abandonned"])
        )
    with pytest.raises(ConfigError, match="exclude: no audience named 'x'"):
        export_audiences.plan(shop.store, shop.request({"a": EVERYONE | {"exclude": ["x"]}}))


def test_an_audience_is_one_of_where_or_sql():
    for values in ({}, {"where": {"a": 1}, "sql": "select 1"}, {"where": {}}):
        with pytest.raises(ValueError, match="where"):
            AudienceConfig.model_validate(values)


def test_the_listing_names_every_audience_with_its_last_export(shop):
    shop.person("ann")
    configs = shop.request({"a": EVERYONE}).audiences
    [before] = export_audiences.listing(shop.store, configs)
    assert before["exported_as_of"] is None
    shop.export()
    [after] = export_audiences.listing(shop.store, configs)
    assert (after["exported_as_of"], after["exported_members"]) == (NOW, 1)
    assert after["defined_by"] == "where"


def test_no_audience_name_leads_out_of_the_folder(shop):
    shop.person("ann")
    [report] = export_audiences.export(shop.store, shop.request({"../x": EVERYONE}))
    assert isinstance(report.error, ConfigError)
    assert not (Path(shop.root).parent / "x").exists()


def test_lines_of_a_stop_list_that_stop_nobody_are_told_by_number_alone(shop):
    stop = shop.root.parent / "stop.txt"
    odd = [
        "Ann <ann@shop.de>", '"ann@shop.de"', "ann@shop.de,left", "ann@localhost", "Ann Shop",
        "030 901820", "(212) 555-0100", "0309018200",
    ]  # fmt: skip
    plain = ["", "# ann@, gone", "ann@shop.de", "+49 30 901820", "ann", "o'neil", "4711223344",
             "12-34", h("ann"), "2f1c-44aa-90de"]  # fmt: skip
    stop.write_text("\n".join(plain))
    privacy = PrivacyConfig(suppression_files=(str(stop), str(stop) + ".gone"))
    assert not export_audiences.stop_list_notes(privacy)
    stop.write_text("\r\n".join([*plain, *odd]), encoding="utf-8-sig")
    [note] = export_audiences.stop_list_notes(privacy)
    assert note.startswith(f"{stop}: lines 11, 12, 13, 14, 15 and 3 more ")
    assert not any(text in note for text in odd)
    german = PrivacyConfig(suppression_files=(str(stop),), default_country="DE")
    stop.write_text("030 901820\n(999) 1234-5\n")
    [note] = export_audiences.stop_list_notes(german)
    assert note.startswith(f"{stop}: line 2 ")
