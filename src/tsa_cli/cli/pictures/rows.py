"""
Plain data of a report, taken apart without trusting its shape.
"""

from tsa_cli.cli.plain import Plain

ARROW = " → "


def items(report: Plain, key: str) -> list[dict[str, Plain]]:
    """The objects listed under `key`; none where it is absent."""
    listed = report.get(key) if isinstance(report, dict) else None
    return reports(listed) if isinstance(listed, list) else []


def reports(data: Plain) -> list[dict[str, Plain]]:
    """A single report as a list of one."""
    listed = data if isinstance(data, list) else [data]
    return [item for item in listed if isinstance(item, dict)]


def text(item: dict[str, Plain], key: str) -> str:
    """The text under `key`; nothing where it is absent or null."""
    value = item.get(key)
    return "" if value is None else str(value)


def joined(row: dict[str, Plain]) -> dict[str, Plain]:
    """The row with a path (a list of steps) as one text: `a → b`."""
    path = row.get("path")
    return {**row, "path": ARROW.join(map(str, path))} if isinstance(path, list) else dict(row)
