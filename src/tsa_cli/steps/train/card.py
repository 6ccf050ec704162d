"""The model card: what a person should know before using the scores. Markdown."""

from collections.abc import Mapping

from tsa_cli.config.model import format_duration
from tsa_cli.config.models import ModelConfig

_FIGURES = ("roc_auc", "pr_auc", "brier", "log_loss")


def card_of(name: str, version: str, config: ModelConfig, figures: Mapping[str, object]) -> str:
    """The card of one version, from the figures of `figures_of`."""
    held = _mapping(figures["holdout"])
    lines = [
        f"# {name} {version}",
        "",
        f"The chance of `{_label(config)}` within {format_duration(config.label.horizon)}, "
        f"by {figures['method']} on {figures['rows']} people at cut-offs "
        f"({figures['positives']} did it).",
        "",
        f"Judged on {held['n']} people at later cut-offs, {_percent(held['base_rate'])} of whom"
        " did it:",
        "",
        "| figure | model | base rate | one feature |",
        "|---|---|---|---|",
    ]
    columns = [held, _mapping(figures["baseline"]), _mapping(figures["recency_baseline"])]
    lines += [f"| {f} | " + " | ".join(_number(c[f]) for c in columns) + " |" for f in _FIGURES]
    for figure in ("precision", "recall", "lift"):
        cells = [_interval(_mapping(column[figure])) for column in columns]
        lines.append(f"| {figure} at {_number(held['threshold'])} | " + " | ".join(cells) + " |")
    lines += ["", "Log loss gained by each feature (0: the model does without it):", ""]
    importances = _rows(figures["importances"])
    lines += [f"- {row['feature']}: {_number(row['importance'])}" for row in importances]
    lines += ["", *(f"Note: {warning}." for warning in _texts(figures["warnings"]))]
    lines += [
        "Factors of a person are signed log-odds; with the base they add up to the score's own.",
        "It knows only what was logged, and learned from whoever was tracked.",
        "",
    ]
    return "\n".join(lines)


def _label(config: ModelConfig) -> str:
    names = config.label.event_names()
    return " or ".join(sorted(names)) if names else "the label"


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _rows(value: object) -> list[Mapping[str, object]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [str(text) for text in value] if isinstance(value, list) else []


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, (int, float)) else "–"


def _percent(value: object) -> str:
    return f"{value:.1%}" if isinstance(value, (int, float)) else "–"


def _interval(share: Mapping[str, object]) -> str:
    if share.get("value") is None:  # nobody is flagged
        return _number(None)
    low, high = _number(share.get("ci_low")), _number(share.get("ci_high"))
    return f"{_number(share.get('value'))} ({low} to {high})"
