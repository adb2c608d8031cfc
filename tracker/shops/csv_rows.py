"""Which rows a CSV file holds, whatever program wrote it; one row in memory at a time."""

import codecs
import csv
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

LONGEST_LINE = 64 * 1024  # characters; a longer one is not a line of a table
MOST_LINES = 100  # of one row; more means that a quote was never closed
CHUNK = 1 << 16
TOLD_EVERY = 500  # rows
SEPARATORS = ",;\t|"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),  # Excel's "Unicode text"
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NoTable(Exception):
    """The file holds no table we can read; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, and the line of the file it starts on."""

    line: int
    cells: tuple[str, ...]
    fault: str = ""  # why it could not be read; then there are no cells
    fix: str = ""


class RowTooLong(Exception):
    """A row went on for more lines than any row has."""


@dataclass(slots=True, kw_only=True)
class Lines:
    """The lines of a file, some of which may be put back; `taken` are those of the row being read."""

    source: TextIO
    waiting: deque[str] = field(default_factory=deque)
    taken: list[str] = field(default_factory=list)
    number: int = 0  # of the last line handed out

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self.waiting.popleft() if self.waiting else self.source.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        if len(self.taken) > MOST_LINES or len(line) >= LONGEST_LINE:
            raise RowTooLong
        return line

    def put_back_all_but_first(self) -> None:
        """The row failed: its first line is lost, the others are read as rows of their own."""
        self.number -= len(self.taken) - 1
        self.waiting.extendleft(reversed(self.taken[1:]))
        self.taken.clear()

    def skip_rest_of_line(self) -> None:
        """Leave a line that has no end, without keeping it."""
        while (piece := self.source.readline(LONGEST_LINE)) and len(piece) == LONGEST_LINE and piece[-1] not in "\r\n":
            pass


def rows(path: Path, progress: Callable[[int], None]) -> Iterator[Row]:
    """Every row, the header first; empty lines are left out. `progress` hears the bytes read. Raises NoTable."""
    encoding = encoding_of(path)
    with path.open("rb") as file, TextIOWrapper(file, encoding=encoding, errors="replace", newline="") as source:
        lines = Lines(source=source)
        separator = _separator(lines)
        while (row := _next_row(lines, separator)) is not None:
            if row.line % TOLD_EVERY == 0:
                progress(file.tell())
            if row.fault or any(cell.strip() for cell in row.cells):
                yield row


def encoding_of(path: Path) -> str:
    """By its mark, else UTF-8 when all of it is, else what Windows programs write in Europe and America."""
    with path.open("rb") as file:
        start = file.read(4)
        for mark, encoding in MARKS:
            if start.startswith(mark):
                return encoding
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _separator(lines: Lines) -> str:
    """Excel's own "sep=;" line, else the separator the header has most of."""
    try:
        first = next(lines)
    except StopIteration:
        raise NoTable("The file is empty. Export it again with a header line.") from None
    except RowTooLong:
        raise NoTable("The first line is longer than any header. Is this a CSV file?") from None
    lines.taken.clear()
    if "\x00" in first or first.startswith("PK\x03\x04"):
        raise NoTable("This is not a text file. Export the sheet as CSV (UTF-8).")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first[4]
    lines.waiting.appendleft(first)
    lines.number = 0
    return max(SEPARATORS, key=first.count)


def _next_row(lines: Lines, separator: str) -> Row | None:
    """The next row, or why it could not be read. Strict: a lenient reader would swallow the rest of the file."""
    lines.taken.clear()
    start = lines.number + 1
    try:
        cells = next(csv.reader(lines, delimiter=separator, strict=True))
    except StopIteration:
        return None
    except RowTooLong:
        return _too_long(lines, start)
    except csv.Error:
        lines.put_back_all_but_first()
        fix = 'Close the quote, and write a quote inside a quoted cell twice: "".'
        return Row(line=start, cells=(), fault="has a quote that is not closed or not doubled", fix=fix)
    return Row(line=start, cells=tuple(cells))


def _too_long(lines: Lines, start: int) -> Row:
    last = lines.taken[-1]
    if len(last) >= LONGEST_LINE and last[-1] not in "\r\n":
        lines.skip_rest_of_line()
        lines.taken[-1] = "\n"  # not kept: nothing of it can be a row
    lines.put_back_all_but_first()
    fix = "Look for a quote that is opened and never closed."
    return Row(line=start, cells=(), fault=f"is longer than {MOST_LINES} lines or {LONGEST_LINE} characters", fix=fix)
