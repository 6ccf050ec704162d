"""Which mapping is taken where a user has some of their own beside the shipped ones."""

from dataclasses import replace
from pathlib import Path

from tests.steps.ingest import source_files
from tests.steps.ingest.conftest import ingest_config
from tsa_cli.config.sources import Detect, SourceConfig
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest.detect import detect, fits
from tsa_cli.store import Store

FIELDS = {"event": ["what"], "timestamp": ["at"], "user_id": ["who"]}


def test_a_mapping_that_does_not_say_what_its_lines_look_like_is_not_chosen() -> None:
    mine = SourceConfig.model_validate({"version": 1, "title": "mine", "fields": FIELDS})
    mappings = {**source_files.sources(), "mine": mine}
    assert detect("x", source_files.FILES["native"](), mappings).name == "native"


def test_a_tsv_without_header_is_told_by_how_many_columns_it_has(
    store: Store, tmp_path: Path
) -> None:
    mine = SourceConfig.model_validate(
        {"version": 1, "title": "mine", "columns": ["what", "at", "who"],
         "detect": {"all_paths": ["what", "at"]},
         "fields": {"event": ["what"], "timestamp": ["at"], "user_id": ["who"]}}
    )  # fmt: skip
    columns = source_files.sources()["snowplow"].columns
    fact = source_files.snowplow_facts()[0]
    (tmp_path / "sp.tsv").write_text("\t".join(str(fact.get(c, "")) for c in columns) + "\n")
    (tmp_path / "my.tsv").write_text("view\t1777629600\tu1\n")
    for name in ("a_first", "z_last"):
        config = ingest_config(is_forced=True)
        sources = dict(sorted({**config.sources, name: mine}.items()))
        paths = [str(tmp_path / "sp.tsv"), str(tmp_path / "my.tsv")]
        found = ingest.run(store, replace(config, sources=sources), paths, "run").files
        assert [report.source for report in found] == ["snowplow", name]


def test_a_rule_goes_into_lists_and_takes_yes_and_no_by_their_words() -> None:
    line = {"what": "view", "ids": [{"kind": "till"}], "live": True, "count": 3}
    for rule, told in (
        ({"all_paths": ["ids.0.kind"]}, True),
        ({"all_paths": ["ids.1.kind"]}, False),
        ({"none_paths": ["/ids/0"]}, False),
        ({"values": {"ids.0.kind": ["till"]}}, True),
        ({"values": {"live": ["true"], "count": ["3"]}}, True),
        ({"values": {"live": ["True"]}}, False),
        ({"values": {"absent": ["None"]}}, False),
        ({"patterns": {"live": "true|false"}}, True),
    ):
        assert fits(line, Detect.model_validate(rule)) is told, rule
