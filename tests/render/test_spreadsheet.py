"""A CSV opens as text in a spreadsheet, whoever wrote the cells."""

import csv
import io

import pytest

from tracker.render import spreadsheet


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\u00a0@", "＝", "＠"])
def test_no_cell_is_a_formula(begin: str) -> None:
    text = spreadsheet.csv_of([{"a": f"{begin}cmd|' /C calc'!A0"}], columns=["a"])

    (_, (cell,)) = csv.reader(io.StringIO(text, newline=""))
    assert cell == f"'{begin}cmd|' /C calc'!A0"


def test_numbers_stay_numbers_and_text_comes_back_as_it_was() -> None:
    row = {"n": -3, "text": 'a "quote", a comma\nand a line', "none": None, "yes": True}

    text = spreadsheet.csv_of([row], columns=["n", "text", "none", "yes"])

    assert text.splitlines()[1].startswith("-3,")
    (_, cells) = csv.reader(io.StringIO(text, newline=""))
    assert cells == ["-3", row["text"], "", "True"]


def test_only_excel_gets_the_mark_that_programs_stumble_over() -> None:
    assert spreadsheet.csv_of([], columns=["a"], for_excel=True) == '\ufeff"a"\r\n'
    assert spreadsheet.csv_of([], columns=["a"]) == '"a"\r\n'
