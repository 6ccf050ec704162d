"""`--where` narrows a report as the same condition in the file would."""

import json
import shutil
from pathlib import Path

import pytest
from tests.conftest import Tsa

from tsa_cli.cli.main import run
from tsa_cli.config.narrowing import parse_where
from tsa_cli.errors import UsageError

FUNNEL = """version: 1
steps:
  - {name: A, event: price_checked%s}
  - {name: B, event: booking_started%s}
"""
RETENTION = """version: 1
bucket: day
periods: 2
start: {event: price_checked%s}
return: {event: "*"%s}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six visitors who check a price and begin to book, with prices of 10, 20, …, 60."""
    db = tmp_path_factory.mktemp("where") / "tsa.duckdb"
    lines = [
        {
            "event_id": f"{n}{name}{day}",
            "event": name,
            "timestamp": f"2026-03-0{day}T1{at}:00:00Z",
            "anonymous_id": f"d{n}",
            "page_url": f"https://shop.example/{n % 2}",
            "properties": {"price": 10 * (n + at), "kind": "abc"[n % 3]},
        }
        for n in range(6)
        for at, name in enumerate(("price_checked", "booking_started"))
        for day in (1, 2)
    ]
    log = db.with_name("log.jsonl")
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run(["--db", str(db), "--quiet", "ingest", str(log)]) in (0, 1)
    assert run(["--db", str(db), "--quiet", "sessionize"]) == 0
    return db


@pytest.fixture
def shop(tsa: Tsa, made: Path, tmp_path: Path) -> Tsa:
    """The command line, in a folder with a copy of the store."""
    shutil.copy(made, tmp_path)
    return tsa


