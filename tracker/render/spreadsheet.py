"""Rows as CSV that a spreadsheet shows as text and never runs."""

import csv
import io
from collections.abc import Mapping, Sequence

# What a spreadsheet takes for the start of a formula, also in the wide forms that some of them fold.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = "\ufeff"  # without it Excel takes UTF-8 for the machine's own letters; programs stumble over it


def csv_of(rows: Sequence[Mapping[str, object]], *, columns: Sequence[str], for_excel: bool = False) -> str:
    """A header line and the rows; every text in quotes, those that begin like a formula with an apostrophe before."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe_cell(row[name]) for name in columns])
    return (BOM if for_excel else "") + written.getvalue()


def safe_cell(value: object) -> object:
    """A number as it is, anything else as text that is no formula; blanks before one do not hide it."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value)
    begins = text.lstrip(" \u00a0")
    return "'" + text if begins.startswith(FORMULA) or text.startswith(FORMULA) else text
