"""The way through a large step, as its docstring tells it, names modules that are there."""

import re
from importlib import import_module
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["funnel", "ingest", "sessionize"])
def test_the_way_through_a_step_names_modules_that_are_there(name: str) -> None:
    package = import_module(f"tsa_cli.steps.{name}")
    told = str(package.__doc__).partition("module by module")[2]
    named = {
        module
        for line in told.splitlines()
        if (row := re.match(r"([a-z_]+(?:, [a-z_]+)*)  ", line))
        for module in row[1].split(", ")
    }
    there = {path.stem for path in Path(str(package.__file__)).parent.glob("*.py")}
    assert len(named) >= 9
    assert named <= there
