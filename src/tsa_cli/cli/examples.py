"""One line to try, for the end of each command's help."""

import typer

EXAMPLES = {
    "init": "tsa init shop",
    "demo": "tsa demo shop",
    "generate": "tsa generate --users 1000 --days 90 --seed 7 --out logs --answers answers.json",
    "ingest": "tsa ingest logs/ 'archive/*.jsonl.gz' --source auto",
    "sessionize": "tsa sessionize --full",
    "features": "tsa features --as-of 2025-04-01",
    "funnel": "tsa funnel booking --by device_type --since 30d",
    "journey": "tsa journey pages --format json --out pages.json",
    "retention": "tsa retention weekly --format csv",
    "metrics": "tsa metrics --grain week --compare",
    "explain": "tsa explain u0000226 --funnel booking",
    "train": "tsa train lead_score",
    "score": "tsa score lead_score --as-of 2025-04-01",
    "run": "tsa run --from sessionize --to audiences --wait 60",
    "check": "tsa check --format json",
    "sql": 'tsa sql "select channel, count(*) as visits from dim_sessions group by all"',
    "tables": "tsa tables dim_sessions",
    "quarantine list": "tsa quarantine list --reason invalid_timestamp",
    "quarantine replay": "tsa quarantine replay --reason unplanned_event",
    "quarantine drop": "tsa quarantine drop --file logs/broken.jsonl --dry-run",
    "models list": "tsa models list",
    "models show": "tsa models show lead_score",
    "models promote": "tsa models promote lead_score VERSION",
    "audiences list": "tsa audiences list",
    "audiences plan": "tsa audiences plan high_intent_visitors",
    "audiences export": "tsa audiences export abandoned_booking_users",
    "identities show": "tsa identities show u0000226",
    "identities cut": "tsa identities cut ann shop-tablet",
    "runs list": "tsa runs list --format csv",
    "runs show": "tsa runs show RUN_ID",
    "channels test": "tsa channels test --source google --medium cpc",
    "config validate": "tsa config validate",
    "config show": "tsa config show sessions",
    "config schema": "tsa config schema funnels > funnel.schema.json",
}


def add_examples(app: typer.Typer, group: str = "") -> None:
    """Put its example at the end of the help of every command of `app` and of its groups."""
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        example = EXAMPLES.get(f"{group} {name}".strip())
        if example is not None:
            command.epilog = f"Example: {example}"
    for inner in app.registered_groups:
        if inner.typer_instance is not None:
            add_examples(inner.typer_instance, inner.name or "")
