"""Which orders a typed number may mean."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from tracker.domain.orders import Order
from tracker.store import orders as order_rows
from tracker.store.tables import orders, shipments
from tracker.store.unit import Snapshot

MOST = 5  # carriers recycle numbers, shops share them; more than these few is nobody's case

# Two questions, each with an index of its own: joined by OR they would read every order of the brand.
_BY_NUMBER = select(orders.c.id).where(
    orders.c.brand.in_(bindparam("brands", expanding=True)), orders.c.number.in_(bindparam("numbers", expanding=True))
)
_BY_PARCEL = select(shipments.c.order_id).where(
    shipments.c.tracking_number == bindparam("tracking_number"), shipments.c.removed_at.is_(None)
)
_NEWEST = (
    select(orders)
    .where(orders.c.id.in_(bindparam("ids", expanding=True)), orders.c.brand.in_(bindparam("brands", expanding=True)))
    .order_by(orders.c.created_at.desc(), orders.c.id)
    .limit(MOST)
)


def numbered(snapshot: Snapshot, numbers: Sequence[str], *, tracking_number: str, brands: Sequence[str]) -> list[Order]:
    """The newest orders of these brands with one of these numbers, or with a parcel of that tracking number."""
    connection = snapshot.connection
    ids = set(connection.execute(_BY_NUMBER, {"numbers": list(numbers), "brands": list(brands)}).scalars())
    ids |= set(connection.execute(_BY_PARCEL, {"tracking_number": tracking_number}).scalars())
    rows = connection.execute(_NEWEST, {"ids": sorted(ids), "brands": list(brands)}).all()
    return [order_rows.load(connection, row, vault=snapshot.vault) for row in rows]
