"""How a file of orders is taken in: in chunks, silent about the past, every row it left out named."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from tracker.domain.intake import FieldProblem, Unusable
from tracker.intake.carry_out import TRIES, Contended, ring, terms
from tracker.pipeline import register
from tracker.pipeline.naming import Undecided
from tracker.pipeline.ports import OrderUnit, Raced
from tracker.pipeline.register import Registered, Result, Terms
from tracker.shops import csv_file
from tracker.shops.csv_columns import column_of
from tracker.shops.csv_file import BadRow, Reading, Stated
from tracker.wiring import App

CHUNK = 20  # orders in one transaction: on SQLite nobody else writes meanwhile
NOBODY = "there is no e-mail address and no phone number, so nobody can be told"
MOST_SHOWN = 1_000  # bad rows kept for the report; beyond, the file is the wrong one and the count says so


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What became of a file."""

    dry_run: bool
    rows: int = 0
    results: Counter[Result] = field(default_factory=Counter)
    messages: int = 0  # that became pending, or would
    bad_rows: int = 0
    problems: list[BadRow] = field(default_factory=list)  # the first of them
    warnings: Counter[str] = field(default_factory=Counter)
    ignored_columns: tuple[str, ...] = ()  # as the file names them

    @property
    def orders(self) -> int:
        return self.results.total()

    def ignore(self, columns: tuple[str, ...]) -> None:
        """Columns of the file that are not read."""
        self.ignored_columns = columns

    def leave_out(self, row: BadRow) -> None:
        """One more row that could not be used."""
        self.bad_rows += 1
        if len(self.problems) < MOST_SHOWN:
            self.problems.append(row)

    def as_json(self) -> dict[str, object]:
        """The counts, for programs."""
        return {
            "dry_run": self.dry_run,
            "orders": {each.value: self.results[each] for each in Result},
            "rows": {"read": self.rows + self.bad_rows, "left_out": self.bad_rows},
            "messages": self.messages,
            "warnings": dict(self.warnings),
            "ignored_columns": list(self.ignored_columns),
        }

    def summary(self) -> str:
        """One sentence for a person."""
        would = "would be " if self.dry_run else ""
        created, changed, same = (self.results[each] for each in (Result.CREATED, Result.CHANGED, Result.UNCHANGED))
        return (
            f"Orders: {created} {would}created, {changed} {would}changed, {same} as before. "
            f"Rows: {self.rows + self.bad_rows} read, {self.bad_rows} left out. "
            f"Messages {would}sent: {self.messages}. "
            + ("Nothing was written." if self.dry_run else "Nobody is told about the past.")
        )


class _Undo(Exception):
    """Ends a dry run's transaction."""


def import_file(
    app: App,
    path: Path,
    *,
    brand: str,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda _: None,
    on_bad_row: Callable[[BadRow], None] = lambda _: None,
) -> ImportReport:
    """Take in every order of a CSV file. `progress` hears the bytes read so far, `on_bad_row` each row left out.
    Running it again changes nothing that is the same. Raises NoTable for a file that cannot be read at all."""
    report = ImportReport(dry_run=dry_run)

    def left_out(row: BadRow) -> None:
        report.leave_out(row)
        on_bad_row(row)

    reading = Reading(zone=app.brands[brand].time_zone, now=app.now(), progress=progress, on_ignored=report.ignore)
    found = _of_brand(csv_file.read(path, reading), brand=brand, left_out=left_out)
    while chunk := list(islice(found, CHUNK)):
        _take_in(app, chunk, brand=brand, report=report, left_out=left_out)
    progress(path.stat().st_size)
    return report


def _of_brand(found: Iterator[Stated | BadRow], *, brand: str, left_out: Callable[[BadRow], None]) -> Iterator[Stated]:
    """The orders of one brand; rows that name another are not ours to take in."""
    for each in found:
        if isinstance(each, BadRow):
            left_out(each)
        elif each.order.brand not in ("", brand):
            fix = f"Import it with --brand {each.order.brand}, or remove the column."
            left_out(BadRow(line=each.line, column="brand", found="", reason="names another brand", fix=fix))
        else:
            yield each


def _take_in(
    app: App, chunk: list[Stated], *, brand: str, report: ImportReport, left_out: Callable[[BadRow], None]
) -> None:
    """One transaction; an order that cannot be used leaves the others of its chunk alone."""
    for _ in range(TRIES):
        done: list[Registered] = []
        bad: list[BadRow] = []
        rules = terms(app, source="import", silent=True, adds_only=True)
        try:
            with suppress(_Undo), app.store.write() as unit:
                for each in chunk:
                    _one(unit, each, brand=brand, terms=rules, done=done, bad=bad)
                if report.dry_run:
                    raise _Undo
        except Raced:
            continue
        _note(report, chunk, done)
        for row in bad:
            left_out(row)
        if not report.dry_run:
            _ring(app, done)
        return
    raise Contended


def _one(
    unit: OrderUnit, stated: Stated, *, brand: str, terms: Terms, done: list[Registered], bad: list[BadRow]
) -> None:
    """Both refusals come before anything of the order is written."""
    try:
        done.append(register.register(unit, stated.order, brand=brand, terms=terms))
    except Undecided as error:
        bad.append(_bad(stated, error.problem))
    except Unusable as error:
        bad.append(_bad(stated, error.problems[0]))


def _bad(stated: Stated, problem: FieldProblem) -> BadRow:
    inner = problem.field.split("]", 1)[-1]
    column = column_of(f"shipments[0]{inner}") if problem.field.startswith("shipments[") else column_of(problem.field)
    return BadRow(line=stated.line, column=column, found="", reason=problem.problem, fix=problem.fix)


def _note(report: ImportReport, chunk: list[Stated], done: list[Registered]) -> None:
    report.rows += sum(each.rows for each in chunk)
    report.results.update(each.result for each in done)
    report.messages += sum(len(each.queued) for each in done)
    report.warnings.update(warning for each in done for warning in each.warnings)
    unreachable = sum(not any(person.contacts for person in each.order.recipients) for each in done)
    report.warnings.update({NOBODY: unreachable} if unreachable else {})


def _ring(app: App, done: list[Registered]) -> None:
    """Each carrier once: there may be thousands of parcels, and one ring finds them all."""
    rung: set[str] = set()
    for each in done:
        carriers = {shipment.carrier for shipment in each.order.shipments}
        if not carriers <= rung or each.due:
            ring(app, each)
            rung |= carriers
