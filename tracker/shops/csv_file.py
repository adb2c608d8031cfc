"""Which orders a CSV file states, and which rows state none: read in a stream, one order in memory at a time."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from carriers import detect
from tracker.domain.intake import MOST_ITEMS, MOST_SHIPMENTS, NewOrder, NewShipment, Unusable
from tracker.shops import csv_rows, orders
from tracker.shops.csv_columns import COLUMNS, column_of, columns_of, ignored
from tracker.shops.csv_rows import NoTable, Row

YES, NO = (
    frozenset({"yes", "y", "true", "1", "ja", "oui", "si", "sí"}),
    frozenset({"no", "n", "false", "0", "nein", "non"}),
)
INSTANTS = frozenset({"placed_at", "confirmed_at", "packed_at", "cancelled_at", "consent_at"})
DAYS = frozenset({"promised_from", "promised_to"})
DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)", re.DOTALL)
OFFSET = re.compile(r"(.*\d)\s*(Z|UTC|[+-]\d{2}:?\d{2})", re.DOTALL)
FIVE_DIGITS = frozenset({"US", "DE", "FR", "IT", "ES", "FI", "EE", "HR", "TR", "MX"})  # postcodes that never have four
DATE_FIX = 'Write dates as "2026-03-01" or "2026-03-01 10:00"; with slashes, day and month could be confused.'


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that was skipped: where, what is wrong and what to do; the cell only by its shape."""

    line: int
    column: str
    found: str
    reason: str
    fix: str

    def as_row(self) -> dict[str, object]:
        """For tables of any kind."""
        return {"line": self.line, "column": self.column, "found": self.found, "reason": self.reason, "fix": self.fix}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One order of the file and the lines it came from."""

    order: NewOrder
    line: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is to be read."""

    zone: str  # IANA: of times without an offset
    now: datetime
    progress: Callable[[int], None] = lambda _: None  # hears the bytes read so far
    on_ignored: Callable[[tuple[str, ...]], None] = lambda _: None  # hears once which columns are not read


def read(path: Path, reading: Reading) -> Iterator[Stated | BadRow]:
    """Orders and bad rows in the file's order; rows of one order that follow each other become one. Raises NoTable."""
    rows = csv_rows.rows(path, reading.progress)
    header = next(rows, None)
    if header is None or header.fault:
        raise NoTable("The first line cannot be read. It must hold the names of the columns.")
    columns = columns_of(header.cells)
    reading.on_ignored(ignored(header.cells, columns))
    group: Stated | None = None
    for row in rows:
        stated = _row(row, columns, reading)
        if isinstance(stated, BadRow):
            yield stated
        elif group is not None and _belongs(group, stated):
            group = _joined(group, stated)
        else:
            if group is not None:
                yield _settled(group)
            group = stated
    if group is not None:
        yield _settled(group)


def shape(cell: str) -> str:
    """What a cell looks like when its letters and digits are taken away: "80a" is "99a"."""
    masked = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", cell))
    return repr(masked[:40])


def _row(row: Row, columns: tuple[str, ...], reading: Reading) -> Stated | BadRow:
    if row.fault:
        return BadRow(line=row.line, column="", found="", reason=row.fault, fix=row.fix)
    if any(cell.strip() for cell in row.cells[len(columns) :]):
        fix = "Put cells that hold the separator in double quotes."
        return BadRow(line=row.line, column="", found=f"{len(row.cells)} cells", reason="has too many cells", fix=fix)
    cells = {column: cell.strip() for column, cell in zip(columns, row.cells, strict=False) if column and cell.strip()}
    try:
        order = orders.read(_payload(cells, reading), now=reading.now)
    except BadCell as bad:
        return _bad(row.line, bad.column, cells, reason=bad.reason, fix=bad.fix)
    except Unusable as unusable:
        first = unusable.problems[0]
        return _bad(row.line, column_of(first.field), cells, reason=first.problem, fix=first.fix)
    return Stated(order=order, line=row.line, rows=1)


def _bad(line: int, column: str, cells: Mapping[str, str], *, reason: str, fix: str) -> BadRow:
    found = shape(cells[column]) if column in cells else "an empty cell"
    return BadRow(line=line, column=column, found=found, reason=reason, fix=fix)


class BadCell(Exception):
    """A cell cannot mean what its column says."""

    def __init__(self, column: str, *, reason: str, fix: str) -> None:
        super().__init__(column, reason)
        self.column, self.reason, self.fix = column, reason, fix


def _payload(cells: Mapping[str, str], reading: Reading) -> dict[str, Any]:
    """The row as the order's own JSON, so that one reader has all the rules."""
    if "\ufffd" in "".join(cells.values()):
        column = next(name for name, cell in cells.items() if "\ufffd" in cell)
        raise BadCell(column, reason="holds a character that was lost", fix="Export the sheet as CSV (UTF-8).")
    values = {column: _value(column, cell, reading) for column, cell in cells.items()}
    payload: dict[str, Any] = {}
    for column, value in values.items():
        path = COLUMNS[column][0]
        if not path.endswith("consents"):
            _put(payload, path, value)
    _mend(payload, values, reading)
    return payload


