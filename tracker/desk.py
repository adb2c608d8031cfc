"""The stuck queue in words: the one answer that console, API and command line show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.domain.problems import Problem, StuckReason
from tracker.domain.shipments import LookOutcome, Shipment, ShipmentId
from tracker.render import stuck as wording
from tracker.render.stuck import Words
from tracker.store import acknowledgements
from tracker.store import stuck as queue
from tracker.store.acknowledgements import Acknowledgement
from tracker.store.stuck import Sort, StuckShipment, Wanted
from tracker.wiring import App

MOST = 500  # rows of one page
LONGEST_SEEN = timedelta(days=30)  # what is put off for longer is forgotten
COLUMNS = (  # of `as_row`
    "order",
    "brand",
    "carrier",
    "tracking_number",
    "milestone",
    "reason",
    "since",
    "severity",
    "why",
    "normal",
    "todo",
    "also",
    "failing",
    "last_scan_at",
    "asked_at",
    "seen_until",
    "note",
    "page_url",
)
AGE = re.compile(r"(\d{1,4})([mhd])")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One problem and what there is to say of it."""

    problem: Problem
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """One row of the queue."""

    brand: str
    order: str
    shipment: Shipment
    problems: tuple[Explained, ...]  # the gravest first; at least one
    failing: LookOutcome | None  # why the carrier cannot be asked, if it cannot
    page_url: str  # the shopper's page; empty when its links were revoked
    seen: Acknowledgement | None

    @property
    def first(self) -> Explained:
        return self.problems[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One page of it."""

    rows: tuple[Stuck, ...]
    next: str | None
    total: int
    counts: Mapping[StuckReason, int]
    as_of: datetime


def stuck(app: App, wanted: Wanted, *, sort: Sort = Sort.SEVERITY, cursor: str = "", limit: int = 50) -> Queue:
    """Whom a person should look at. Raises NotOurPlace for a cursor of another list."""
    with app.store.read() as snapshot:
        page = queue.stuck(snapshot, app.now(), wanted=wanted, sort=sort, cursor=cursor, limit=limit)
    rows = tuple(_explained(app, each) for each in page.rows)
    return Queue(rows=rows, next=page.next, total=page.total, counts=page.counts, as_of=page.as_of)


def explained(app: App, shipment: Shipment) -> tuple[Explained, ...]:
    """What is wrong with one shipment, the gravest first; nothing when nothing is."""
    judged = shipment.judgement
    return tuple(
        Explained(problem=each, words=wording.in_words(shipment, each, app.rules.patience)) for each in judged.problems
    )


def acknowledge(app: App, shipment_id: ShipmentId, *, who: str, note: str, lasts: timedelta) -> bool:
    """Leave it out of the queue for a while; false when it is not stuck. Anything graver brings it back at once."""
    now = app.now()
    said = Acknowledgement(who=who, note=note, at=now, until_at=now + min(lasts, LONGEST_SEEN))
    with app.store.begin() as connection:
        return acknowledgements.put(connection, shipment_id, said)


def take_back(app: App, shipment_id: ShipmentId) -> bool:
    """Show it again."""
    with app.store.begin() as connection:
        return acknowledgements.take_back(connection, shipment_id)


def as_row(row: Stuck) -> dict[str, object]:
    """Flat, for tables of other programs: JSON and CSV."""
    shipment, first = row.shipment, row.first
    return {
        "order": row.order,
        "brand": row.brand,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "milestone": shipment.standing.milestone.value if shipment.standing.milestone else None,
        "reason": first.problem.reason.value,
        "since": _iso(first.problem.since),
        "severity": first.problem.severity,
        "why": first.words.why,
        "normal": first.words.normal,
        "todo": first.words.todo,
        "also": " ".join(each.problem.reason for each in row.problems[1:]),
        "failing": row.failing.value if row.failing else None,
        "last_scan_at": _iso(shipment.scanned_at),
        "asked_at": _iso(shipment.watch.asked_at),
        "seen_until": _iso(row.seen.until_at) if row.seen else None,
        "note": row.seen.note if row.seen else "",
        "page_url": row.page_url,
    }


def read_age(text: str) -> timedelta:
    """Read "30m", "6h" or "2d". Raises ValueError."""
    found = AGE.fullmatch(text)
    if found is None:
        raise ValueError('Write a whole number and a unit: "30m", "6h" or "2d".')
    return int(found[1]) * UNITS[found[2]]


def _explained(app: App, found: StuckShipment) -> Stuck:
    shipment = found.shipment
    at = app.sending.pages_at.get(found.brand) if found.has_page else None
    return Stuck(
        brand=found.brand,
        order=found.order_number,
        shipment=shipment,
        problems=explained(app, shipment),
        failing=shipment.watch.outcome if shipment.watch.outcome in wording.FAILING else None,
        page_url=at + app.store.vault.page_path(shipment.order_id) if at else "",
        seen=found.seen,
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
