"""How content shoppers were, one rating per reader of an order, added up per carrier and lane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from tracker.domain.ratings import DETRACTS, PROMOTES, Lane, LaneRating, Remark
from tracker.domain.shipments import OrderId
from tracker.store.help_tables import ratings
from tracker.store.ids import new_id
from tracker.store.outbox_tables import notifications, page_tokens
from tracker.store.tables import orders, recipients
from tracker.store.unit import Snapshot, SqlStore
from tracker.store.upserts import insert_or_change
from tracker.store.vault import Vault, fingerprint

REMARKS_READ = 300  # the newest of all lanes
REMARKS_SHOWN = 3  # of each lane
LANE = ("carrier", "service", "from_country", "from_region", "to_country", "to_region")

_r, _o, _t, _n = ratings.c, orders.c, page_tokens.c, notifications.c
_PUT = insert_or_change(
    ratings,
    unique=["order_id", "reader_id"],
    change=lambda row: {name: row[name] for name in ("score", "sealed", "at")},
)
_OF_READER: Select[Any] = select(_r.score, _r.sealed).where(
    _r.order_id == bindparam("order_id"), _r.reader_id == bindparam("reader_id")
)
_NAMED = (
    select(_t.order_id, func.coalesce(_t.recipient_id, _n.recipient_id).label("reader_id"))
    .outerjoin(notifications, _n.id == _t.notification_id)
    .where(_t.token_sha256 == bindparam("token_sha256"))
)
_FIRST = select(func.min(recipients.c.id)).where(
    recipients.c.order_id == bindparam("order_id"), recipients.c.invited_machine_at.is_(None)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody gave."""

    score: int
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rater:
    """Who rates an order, however many links to it they were sent."""

    order_id: OrderId
    reader_id: str


def rater(snapshot: Snapshot, token: str) -> Rater:
    """Whose a link is: of whom it was sent to, else of the first whom the shop named. Raises NoResultFound."""
    row = snapshot.connection.execute(_NAMED, {"token_sha256": fingerprint(token)}).one()
    first = row.reader_id or snapshot.connection.execute(_FIRST, {"order_id": row.order_id}).scalar()
    return Rater(order_id=OrderId(row.order_id), reader_id=first or row.order_id)


def put(store: SqlStore, whose: Rater, given: Given, *, brand: str, lane: Lane, at: datetime) -> None:
    """Their rating of this order; another one of theirs takes its place."""
    row = {
        "id": new_id(),
        "order_id": whose.order_id,
        "reader_id": whose.reader_id,
        "score": given.score,
        "sealed": store.vault.seal(given.comment) if given.comment else None,
        "brand": brand,
        "at": at,
    }
    with store.begin() as connection:
        connection.execute(_PUT[connection.dialect.name], row | {name: getattr(lane, name) for name in LANE})


def given_by(snapshot: Snapshot, whose: Rater) -> Given | None:
    """What this reader has given so far."""
    asked = {"order_id": whose.order_id, "reader_id": whose.reader_id}
    row = snapshot.connection.execute(_OF_READER, asked).one_or_none()
    return Given(score=row.score, comment=_text(row, snapshot.vault)) if row else None


def by_lane(snapshot: Snapshot, *, since: datetime, brand: str = "", limit: int = 100) -> tuple[LaneRating, ...]:
    """Every carrier and lane that was rated since then, the most rated first."""
    only = [_r.at >= since, *([_r.brand == brand] if brand else [])]
    lanes = [_r[name] for name in LANE]
    query: Select[Any] = (
        select(
            *lanes,
            func.count().label("n"),
            func.avg(_r.score).label("mean"),
            func.sum(case((_r.score >= PROMOTES, 1), else_=0)).label("promoters"),
            func.sum(case((_r.score <= DETRACTS, 1), else_=0)).label("detractors"),
        )
        .where(*only)
        .group_by(*lanes)
        .order_by(func.count().desc(), *lanes)
        .limit(limit)
    )
    remarks = _remarks(snapshot, only)
    return tuple(_rating(row, remarks) for row in snapshot.connection.execute(query))


def _remarks(snapshot: Snapshot, only: Sequence[ColumnElement[bool]]) -> Mapping[Lane, list[Remark]]:
    query = (
        select(ratings, _o.number)
        .join(orders, _o.id == _r.order_id)
        .where(*only, _r.sealed.is_not(None))
        .order_by(_r.at.desc(), _r.id.desc())
        .limit(REMARKS_READ)
    )
    found: dict[Lane, list[Remark]] = {}
    for row in snapshot.connection.execute(query):
        said = found.setdefault(_lane(row), [])
        if len(said) < REMARKS_SHOWN:
            text = _text(row, snapshot.vault)
            said.append(Remark(order_number=row.number, brand=row.brand, score=row.score, text=text, at=row.at))
    return found


def _rating(row: Row[Any], remarks: Mapping[Lane, list[Remark]]) -> LaneRating:
    return LaneRating(
        lane=_lane(row),
        n=row.n,
        mean=float(row.mean),
        promoters=int(row.promoters),
        detractors=int(row.detractors),
        remarks=tuple(remarks.get(_lane(row), ())),
    )


def _lane(row: Row[Any]) -> Lane:
    return Lane(**{name: getattr(row, name) for name in LANE})


def _text(row: Row[Any], vault: Vault) -> str:
    return str(vault.unseal(row.sealed)) if row.sealed else ""
