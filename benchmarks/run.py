"""
The same work done by tsa and by its peers, side by side: `python -m benchmarks.run --events 10M`.

reads   nothing but this checkout
writes  benchmarks/.venv, benchmarks/data/SIZE, benchmarks/results/NAME.{json,md}
"""

import argparse
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks import data, environment, report
from benchmarks.case import Case
from benchmarks.cases import all_cases
from benchmarks.measure import Bench, Sample, SideFailed, run_round
from benchmarks.report import Measured

UNITS = {"": 1, "k": 1_000, "M": 1_000_000}
GIB = 1 << 30


def main() -> int:
    """0 when every side answered what tsa answered, 1 when one differed or failed."""
    asked = _arguments()
    python = environment.ensure(with_spark=asked.spark)
    events = _count(asked.events)
    folder = Path(__file__).with_name("data") / asked.events
    folder.mkdir(parents=True, exist_ok=True)
    if asked.anew:
        data.forget(folder)
    bench = Bench(python, folder, environment.variables())
    context = _context(events, asked.rounds, environment.versions(python))
    found: list[Measured] = []
    for case in _chosen(asked.cases):
        sys.stderr.write(f"{case.name}: {case.question}\n")
        found.append(_measure(bench, case, events, asked.rounds, with_spark=asked.spark))
        path = report.write(asked.name or asked.events, context, found)  # after each: none is lost
    sys.stdout.write(path.read_text(encoding="utf-8"))
    return int(any(one.failures or _differing(one) for one in found))


def _measure(bench: Bench, case: Case, events: int, rounds: int, *, with_spark: bool) -> Measured:
    """The case's samples: A B C A B C; a side that fails is left out from then on."""
    samples: dict[str, list[Sample]] = {}
    failures: dict[str, str] = {}
    try:
        data.ensure(bench, events, case.needs)
    except SideFailed as error:
        sys.stderr.write(f"  {error}\n")
        return Measured(case, samples, {side.name: str(error) for side in case.sides})
    for number in range(rounds):
        for side in case.sides:
            if side.name in failures or (side.needs_spark and not with_spark):
                continue
            try:
                sample = run_round(bench, side.before, side.timed, side.after)
            except SideFailed as error:
                failures[side.name] = str(error)
                sys.stderr.write(f"  {side.name}: {error}\n")
                continue
            samples.setdefault(side.name, []).append(sample)
            sys.stderr.write(
                f"  {number + 1} {side.name}: {sample.wall_seconds:.2f} s, cpu"
                f" {sample.cpu_seconds:.2f} s, load {sample.load_average:.1f}\n"
            )
    return Measured(case, samples, failures)


def _differing(found: Measured) -> bool:
    return any(found.differences(s) for s in found.case.sides[1:] if not s.may_differ)


def _context(events: int, rounds: int, versions: Mapping[str, str]) -> dict[str, object]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    machine = f"{os.cpu_count()} processors, {memory:.0f} GiB of memory"
    return {"events": events, "rounds": rounds, "machine": machine, "versions": dict(versions)}


def _chosen(names: str | None) -> list[Case]:
    cases = all_cases()
    if not names:
        return cases
    patterns = [re.compile(name.replace("*", ".*")) for name in names.split(",")]
    chosen = [case for case in cases if any(p.fullmatch(case.name) for p in patterns)]
    if not chosen:
        raise SystemExit(f"--cases {names}: known are {', '.join(case.name for case in cases)}")
    return chosen


def _count(text: str) -> int:
    found = re.fullmatch(r"(\d+)([kM]?)", text)
    if not found:
        raise SystemExit(f"--events {text}: not a number such as 200k or 10M")
    return int(found[1]) * UNITS[found[2]]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--events", default="1M", help="how many: 200k, 1M, 10M, 50M")
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    parser.add_argument("--cases", help="names, with * for any: ingest_*,funnel_four_steps")
    parser.add_argument("--name", help="of the result files; as the events by default")
    parser.add_argument("--anew", action="store_true", help="make stores and peers' tables again")
    parser.add_argument("--spark", action="store_true", help="PySpark, too (needs Java)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
