"""The parts of the benchmark's processes that need no engine."""

import pytest
from benchmarks.case import Side
from benchmarks.cases import all_cases
from benchmarks.data import known_artefacts
from benchmarks.sides.sections import BENCHMARKS, sections


def _sql_of(side: Side) -> list[list[str]]:
    runs = [*side.before, side.timed, *([side.after] if side.after else [])]
    return [words for words in runs if words[0] in ("sides.chdb_sql", "sides.duckdb_sql")]


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_every_section_a_case_runs_is_in_its_file_and_has_its_values(case) -> None:
    for side in case.sides:
        for _, _, file, *rest in _sql_of(side):
            values = dict(word.split("=", 1) for word in rest if "=" in word)
            found = sections(file, values)
            assert {word for word in rest if "=" not in word} <= found.keys()


def test_every_artefact_that_is_needed_can_be_made() -> None:
    known = known_artefacts(1_000)
    needed = {name for case in all_cases() for name in case.needs}
    assert needed | {name for made in known.values() for name in made.needs} <= known.keys()


def test_every_part_of_a_side_is_a_stage_that_its_process_tells() -> None:
    for case in all_cases():
        for side in case.sides[1:]:
            if side.timed[0] != "sides.chdb_sql":
                continue
            stages = {stage for stages in side.parts.values() for stage in stages}
            assert stages <= set(side.timed)


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        sections("sides/chdb_funnel.sql", {})


def test_peers_sql_is_in_files_of_sections() -> None:
    for path in (*BENCHMARKS.glob("sides/*.sql"), *BENCHMARKS.glob("prepare/*.sql")):
        assert "-- section: " in path.read_text(encoding="utf-8"), path
