"""How content shoppers were, one rating per link, added up per carrier and lane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from tracker.domain.orders import Order
from tracker.domain.ratings import DETRACTS, PROMOTES, Lane, LaneRating, Remark
from tracker.store.help_tables import ratings
from tracker.store.ids import new_id
from tracker.store.tables import orders
from tracker.store.unit import Snapshot
from tracker.store.upserts import insert_or_change
from tracker.store.vault import Vault, fingerprint

REMARKS_READ = 300  # the newest of all lanes
REMARKS_SHOWN = 3  # of each lane
LANE = ("carrier", "service", "from_country", "from_region", "to_country", "to_region")

_r, _o = ratings.c, orders.c
_PUT = insert_or_change(
    ratings, unique=["link_sha256"], change=lambda row: {name: row[name] for name in ("score", "sealed", "at")}
)
_OF_LINK: Select[Any] = select(_r.score, _r.sealed).where(_r.link_sha256 == bindparam("link"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody gave through their link."""

    score: int
    comment: str


def put(
    connection: Connection, token: str, given: Given, *, order: Order, lane: Lane, at: datetime, vault: Vault
) -> None:
    """Their rating of this order; another one through the same link takes its place."""
    row = {
        "id": new_id(),
        "order_id": order.id,
        "link_sha256": fingerprint(token),
        "score": given.score,
        "sealed": vault.seal(given.comment) if given.comment else None,
        "brand": order.brand,
        "at": at,
    }
    connection.execute(_PUT[connection.dialect.name], row | {name: getattr(lane, name) for name in LANE})


def of_link(snapshot: Snapshot, token: str) -> Given | None:
    """What was given through this link so far."""
    row = snapshot.connection.execute(_OF_LINK, {"link": fingerprint(token)}).one_or_none()
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
