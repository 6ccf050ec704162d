"""
From nothing to stored events: start-up, ingest, reruns, increments.
"""

from benchmarks.case import LONGEST, WORK, WORK_CHDB, Case, Side


def start_up() -> Case:
    """The least that a command costs."""
    return Case(
        "start_up",
        "The help page: how long until anything happens",
        (),
        (
            Side("tsa --help", ["-m", "tsa_cli", "--help"]),
            Side("sqlite-utils --help", ["-m", "sqlite_utils", "--help"]),
            Side("import duckdb", ["-c", "import duckdb"]),
            Side("python", ["-c", "pass"]),
        ),
    )


def ingest(name: str, what: str, file: str, errors: float = 0) -> Case:
    """A whole file into an empty store; `errors` is the share of lines the peer may skip."""
    kind = "Parquet" if file.endswith("parquet") else "JSONEachRow"
    answer = ["sides.duckdb_sql", WORK, "sides/tsa_ingest.sql", "answer"]
    tsa = Side(
        "tsa",
        ["sides.tsa_command", WORK, "ingest", file],
        [["prepare.fresh", WORK]],
        answer,
        {"step": ("ingest",)},
    )
    peers = [
        _chdb_ingest(
            label,
            "ingest",
            f"format={kind}",
            f"file={file}",
            f"order={order}",
            f"errors={errors}",
            f"longest={LONGEST}",
        )
        for label, order in (
            ("chdb, arrival order", "tuple()"),
            ("chdb, sorted", "(anonymous_id, timestamp)"),
        )
    ]
    needs = ("parquet",) if kind == "Parquet" else ("lines",)
    alone = _duckdb_ingest(file, is_exact=not errors)
    return Case(name, f"Load {what}, into an empty store", needs, (tsa, *peers, alone))


def _duckdb_ingest(file: str, *, is_exact: bool) -> Side:
    """The engine that tsa stores in, by itself: the floor below which no store in it can be."""
    run = ["sides.duckdb_sql", "work_plain.duckdb", "sides/duckdb_ingest.sql"]
    section = "ingest_parquet" if file.endswith("parquet") else "ingest_jsonl"
    return Side(
        "DuckDB alone (no ids, ledger, plan)",
        [*run, section, f"file={file}"],
        [["prepare.fresh", "work_plain.duckdb"]],
        [*run, "answer", f"file={file}"],
        {"step": (section,)},
        may_differ=not is_exact,
    )


def _chdb_ingest(label: str, section: str, *values: str, origin: str | None = None) -> Side:
    run = ["sides.chdb_sql", WORK_CHDB, "sides/chdb_ingest.sql"]
    fresh = ["prepare.fresh", WORK_CHDB, *([origin] if origin else [])]
    return Side(
        label,
        [*run, section, *values],
        [fresh],
        [*run, "answer", *values],
        {"step": (section,)},
        may_differ="errors=0" not in values,  # it skips more than the bad lines, or fewer
    )


def unchanged() -> Case:
    """A rerun that has nothing to do but to see that."""
    step: dict[str, tuple[str, ...]] = {"step": ("ingest",)}
    again = ["sides.tsa_command", "parts.duckdb", "ingest", "parts"]
    return Case(
        "rerun_unchanged",
        "Load 100 files again that have not changed",
        ("parts.duckdb",),
        (
            Side("tsa", again, parts=step),
            Side("SHA-256 of the files", ["sides.files", "parts/*.jsonl"], parts=step),
        ),
    )


def increment() -> Case:
    """A little more, where much is there already."""
    tsa = Side(
        "tsa",
        ["sides.tsa_command", WORK, "ingest", "increment.parquet"],
        [["prepare.fresh", WORK, "raw.duckdb"]],
        ["sides.duckdb_sql", WORK, "sides/tsa_ingest.sql", "answer"],
        {"step": ("ingest",)},
    )
    values = (
        "format=Parquet",
        "file=increment.parquet",
        "order=tuple()",
        "errors=0",
        f"longest={LONGEST}",
    )
    peer = _chdb_ingest("chdb (no look for known ids)", "add", *values, origin="chdb_loaded")
    return Case(
        "ingest_increment",
        "Load a new file of 1 % into the whole history (Parquet)",
        ("raw.duckdb", "chdb_loaded"),
        (tsa, peer),
    )
