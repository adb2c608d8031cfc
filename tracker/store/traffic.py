"""How much was sent lately, and how much there is to tell: what the volume fuse goes by."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import bindparam, false, func, select

from tracker.pipeline.fuse import HOURS, HOURS_KNOWN, Traffic
from tracker.store import starting
from tracker.store.starting import HOUR
from tracker.store.tables import orders
from tracker.store.unit import Snapshot

RECENT = timedelta(days=60)  # older orders are told of no more

_o = orders.c
_NEW = select(func.count()).where(  # by ix_orders_brand_created
    _o.brand.in_(bindparam("brands", expanding=True)), _o.created_at > bindparam("since")
)
_OPEN = _NEW.where(_o.ended.is_(false()))


def traffic(snapshot: Snapshot, *, brands: Collection[str], now: datetime, machine_now: datetime) -> Traffic:
    """Open orders are counted only in a shop's first day: later nobody asks."""
    connection = snapshot.connection
    starts = starting.per_hour(connection, hours=HOURS, machine_now=machine_now)
    is_young = sum(each > 0 for each in starts) < HOURS_KNOWN
    asked = {"brands": sorted(brands)}
    return Traffic(
        starts=tuple(starts),
        new_orders=connection.execute(_NEW, asked | {"since": now - HOUR}).scalar_one(),
        open_orders=connection.execute(_OPEN, asked | {"since": now - RECENT}).scalar_one() if is_young else 0,
    )
