"""How a command answers: a table for people, JSON or CSV for programs, one line for an error."""

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Never

import typer
from rich.console import Console
from rich.table import Table

from tracker.render import spreadsheet

DONE, BAD_NEWS, WRONG_USE = 0, 1, 2


class Format(StrEnum):
    """What the reader of the answer is."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


Row = Mapping[str, object]

WIDEST = 8  # columns; more of them leave two letters for each on a usual screen


def rows(
    found: Sequence[Row], *, form: Format, title: str = "", empty: str = "Nothing.", columns: Sequence[str] = ()
) -> None:
    """Print rows that all have the same keys; `columns` head a CSV also when there is no row."""
    if form is Format.JSON:
        json_value(found)
    elif form is Format.CSV:
        _csv(found, columns or (list(found[0]) if found else ()))
    elif not found:
        say(empty)
    elif len(found[0]) > WIDEST:
        _cards(found, title)
    else:
        _table(found, title)


def answer(row: Row, *, form: Format, said: str) -> None:
    """One result: a sentence for people, its facts for programs."""
    match form:
        case Format.TABLE:
            say(said)
        case Format.JSON:
            json_value(row)
        case Format.CSV:
            _csv([row], list(row))


def json_value(value: object) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def say(text: str) -> None:
    """One line for a person, on standard output."""
    Console(soft_wrap=True, highlight=False).print(text, markup=False)


def warn(text: str) -> None:
    """One line for a person, on standard error."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(text, markup=False)


def fail(text: str, *, code: int = WRONG_USE) -> Never:
    """End the command with a sentence that says what to do."""
    warn(text)
    raise typer.Exit(code)


def _csv(found: Sequence[Row], columns: Sequence[str]) -> None:
    if columns:
        sys.stdout.write(spreadsheet.csv_of(found, columns=columns))


def _table(found: Sequence[Row], title: str) -> None:
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for name in found[0]:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in found:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console(highlight=False).print(table)


def _cards(found: Sequence[Row], title: str) -> None:
    """One row after the other, a line for each field that has a value."""
    for row in found:
        table = Table(title=title or None, title_justify="left", show_header=False)
        for name, value in row.items():
            if value is not None:
                table.add_row(name.replace("_", " "), str(value))
        Console(highlight=False).print(table)
