"""
The questions, in the order of the pipeline.

source  the acceptance targets: ratios of tsa to the strongest peer in the same run
"""

from benchmarks import cases_ingest, cases_reports, cases_tables
from benchmarks.case import Case


def all_cases() -> list[Case]:
    """Every case, in the order of the pipeline."""
    return [
        cases_ingest.start_up(),
        cases_ingest.ingest("ingest_jsonl", "JSONL, every line an event", "events.jsonl"),
        cases_ingest.ingest(
            "ingest_repeats", "JSONL, 0.6 % of the lines twice (tsa keeps one)", "repeated.jsonl"
        ),
        cases_ingest.ingest(
            "ingest_faulty", "JSONL, 0.1 % of the lines no events", "faulty.jsonl", 0.01
        ),
        cases_ingest.ingest("ingest_files", "JSONL in 100 files of equal size", "parts/*.jsonl"),
        cases_ingest.ingest("ingest_parquet", "Parquet", "events.parquet"),
        cases_ingest.unchanged(),
        cases_ingest.increment(),
        cases_tables.sessions(),
        cases_tables.sessionize(),
        cases_tables.sessionize_increment(),
        cases_tables.end_to_end(),
        cases_tables.features(),
        *cases_reports.funnels(),
        cases_reports.journey(),
    ]
