"""Writing commands are runs: recorded, undone by a dry run, sequenced by `tsa run`."""

import json
from pathlib import Path

import pytest
from tests.conftest import Tsa

from tsa_cli.cli import pipeline
from tsa_cli.cli.jobs import demo
from tsa_cli.cli.session import GlobalOptions, Session
from tsa_cli.config.tsa import PipelineStep, TsaConfig
from tsa_cli.errors import BreachError, DataError, TsaError, UsageError
from tsa_cli.store import open_store


def event(number: int, **more: object) -> str:
    fields = {
        "event_id": str(number),
        "event": "page_viewed",
        "timestamp": f"2026-01-01T00:{number:02d}:00Z",
        "user_id": "u",
    }
    return json.dumps({**fields, **more}) + "\n"


def log(folder: Path, name: str = "e.jsonl", count: int = 3) -> None:
    (folder / name).write_text("".join(event(number) for number in range(count)))


def runs(tsa: Tsa) -> list[dict[str, object]]:
    found = tsa("runs", "list").data
    assert isinstance(found, list)
    return found


def test_a_run_keeps_its_end_its_counts_and_its_definition(tsa: Tsa, tmp_path: Path) -> None:
    log(tmp_path)
    answer = tsa("ingest", "e.jsonl").envelope
    [run] = runs(tsa)
    assert run["run_id"] == answer["run_id"]
    assert run["definition"] == answer["definition"]
    assert (run["command"], run["status"], run["exit_code"]) == ("ingest", "done", 0)
    assert run["counts"] == {
        "read": 3, "inserted": 3, "duplicate": 0, "conflict": 0, "rejected": 0, "files": 1,
    }  # fmt: skip


def test_a_run_that_failed_says_so(tsa: Tsa, tmp_path: Path) -> None:
    log(tmp_path)
    assert tsa("ingest", "e.jsonl", "nowhere.jsonl").code == 3
    assert tsa("score").code == 3
    assert {(r["command"], r["status"], r["exit_code"]) for r in runs(tsa)} == {
        ("ingest", "failed", 3),
        ("score", "failed", 3),
    }


def test_a_run_that_was_killed_is_known_as_such_by_the_next(tsa: Tsa, tmp_path: Path) -> None:
    log(tmp_path)
    assert tsa("ingest", "e.jsonl").code == 0
    with open_store(tmp_path / "tsa.duckdb") as store:
        store.connection().execute("update runs set status = 'running'").fetchall()
    assert [run["status"] for run in runs(tsa)] == ["killed"]  # also before a next one writes
    assert tsa("ingest", "e.jsonl").code == 0
    assert sorted(run["status"] for run in runs(tsa)) == ["done", "killed"]


def test_a_run_that_breached_a_threshold_says_so(tsa: Tsa, tmp_path: Path) -> None:
    for name, count in (("just", 48), ("more", 47)):  # and a conflict, and a line that is no event
        lines = [event(n, event_id=f"{name}{n}") for n in range(count)]
        lines.append(event(1, event_id=f"{name}0"))
        (tmp_path / f"{name}.jsonl").write_text("".join([*lines, "{}\n"]))
    assert tsa("ingest", "just.jsonl").code == 0, "2 % may be rejected"
    ran = tsa("ingest", "more.jsonl")
    assert (ran.code, ran.data["inserted"]) == (1, 47)  # type: ignore[index]
    assert {(run["status"], run["exit_code"]) for run in runs(tsa)} == {
        ("done", 0),
        ("breached", 1),
    }


def test_a_dry_run_changes_nothing_and_is_no_run(tsa: Tsa, tmp_path: Path) -> None:
    log(tmp_path)
    dry = tsa("ingest", "e.jsonl", "-n")
    assert dry.code == 0
    assert isinstance(dry.data, dict)
    assert dry.data["inserted"] == 3
    assert [path.name for path in tmp_path.iterdir()] == ["e.jsonl"]
    assert tsa("ingest", "e.jsonl").code == 0
    assert tsa("sessionize", "-n").code == 0
    assert [run["command"] for run in runs(tsa)] == ["ingest"]
    assert tsa("sql", "select 1 from dim_sessions").code == 3


def test_the_steps_of_a_run_carry_its_id(tsa: Tsa, tmp_path: Path) -> None:
    log(tmp_path)
    configs = tmp_path / "configs"
    configs.mkdir()
    (configs / "tsa.yaml").write_text("version: 1\ninbox: ['*.jsonl']\n")
    ran = tsa("run", "--to", "features")
    assert ran.code == 0
    steps = ran.data
    assert isinstance(steps, list)
    assert [(s["step"], s["status"]) for s in steps] == [
        ("ingest", "done"),
        ("sessionize", "done"),
        ("features", "done"),
    ]
    run_id = str(ran.envelope["run_id"])
    assert all(str(s["run_id"]).startswith(run_id + ".") for s in steps)
    shown = tsa("runs", "show", run_id).data
    assert isinstance(shown, list)
    assert [r["command"] for r in shown] == ["run", "ingest", "sessionize", "features"]


def test_a_second_run_finds_nothing_new(tsa: Tsa, tmp_path: Path) -> None:
    log(tmp_path)
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "tsa.yaml").write_text("version: 1\ninbox: [e.jsonl]\n")
    assert tsa("run", "--to", "sessionize").code == 0
    again = tsa("run", "--to", "sessionize")
    assert again.code == 0
    assert "0 inserted" in again.err


