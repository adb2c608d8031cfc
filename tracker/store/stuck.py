"""Which shipments a person should look at: the one query behind console, API and command line."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, literal, or_, select, tuple_

from carriers.events import Milestone
from tracker.domain.problems import StuckReason
from tracker.domain.shipments import OrderId, Shipment
from tracker.store import orders as order_rows
from tracker.store import shipments as shipment_rows
from tracker.store.acknowledgements import Acknowledgement, from_row
from tracker.store.columns import EPOCH, ID, MICROSECOND, Instant
from tracker.store.outbox_tables import page_tokens
from tracker.store.tables import acknowledgements, orders, shipments
from tracker.store.unit import Snapshot

_s, _o, _a, _t = shipments.c, orders.c, acknowledgements.c, page_tokens.c


class Sort(StrEnum):
    """What comes first."""

    SEVERITY = "severity"  # the gravest, of them the longest stuck
    SINCE = "since"  # the longest stuck
    ORDER = "order"  # by the shop's number


class Scanned(StrEnum):
    """A milestone's word for a shipment that has none."""

    NEVER = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of them; what is empty does not narrow."""

    reasons: frozenset[StuckReason] = frozenset()  # any of them, also beside a graver one
    carrier: str = ""
    brand: str = ""
    milestone: Milestone | Scanned | None = None
    older_than: timedelta = timedelta(0)
    seen_too: bool = False  # what somebody has acknowledged is left out


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckShipment:
    """A shipment a person should look at."""

    brand: str
    order_number: str
    shipment: Shipment
    has_page: bool  # false: its links were revoked
    seen: Acknowledgement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckPage:
    """Some of them, and how many there are."""

    rows: tuple[StuckShipment, ...]
    next: str | None  # where the following begin
    total: int  # on all pages
    counts: Mapping[StuckReason, int]  # shipments by each of their reasons, whatever reasons were asked for
    as_of: datetime  # of the first page


class NotOurPlace(ValueError):
    """A cursor that was not given out for this order of rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """After which row to go on, and as of when: what became stuck later is no row of this list."""

    as_of: datetime
    key: tuple[Any, ...] = field(default=())


def stuck(
    snapshot: Snapshot,
    now: datetime,
    *,
    wanted: Wanted,
    sort: Sort = Sort.SEVERITY,
    cursor: str = "",
    limit: int = 50,
) -> StuckPage:
    """One page. A row that does not change meanwhile stands on exactly one page. Raises NotOurPlace."""
    place = _read_place(cursor, sort) if cursor else _Place(as_of=now)
    narrowed = _narrowed(wanted, place.as_of)
    query = _joined(select(_s.id), wanted, by_number=sort is Sort.ORDER).where(*narrowed, *_of_reasons(wanted))
    ids = snapshot.connection.execute(_in_order(query, sort, place).limit(limit + 1)).scalars().all()
    rows = _rows(snapshot, ids[:limit])
    counts, total = _counted(snapshot, narrowed, wanted)
    return StuckPage(
        rows=_found(snapshot, rows),
        next=_written(place.as_of, sort, rows[-1]) if len(ids) > limit and rows else None,
        total=total,
        counts=counts,
        as_of=place.as_of,
    )


_WHOLE = (
    select(
        shipments,
        _o.number.label("order_number"),
        _o.brand.label("order_brand"),
        _t.id.label("page"),
        *(_a[name].label(f"seen_{name}") for name in ("who", "note", "at", "until_at")),
    )
    .join(orders, _o.id == _s.order_id)
    .outerjoin(acknowledgements, _a.shipment_id == _s.id)
    .outerjoin(page_tokens, and_(_t.id == _o.id, _t.revoked_at.is_(None)))
    .where(_s.id.in_(bindparam("ids", expanding=True)))
)


def _joined(query: Select[Any], wanted: Wanted, *, by_number: bool = False) -> Select[Any]:
    """Only what the question needs: all that are stuck are sorted and counted, a page of them is read."""
    if wanted.brand or by_number:
        query = query.join(orders, _o.id == _s.order_id)
    return query if wanted.seen_too else query.outerjoin(acknowledgements, _a.shipment_id == _s.id)


def _rows(snapshot: Snapshot, ids: Sequence[str]) -> list[Row[Any]]:
    """Everything about these, in their order; one that has come free since they were found is left out."""
    found = {row.id: row for row in snapshot.connection.execute(_WHOLE, {"ids": ids}) if row.stuck} if ids else {}
    return [found[each] for each in ids if each in found]