def _value(column: str, cell: str, reading: Reading) -> object:
    if orders.SCIENTIFIC.fullmatch(cell) and column in {"order", "tracking", "phone", "postcode", "sku"}:
        raise BadCell(column, reason="was turned into 1.2E+14 by a spreadsheet", fix=orders.EXCEL_FIX)
    if column in INSTANTS:
        return _instant(column, cell, reading.zone)
    if column in DAYS:
        return _instant(column, cell, "UTC")[:10]
    if column == "quantity":
        whole = re.fullmatch(r"(\d{1,6})(?:[.,]0+)?", cell)
        if not whole:
            raise BadCell(column, reason="is not a whole number", fix="Write a number such as 2.")
        return int(whole[1])
    if column in {"email_consent", "sms_consent"}:
        return _truth(column, cell)
    return cell


def _mend(payload: dict[str, Any], values: Mapping[str, Any], reading: Reading) -> None:
    """What a table leaves out or a spreadsheet took away, where only one reading is possible."""
    if "promised" in payload:
        promised = payload["promised"]
        promised.setdefault("last_day", promised.get("first_day"))
        promised.setdefault("first_day", promised.get("last_day"))
    place = payload.get("destination", {})
    postcode = str(place.get("postcode", ""))
    if place.get("country", "").upper() in FIVE_DIGITS and re.fullmatch(r"\d{3,4}", postcode):
        place["postcode"] = postcode.zfill(5)
    if "items" in payload:
        payload["items"][0].setdefault("name", payload["items"][0].get("sku", ""))
        if "shipments" in payload:
            payload["shipments"][0]["items"] = payload["items"]
    if (consents := _consents(values, reading)) and "recipients" in payload:
        payload["recipients"][0]["consents"] = consents
    hurt = detect.damage(str(values["tracking"])) if "tracking" in values and "carrier" not in values else ""
    if hurt:
        raise BadCell("tracking", reason="looks damaged by a spreadsheet", fix=hurt)


def _consents(values: Mapping[str, Any], reading: Reading) -> list[dict[str, object]]:
    source = values.get("consent_source", "import")
    at = values.get("consent_at") or values.get("placed_at") or reading.now.isoformat()
    return [
        {"channel": channel, "granted": values[column], "source": source, "at": at}
        for column, channel in (("email_consent", "email"), ("sms_consent", "sms"))
        if column in values
    ]


def _truth(column: str, cell: str) -> bool:
    if cell.casefold() in YES | NO:
        return cell.casefold() in YES
    raise BadCell(column, reason="is neither yes nor no", fix="Write yes or no.")


def _instant(column: str, cell: str, zone: str) -> str:
    """ISO text with an offset; without one the time is the shop's own."""
    text = cell
    if dotted := DOTTED.fullmatch(text):
        text = f"{dotted[3]}-{int(dotted[2]):02}-{int(dotted[1]):02}{dotted[4]}"
    if offset := OFFSET.fullmatch(text):
        text = offset[1] + ("+00:00" if offset[2] in {"Z", "UTC"} else offset[2])
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
        if abs(at.utcoffset() or timedelta()) > timedelta(hours=18):
            raise ValueError("no place on Earth")
    except ValueError as error:
        raise BadCell(column, reason="is not a date we can read", fix=DATE_FIX) from error
    return at.isoformat()


def _put(payload: dict[str, Any], path: str, value: object) -> None:
    """Set "recipients[0].email" and the like."""
    *outer, last = path.split(".")
    target = payload
    for name in outer:
        target = target.setdefault(name[:-3], [{}])[0] if name.endswith("[0]") else target.setdefault(name, {})
    target[last] = value


def _belongs(group: Stated, row: Stated) -> bool:
    same = (group.order.brand, group.order.number) == (row.order.brand, row.order.number)
    return same and len(group.order.items) < MOST_ITEMS and len(group.order.shipments) < MOST_SHIPMENTS


def _joined(group: Stated, row: Stated) -> Stated:
    """The first row to state a field wins; items and shipments add up."""
    first, other = group.order, row.order
    new = {name: getattr(other, name) for name in other.stated - first.stated if name != "destination"}
    if "destination" in other.stated - first.stated:
        new |= {"destination": other.destination, "destination_zone": other.destination_zone}
    new |= {"shipments": _added(first.shipments, other.shipments), "items": first.items + other.items}
    order = replace(first, **new, stated=first.stated | other.stated)
    return Stated(order=order, line=group.line, rows=group.rows + row.rows)


def _added(shipments: tuple[NewShipment, ...], others: tuple[NewShipment, ...]) -> tuple[NewShipment, ...]:
    """A row holds at most one shipment; the same number again brings a further item of that parcel."""
    for other in others:
        for at, each in enumerate(shipments):
            if each.tracking_number == other.tracking_number:
                joined = replace(each, items=each.items + other.items)
                return (*shipments[:at], joined, *shipments[at + 1 :])
    return shipments + others


def _settled(group: Stated) -> Stated:
    """One parcel holds everything, also what stands on rows that do not repeat its number."""
    if len(group.order.shipments) != 1:
        return group
    alone = replace(group.order.shipments[0], items=())
    return replace(group, order=replace(group.order, shipments=(alone,)))