def test_a_step_that_cannot_leaves_out_only_those_that_need_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(session: Session, names: list[str]) -> pipeline.Answer:
        raise DataError("no luck", "try again")

    def works(session: Session, names: list[str]) -> pipeline.Answer:
        return pipeline.Answer("x", [])

    monkeypatch.chdir(tmp_path)
    for name in pipeline.STEPS:
        monkeypatch.setitem(pipeline.STEPS, name, fails if name == "train" else works)
    steps = [PipelineStep(step=name) for name in ("features", "train", "score", "audiences")]
    ends = list(pipeline.run_steps(Session(GlobalOptions()), steps))
    assert [end.status for end in ends] == ["done", "failed", "skipped", "done"]
    verdict = pipeline.verdict(ends)
    assert isinstance(verdict, DataError)
    assert verdict.message == "train: no luck"


def test_a_fault_in_one_reports_yaml_fails_its_step_alone(tsa: Tsa, tmp_path: Path) -> None:
    log(tmp_path)
    (tmp_path / "configs" / "funnels").mkdir(parents=True)
    (tmp_path / "configs" / "tsa.yaml").write_text("version: 1\ninbox: [e.jsonl]\n")
    (tmp_path / "configs" / "funnels" / "bad.yaml").write_text("version: 1\nstep: []\n")
    ran = tsa("run", "--to", "metrics")
    assert ran.code == 2
    assert [(s["step"], s["status"], s["exit_code"]) for s in ran.data] == [  # type: ignore[union-attr,index,call-overload]
        ("ingest", "done", 0),
        ("sessionize", "done", 0),
        ("features", "done", 0),
        ("funnel", "failed", 2),
        ("journey", "done", 0),
        ("retention", "done", 0),
        ("metrics", "done", 0),
    ]
    assert "funnel: failed, configs/funnels/bad.yaml:" in ran.err
    assert "error: configs/funnels/bad.yaml:" in ran.err
    [whole] = [run for run in runs(tsa) if run["command"] == "run"]
    assert (whole["status"], whole["exit_code"]) == ("failed", 2)


def test_a_run_that_a_fault_of_ours_ends_has_its_row(
    tsa: Tsa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(session: Session, names: list[str]) -> pipeline.Answer:
        raise ValueError

    log(tmp_path)
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "tsa.yaml").write_text("version: 1\ninbox: [e.jsonl]\n")
    monkeypatch.setitem(pipeline.STEPS, "sessionize", breaks)
    assert tsa("run", "--to", "features").code == 4
    whole, _ = sorted(runs(tsa), key=lambda run: str(run["run_id"]))
    assert (whole["command"], whole["status"], whole["exit_code"]) == ("run", "failed", 4)
    assert whole["counts"] == {"ingest": "done"}


@pytest.mark.parametrize(
    ("faults", "code", "message"),
    [
        ((UsageError("SQL refused", "mend it"),), 2, "s0: SQL refused"),
        ((BreachError("b"), UsageError("u")), 2, "s1: u (and 1 more)"),
        ((UsageError("u"), DataError("d", "more data"), DataError("e")), 3, "s1: d (and 2 more)"),
    ],
)
def test_a_run_ends_as_the_worst_of_its_steps(
    faults: tuple[TsaError, ...], code: int, message: str
) -> None:
    ends = [
        pipeline.StepEnd(f"s{n}", "", "failed", fault.exit_code, fault.message, fault=fault)
        for n, fault in enumerate(faults)
    ]
    verdict = pipeline.verdict(ends)
    assert verdict is not None
    assert (verdict.exit_code, verdict.message) == (code, message)
    assert verdict.hint in [fault.hint for fault in faults]


def test_from_and_to_choose_a_part_of_the_pipeline() -> None:
    whole = TsaConfig().pipeline
    part = pipeline.chosen(whole, "features", "journey")
    assert [step.step for step in part] == ["features", "funnel", "journey"]
    assert pipeline.chosen(whole, None, None) == whole
    for first, last in (("nothing", None), (None, "nothing"), ("score", "ingest")):
        with pytest.raises(UsageError):
            pipeline.chosen(whole, first, last)


def test_every_step_that_the_config_may_name_can_be_run() -> None:
    assert {step.step for step in TsaConfig().pipeline} == set(pipeline.STEPS)
    assert set(pipeline.NEEDS) | set(pipeline.NEEDS.values()) <= set(pipeline.STEPS)


def test_two_runs_never_share_an_id(tsa: Tsa) -> None:
    ids = {tsa("init", "x").envelope["run_id"] for _ in range(5)}
    assert len(ids) == 5


def test_a_demo_never_enters_a_folder_with_other_things(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    assert tsa("demo", "mine").code == 2
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_demo_has_a_store_of_its_own_whatever_the_surroundings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invented events went into the store of TSA_DB, or of `db:` in ./configs/tsa.yaml."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TSA_DB", str(tmp_path / "shop.duckdb"))
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "tsa.yaml").write_text("version: 1\ndb: /other.duckdb\n")
    own = demo.session_of_its_own(Session(GlobalOptions()), tmp_path / "new")
    assert own.db == Path("tsa.duckdb")  # in DIR, which is the working folder by then
    assert own.config.db == "tsa.duckdb"
    named = GlobalOptions(db=Path("mine.duckdb"), configs=Path("configs"))
    asked = demo.session_of_its_own(Session(named), tmp_path / "new")
    assert asked.db == Path("mine.duckdb")
    assert asked.catalog.user_dir == tmp_path / "configs"


def test_a_dry_run_says_that_it_is_one(tsa: Tsa, tmp_path: Path) -> None:
    log(tmp_path)
    for command in (("init",), ("ingest", "e.jsonl"), ("generate", "--users", "2", "--days", "1")):
        assert tsa(*command, "-n").err.startswith("dry run: ")
    first, *_ = tsa("demo", "d", "-n", "--format", "json").data
    assert first["step"] == "ingest"
    assert [path.name for path in tmp_path.iterdir()] == ["e.jsonl"]
