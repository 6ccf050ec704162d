"""A picture of very many rows draws the first and counts the others."""

from io import StringIO

from tsa_cli.cli.formats.as_table import console_for
from tsa_cli.cli.pictures.drawing import MAX_ROWS
from tsa_cli.cli.pictures.metrics import picture
from tsa_cli.cli.plain import Plain


def test_metrics_of_many_values_are_shown_in_part_and_it_is_said() -> None:
    rows: list[Plain] = [
        {"metric": "m", "dimension": "event_type", "dimension_value": f"name_{number}", "n": 1}
        for number in range(MAX_ROWS + 1_200)
    ]
    stream = StringIO()
    console_for(stream).print(picture(rows, 120))
    lines = stream.getvalue().splitlines()
    assert sum("name_" in line for line in lines) == MAX_ROWS
    assert lines[-1].strip() == "… 1,200 more rows: --format csv has them all"