def _narrowed(wanted: Wanted, as_of: datetime) -> list[ColumnElement[bool]]:
    """Everything but the reasons, which are counted across."""
    only = [_s.stuck.is_not(None), _s.stuck_since <= as_of - wanted.older_than]
    if wanted.carrier:
        only.append(_s.carrier == wanted.carrier)
    if wanted.brand:
        only.append(_o.brand == wanted.brand)
    if isinstance(wanted.milestone, Scanned):
        only.append(_s.milestone.is_(None))
    elif wanted.milestone is not None:
        only.append(_s.milestone == wanted.milestone)
    if not wanted.seen_too:  # graver than when it was seen, or another problem besides: it comes back
        unseen = or_(_s.severity > _a.severity, _s.problem_names != _a.problem_names)
        only.append(or_(_a.shipment_id.is_(None), _a.until_at <= as_of, unseen))
    return only


def _of_reasons(wanted: Wanted) -> list[ColumnElement[bool]]:
    if not wanted.reasons:
        return []
    names = literal(",") + _s.problem_names
    return [or_(*(names.contains(f",{reason},", autoescape=True) for reason in sorted(wanted.reasons)))]


def _in_order(query: Select[Any], sort: Sort, place: _Place) -> Select[Any]:
    """After the place in this order. The id makes every place a single one."""
    key = place.key
    match sort:
        case Sort.SEVERITY:
            query = query.order_by(_s.severity.desc(), _s.stuck_since, _s.id)
            if key:
                later = tuple_(_s.stuck_since, _s.id) > tuple_(*key[1:], types=(Instant(), ID))
                query = query.where(or_(_s.severity < key[0], and_(_s.severity == key[0], later)))
        case Sort.SINCE:
            query = query.order_by(_s.stuck_since, _s.id)
            if key:
                query = query.where(tuple_(_s.stuck_since, _s.id) > tuple_(*key, types=(Instant(), ID)))
        case Sort.ORDER:
            query = query.order_by(_o.number, _s.id)
            if key:
                query = query.where(tuple_(_o.number, _s.id) > tuple_(*key, types=(_o.number.type, ID)))
    return query


def _counted(
    snapshot: Snapshot, narrowed: list[ColumnElement[bool]], wanted: Wanted
) -> tuple[dict[StuckReason, int], int]:
    """By each reason, and how many shipments have one of those that are wanted."""
    query = _joined(select(_s.problem_names, func.count().label("times")).select_from(shipments), wanted)
    query = query.where(*narrowed).group_by(_s.problem_names)
    counts: Counter[StuckReason] = Counter()
    total = 0
    for row in snapshot.connection.execute(query):
        reasons = {StuckReason(name) for name in row.problem_names.split(",") if name}
        counts.update(dict.fromkeys(reasons, row.times))
        total += row.times if not wanted.reasons or reasons & wanted.reasons else 0
    return {reason: counts[reason] for reason in StuckReason if counts[reason]}, total


def _found(snapshot: Snapshot, rows: Sequence[Row[Any]]) -> tuple[StuckShipment, ...]:
    ids = sorted({row.order_id for row in rows})
    found = snapshot.connection.execute(select(orders).where(_o.id.in_(ids))) if ids else ()
    bare = {OrderId(row.id): order_rows.from_row(row) for row in found}
    return tuple(
        StuckShipment(
            brand=row.order_brand,
            order_number=row.order_number,
            shipment=shipment_rows.from_row(row, bare[row.order_id]),
            has_page=row.page is not None,
            seen=from_row(row),
        )
        for row in rows
    )


def _written(as_of: datetime, sort: Sort, row: Row[Any]) -> str:
    """Where the following page begins; opaque to whoever hands it back."""
    key = {
        Sort.SEVERITY: [row.severity, _micros(row.stuck_since), row.id],
        Sort.SINCE: [_micros(row.stuck_since), row.id],
        Sort.ORDER: [row.order_number, row.id],
    }[sort]
    plain = json.dumps([sort.value, _micros(as_of), *key], separators=(",", ":"))
    return urlsafe_b64encode(plain.encode()).rstrip(b"=").decode()


def _read_place(cursor: str, sort: Sort) -> _Place:
    try:
        read = json.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        match sort, read:
            case Sort.SEVERITY, ["severity", int(at), int(severity), int(since), str(id_)] if 0 <= severity <= 3:
                return _Place(as_of=_instant(at), key=(severity, _instant(since), _storable(id_)))
            case Sort.SINCE, ["since", int(at), int(since), str(id_)]:
                return _Place(as_of=_instant(at), key=(_instant(since), _storable(id_)))
            case Sort.ORDER, ["order", int(at), str(number), str(id_)]:
                return _Place(as_of=_instant(at), key=(_storable(number), _storable(id_)))
    except (ValueError, OverflowError, RecursionError):
        pass
    raise NotOurPlace("this is no place in this list")


def _micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def _instant(micros: int) -> datetime:
    if micros < 0:
        raise ValueError(micros)  # an age taken from it would lie before all calendars
    return EPOCH + timedelta(microseconds=micros)


def _storable(text: str) -> str:
    """No database takes a NUL or half of a surrogate pair, both of which JSON can spell."""
    text.encode()
    if "\0" in text:
        raise ValueError(text)
    return text
