"""
`tsa run`: the steps of configs/tsa.yaml in order, each a run of its own, one summary at the end.

A step that cannot do its work is named and those that need it are left out; the others go on, so
that one broken file, a fault in one report's YAML or a model without enough data does not leave a
shop without its reports.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from tsa_cli.cli import logs
from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs import (
    audiences,
    features,
    funnel,
    ingest,
    journey,
    metrics,
    models,
    retention,
    sessionize,
)
from tsa_cli.cli.recorded import now, record_broken_off, record_finished
from tsa_cli.cli.session import Session
from tsa_cli.errors import BreachError, ConfigError, DataError, TsaError, UsageError

if TYPE_CHECKING:
    from tsa_cli.config.tsa import PipelineStep

SKIPPED, DONE, BREACHED, FAILED = "skipped", "done", "breached", "failed"


@dataclass(frozen=True)
class StepEnd:
    """How one step ended; `answer` is what the command would have printed, `fault` its error."""

    step: str
    run_id: str
    status: str
    exit_code: int
    told: str
    seconds: float = 0.0
    answer: Answer | None = None
    fault: TsaError | None = None


def _ingest(session: Session, names: list[str]) -> Answer:
    return ingest.work(session, names or session.config.inbox, ingest.config_of(session))


STEPS: dict[str, Callable[[Session, list[str]], Answer]] = {
    "ingest": _ingest,
    "sessionize": lambda session, _: sessionize.work(session),
    "features": lambda session, _: features.work(session),
    "funnel": funnel.work,
    "journey": journey.work,
    "retention": retention.work,
    "metrics": metrics.work,
    "train": models.train,
    "score": models.score,
    "audiences": audiences.work,
}
# A step without which another one can only fail. (Audiences that use no score need no score.)
NEEDS = {
    "funnel": "sessionize", "journey": "sessionize", "retention": "sessionize",
    "metrics": "sessionize", "features": "sessionize", "train": "sessionize",
    "score": "train", "audiences": "features",
}  # fmt: skip


def chosen(
    steps: "Sequence[PipelineStep]", first: str | None, last: str | None
) -> "list[PipelineStep]":
    """The steps from `first` to `last`, both included; UsageError for a step that is not there."""
    from tsa_cli.config import nearest

    names = [step.step for step in steps]
    for option, name in (("--from", first), ("--to", last)):
        if name is not None and name not in names:
            raise UsageError(
                f"{option} {name}: no step of the pipeline{nearest(name, names)}",
                f"it is {', '.join(names)}",
            )
    begin = names.index(first) if first in names else 0
    end = names.index(last) + 1 if last in names else len(names)
    if begin >= end:
        raise UsageError(f"--from {first} comes after --to {last}", f"it is {', '.join(names)}")
    return list(steps[begin:end])


def run_steps(session: Session, steps: "Sequence[PipelineStep]") -> Iterator[StepEnd]:
    """Each step's end as it comes; LockedError and faults of tsa end the whole run."""
    missing: set[str] = set()
    for number, asked in enumerate(steps, start=1):
        step, child, started = asked.step, session.child(number, asked.step), time.monotonic()
        if NEEDS.get(step) in missing:
            end = StepEnd(step, child.run_id, SKIPPED, 0, f"needs {NEEDS[step]}")
        elif step == "ingest" and not (asked.names or session.config.inbox):
            end = StepEnd(step, child.run_id, SKIPPED, 0, "no inbox: in tsa.yaml")
        else:
            end = _ended(child, step, asked.names)
        if end.status in (FAILED, SKIPPED) and step != "ingest":  # its other files are stored
            missing.add(step)
        yield replace(end, seconds=round(time.monotonic() - started, 3))


def _ended(session: Session, step: str, names: list[str]) -> StepEnd:
    try:
        answer = STEPS[step](session, list(names))
    except (DataError, UsageError) as error:
        told = error.message
        return StepEnd(step, session.run_id, FAILED, error.exit_code, told, fault=error)
    for warning in answer.warnings:
        logs.warn(f"{step}: {warning}")
    fault = answer.verdict
    if fault is None:
        return StepEnd(step, session.run_id, DONE, 0, answer.summary, answer=answer)
    status = BREACHED if isinstance(fault, BreachError) else FAILED
    told = fault.message
    return StepEnd(step, session.run_id, status, fault.exit_code, told, answer=answer, fault=fault)


def run_all(session: Session, steps: "Sequence[PipelineStep]") -> list[StepEnd]:
    """Every step's end, told on stderr as it comes; the whole run gets a row in `runs`."""
    started_at = now()
    ends: list[StepEnd] = []
    try:
        for end in run_steps(session, steps):
            logs.summary(f"{end.step}: {end.status}" + (f", {end.told}" if end.told else ""))
            ends.append(end)
    except BaseException as error:  # a signal, a store in use, a fault of tsa
        record_broken_off(session, "run", started_at, error, _statuses(ends))
        raise
    record_finished(session, "run", started_at, verdict(ends), _statuses(ends))
    return ends


def _statuses(ends: "Sequence[StepEnd]") -> dict[str, str]:
    return {end.step: end.status for end in ends}


def plan_of(command: str, steps: "Sequence[PipelineStep]") -> Answer:
    """What a dry run prints: each step and what it is asked for."""
    return Answer(command, [{"step": step.step, "names": step.names} for step in steps])


def answer_of(command: str, ends: Sequence[StepEnd]) -> Answer:
    """What `tsa run` prints: each step's end, without what the step itself would have printed."""
    kept = [field.name for field in fields(StepEnd) if field.name not in ("answer", "fault")]
    rows = [{name: getattr(end, name) for name in kept} for end in ends]
    shown = ["step", "status", "seconds", "told"]
    return Answer(command, rows, shown=shown, verdict=verdict(ends))


def verdict(ends: Sequence[StepEnd]) -> TsaError | None:
    """The worst fault of the steps (the first of equals), with the name of its step; else None."""
    faulty = [(end.step, end.fault) for end in ends if end.fault]
    if not faulty:
        return None
    step, worst = max(faulty, key=lambda one: one[1].exit_code)
    others = f" (and {len(faulty) - 1} more)" if len(faulty) > 1 else ""
    if isinstance(worst, ConfigError):  # it begins with FILE:LINE:COL, wherever it is told
        return worst
    for kind in (UsageError, DataError, BreachError):
        if isinstance(worst, kind):
            return kind(f"{step}: {worst.message}{others}", worst.hint)
    raise TypeError(f"a step does not end in this: {worst!r}")
