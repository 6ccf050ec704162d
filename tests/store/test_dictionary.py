"""The data dictionary leaves nothing of a published table unsaid."""

import pytest

from tsa_cli.store.dictionary import dictionary
from tsa_cli.store.guard import PUBLISHED_TABLES


@pytest.mark.parametrize("name", sorted(PUBLISHED_TABLES & dictionary().keys()))
def test_every_published_table_and_column_has_a_meaning(name: str) -> None:
    entry = dictionary()[name]
    assert entry.meaning
    assert entry.columns
    assert [column.name for column in entry.columns if not column.meaning] == []


def test_a_column_that_was_added_later_is_one_of_its_table() -> None:
    columns = {column.name: column for column in dictionary()["ingested_files"].columns}
    assert columns["absolute_path"].type == "varchar"