def in_file(folder: Path, kind: str, text: str, condition: str) -> None:
    (folder / "configs" / kind).mkdir(parents=True, exist_ok=True)
    (folder / "configs" / kind / "plain.yaml").write_text(text % ("", ""))
    (folder / "configs" / kind / "own.yaml").write_text(text % (condition, condition))


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        (["properties.price>=30"], "properties.price: {gte: 30}"),
        (["properties.kind=a,c"], "properties.kind: {in: [a, c]}"),
        (["properties.kind!=b", "properties.price<50"],
         "properties.kind: {ne: b}, properties.price: {lt: 50}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("kind", "text"), [("funnels", FUNNEL), ("retention", RETENTION)])
def test_a_condition_does_what_it_does_in_the_file(
    shop: Tsa, tmp_path: Path, asked: list[str], written: str, kind: str, text: str
) -> None:
    command = kind.removesuffix("s")
    in_file(tmp_path, kind, text, f", where: {{{written}}}")
    options = [word for condition in asked for word in ("--where", condition)]
    narrowed = shop(command, "plain", *options, "--format", "csv")
    own = shop(command, "own", "--format", "csv")
    whole = shop(command, "plain", "--format", "csv")
    assert narrowed.code == own.code == 0, narrowed.err
    assert narrowed.out.replace("plain", "own") == own.out
    assert narrowed.out != whole.out


def test_journeys_and_metrics_take_it_and_lines_say_that_they_do_not(shop: Tsa) -> None:
    ran = shop("journey", "pages", "--where", "properties.kind=a", "--format", "json")
    assert isinstance(ran.data, dict)
    assert ran.data["sessions"] == 8  # of 24
    checks = ("metrics", "price_check_frequency", "--format", "json")
    [whole], [some] = shop(*checks).data, shop(*checks, "--where", "properties.kind=a").data
    assert (whole["numerator"], some["numerator"]) == (12, 4)
    often = ("metrics", "return_visitor_rate", "--format", "json")
    first = ("--where", "event_timestamp<2026-03-01T11:00:00Z")  # of four visits each
    [whole], [some] = shop(*often).data, shop(*often, *first).data
    assert [(r["numerator"], r["denominator"]) for r in (whole, some)] == [(6, 6), (0, 6)]
    alone = shop("metrics", "event_validation_rate", "--where", "properties.kind=a")
    assert alone.code == 2
    assert "counts lines or hours" in alone.err
    both = shop(*checks[:2], "event_validation_rate", "--where", "properties.kind=a", *checks[2:])
    assert both.envelope["warnings"] == ["event_validation_rate: --where does not apply"]


@pytest.mark.parametrize("bad", ["", "kind", "=a", "kind=", "!=a"])
def test_what_is_no_condition_is_a_usage_error(bad: str) -> None:
    with pytest.raises(UsageError, match="not KEY=VALUE"):
        parse_where([bad])


def test_a_key_may_be_bounded_twice_but_not_alike(shop: Tsa, tmp_path: Path) -> None:
    assert parse_where(["a>=1", "a<5"])["a"].tests() == [("gte", "1"), ("lt", "5")]
    with pytest.raises(UsageError, match="asked for twice"):
        parse_where(["a=1", "a=2"])
    in_file(tmp_path, "funnels", FUNNEL, ", where: {properties.price: {gte: 30}}")
    twice = shop("funnel", "own", "--where", "properties.price<50")
    assert twice.code == 2
    assert "the configuration has a condition on it" in twice.err
    assert shop("funnel", "plain", "--where", "nope=1").code == 2


def test_a_funnel_is_compared_with_the_span_before(shop: Tsa, tmp_path: Path) -> None:
    in_file(tmp_path, "funnels", FUNNEL.replace("version: 1\n", "version: 1\nwindow: 2h\n"), "")
    command = ("funnel", "plain", "--since", "2026-03-02", "--until", "2026-03-02", "--compare")
    few = ("--where", "properties.price>=30")
    [report] = shop(*command, *few, "--format", "json").data
    past = report["previous"]
    assert (past["since"], past["until"][:23]) == (
        "2026-03-01T00:00:00Z",
        "2026-03-01T23:59:59.999",
    )
    assert (
        (past["entered"], past["converted"]) == (report["entered"], report["converted"]) == (3, 3)
    )
    unknown = [*command[:4], "--until", "2026-03-09", "--compare"]
    assert shop(*unknown, *few, "--format", "json").data[0]["previous"] == past
    beyond = ["funnel", "plain", "--since", "2026-04-01", "--until", "2026-04-09", "--compare"]
    assert "previous" not in shop(*beyond, "--format", "json").data[0]
    before = shop("funnel", "plain", "--since", "2026-03-01", "--until", "2026-03-01", *few)
    [own] = before.data
    assert [(s["index"], s["count"], s["rate_from_start"]) for s in own["steps"]] == [
        tuple(bar.values()) for bar in past["steps"]
    ]
    assert "previous_count" in shop(*command, "--format", "csv").out
    table = shop(*command, "--format", "table").out
    assert "before (2026-03-01 to 2026-03-01): 6 of 6 converted, 100.0%; now +0.0 pp" in table
    assert shop("funnel", "plain", "--compare").code == 2


@pytest.mark.parametrize("condition", ["is_bot=no", "duration_seconds>10m", "start_time>=30d",
                                       "user.total_bookings=1,many"])  # fmt: skip
def test_a_value_that_a_column_never_has_is_a_usage_error(condition: str) -> None:
    with pytest.raises(UsageError, match=f"--where {condition}: (a|true) "):
        parse_where([condition])


@pytest.mark.parametrize(
    ("report", "condition", "told"),
    [
        ("funnel", "channel=organic", "has none called 'organic'; did you mean 'Organic "),
        ("metrics", "channel!=Direct,email", "has none called 'email'; did you mean 'Email'?"),
        ("journey", "user.customer_segment=vip", "users.yaml has none called 'vip'; did you mean"),
        ("retention", "user.acquisition_channel=None", "channels.yaml has none called 'None'"),
    ],
)
def test_a_channel_or_segment_that_no_file_names_is_a_usage_error(
    shop: Tsa, report: str, condition: str, told: str
) -> None:
    ran = shop(report, "--where", condition)
    assert ran.code == 2
    assert ran.err.startswith(f"error: --where {condition}: ")
    assert told in ran.err


def test_a_channel_that_is_there_is_taken(shop: Tsa) -> None:
    assert shop("funnel", "booking", "--where", "channel=Direct,Organic Search").code == 0


def test_what_undoes_a_thing_may_come_from_elsewhere(tsa: Tsa, tmp_path: Path) -> None:
    """As `tsa metrics --help` says: begun on a phone and completed at a desk is not abandoned."""
    events = [("1", "started", "phone"), ("1", "completed", "desk"), ("2", "started", "phone")]
    (tmp_path / "log.jsonl").write_text(
        "".join(
            json.dumps(
                {"event": f"booking_{what}", "timestamp": f"2026-03-01T10:0{n}:00Z", "user_id": "u",
                 "properties": {"booking_id": f"b{booking}", "at": place}}
            ) + "\n"
            for n, (booking, what, place) in enumerate(events)
        )
    )  # fmt: skip
    tsa("ingest", "log.jsonl")
    tsa("sessionize")
    asked = ("metrics", "cart_abandonment_rate", "--where", "properties.at=phone")
    [found] = tsa(*asked).data
    assert (found["numerator"], found["denominator"]) == (1, 2)
