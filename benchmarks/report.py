"""
What the benchmark found, as JSON for machines and Markdown for people.

writes  benchmarks/results/NAME.json, NAME.md
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import isclose
from pathlib import Path
from statistics import median

from benchmarks.case import Case, Side
from benchmarks.measure import Sample

FOLDER = Path(__file__).with_name("results")
MIB = 1 << 20
RELATIVE_TOLERANCE = 1e-9
METHOD = (
    "The sides take turns, each in a fresh process; figures are medians, and a ratio is the median"
    " of tsa / peer over the rounds, so below 1 tsa needs less. `wall`, `cpu` (user + system) and"
    " peak memory are of the whole process as the operating system counts them; what is named"
    " otherwise is measured inside the process, with the engine up."
)


@dataclass(frozen=True)
class Measured:
    """A case with the samples of each side, by name, in the order of the rounds."""

    case: Case
    samples: Mapping[str, list[Sample]]
    failures: Mapping[str, str]

    def ratio(self, side: Side, figure: str) -> float | None:
        """The median over the rounds of tsa's figure / the side's of the same round."""
        own, other = (self.figures(one).get(figure, []) for one in (self.case.sides[0], side))
        pairs = [a / b for a, b in zip(own, other, strict=False) if b]
        return median(pairs) if pairs else None

    def figures(self, side: Side) -> dict[str, list[float]]:
        """wall, cpu, rss, and the parts inside the process: one value per round."""
        samples = self.samples.get(side.name, [])
        found = {
            "wall": [one.wall_seconds for one in samples],
            "cpu": [one.cpu_seconds for one in samples],
            "rss": [float(one.peak_rss_bytes) for one in samples],
        }
        for label, stages in side.parts.items():
            found[label] = [sum(one.stages[stage] for stage in stages) for one in samples]
        return {name: values for name, values in found.items() if values}

    def differences(self, side: Side) -> list[str]:
        """Every figure that the side answers otherwise than tsa, as `name: tsa | side`."""
        own, other = self.answer(self.case.sides[0]), self.answer(side)
        common = sorted(own.keys() & other.keys())
        return [f"{k}: {own[k]} | {other[k]}" for k in common if not _same(own[k], other[k])]

    def compared(self, side: Side) -> int:
        """How many figures of the answers were compared."""
        own, other = self.answer(self.case.sides[0]), self.answer(side)
        return len([key for key in own.keys() & other.keys() if not key.startswith("_")])

    def answer(self, side: Side) -> dict[str, object]:
        """The figures of the side's first round."""
        samples = self.samples.get(side.name, [])
        answer = samples[0].answer if samples else {}
        return {key: value for key, value in answer.items() if not key.startswith("_")}

    def load(self) -> str:
        """The range of the load average before the runs."""
        loads = [one.load_average for samples in self.samples.values() for one in samples]
        return f"{min(loads):.1f} to {max(loads):.1f}" if loads else "unknown"


def write(name: str, context: Mapping[str, object], found: Iterable[Measured]) -> Path:
    """The path of the Markdown file; the JSON is beside it."""
    FOLDER.mkdir(exist_ok=True)
    results = list(found)
    document = {**context, "cases": [_as_dict(one) for one in results]}
    text = json.dumps(document, indent=1, ensure_ascii=False, default=str)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    path = FOLDER / f"{name}.md"
    lines = [*_head(name, context), *(line for one in results for line in _table(one))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _same(own: object, other: object) -> bool:
    if isinstance(own, int | float) and isinstance(other, int | float):
        return isclose(own, other, rel_tol=RELATIVE_TOLERANCE)
    return str(own) == str(other)


def _head(name: str, context: Mapping[str, object]) -> list[str]:
    versions = context["versions"]
    shown = versions.items() if isinstance(versions, dict) else []
    return [
        f"# Benchmark {name}",
        "",
        f"{context['events']:,} events asked of the generator, {context['rounds']} rounds,"
        f" {context['machine']}.",
        "Versions: " + ", ".join(f"{key} {value}" for key, value in shown) + ".",
        "",
        METHOD,
    ]


def _table(found: Measured) -> list[str]:
    case = found.case
    labels = ["wall", "cpu", *dict.fromkeys(label for side in case.sides for label in side.parts)]
    head = [*(f"{label} s" for label in labels), "peak MB", "on disk MB", "B/event", "answers"]
    lines = ["", f"## {case.name}", "", f"{case.question}. Load average {found.load()}.", ""]
    lines += [f"| side | {' | '.join(head)} |", "|---" * (len(head) + 1) + "|"]
    for side in case.sides:
        if side.name in found.failures:
            lines.append(f"| {side.name} | failed: {found.failures[side.name]} |")
        elif side.name in found.samples:
            lines.append(_row(found, side, labels))
    peers = [side for side in case.sides[1:] if found.samples.get(side.name)]
    if peers and found.samples.get(case.sides[0].name):
        ratios = ["wall", "cpu", *labels[2:], "rss"]
        lines += ["", f"| tsa / | {' | '.join(['wall', 'cpu', *labels[2:], 'peak memory'])} |"]
        lines.append("|---" * (len(ratios) + 1) + "|")
        for side in peers:
            cells = [_ratio(found.ratio(side, figure)) for figure in ratios]
            lines.append(f"| {side.name} | {' | '.join(cells)} |")
    for side in peers:
        lines += [f"\n{side.name}: {text}" for text in found.differences(side)]
    return lines


def _row(found: Measured, side: Side, labels: list[str]) -> str:
    figures = found.figures(side)
    cells = [f"{median(figures[label]):.2f}" if label in figures else "" for label in labels]
    cells.append(f"{median(figures['rss']) / MIB:.0f}")
    answer = found.samples[side.name][0].answer
    size, rows = answer.get("_bytes"), answer.get("_rows")
    is_stored = isinstance(size, int) and isinstance(rows, int) and rows
    cells.append(f"{size / MIB:.0f}" if is_stored and isinstance(size, int) else "")
    cells.append(
        f"{size / rows:.1f}"
        if is_stored and isinstance(size, int) and isinstance(rows, int)
        else ""
    )
    cells.append(_judged(found, side))
    return f"| {side.name} | {' | '.join(cells)} |"


def _judged(found: Measured, side: Side) -> str:
    compared = found.compared(side)
    if side is found.case.sides[0] or not compared:
        return ""
    differing = len(found.differences(side))
    return f"{differing} of {compared} differ" if differing else f"equal ({compared})"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _as_dict(found: Measured) -> dict[str, object]:
    sides = []
    for side in found.case.sides:
        figures = {name: median(values) for name, values in found.figures(side).items()}
        ratios = {name: found.ratio(side, name) for name in found.figures(side)}
        sides.append(
            {
                "name": side.name,
                "medians": figures,
                "tsa_to_this": ratios,
                "figures_compared": found.compared(side),
                "differences": found.differences(side),
                "failure": found.failures.get(side.name),
                "samples": [asdict(one) for one in found.samples.get(side.name, [])],
            }
        )
    return {"name": found.case.name, "question": found.case.question, "sides": sides}
