"""Which parcels we cannot ask about at present, and since when, because their carrier is out of order."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from carriers.contract import Carrier
from config.warp import Warp
from tracker.domain.orders import Order
from tracker.domain.shipments import LookOutcome, Shipment
from tracker.store.gates import Gate


def shown(
    order: Order, shut: Collection[Gate], carriers: Mapping[str, Carrier], *, now: datetime, warp: Warp | None
) -> Order:
    """The order as its page must tell it: a due parcel that nobody asked about because the gate is shut is as blind as
    the one that found out. `shut`: every gate that is not open."""
    by_name = {each.name: each for each in shut if each.since_machine_at}
    gates = (
        {name: by_name.get(f"carrier:{carrier.credential}") for name, carrier in carriers.items()} if by_name else {}
    )
    if not any(gates.get(each.carrier) for each in order.shipments):
        return order
    return replace(
        order, shipments=tuple(_blind(each, gates.get(each.carrier), now=now, warp=warp) for each in order.shipments)
    )


def _blind(shipment: Shipment, gate: Gate | None, *, now: datetime, warp: Warp | None) -> Shipment:
    watch = shipment.watch
    if gate is None or gate.since_machine_at is None or not _is_concerned(shipment, now):
        return shipment
    since = warp.shop_time(gate.since_machine_at) if warp else gate.since_machine_at
    outcome = watch.outcome if watch.failing_since else LookOutcome(gate.reason.partition(":")[0])
    return replace(
        shipment, watch=replace(watch, outcome=outcome, failing_since=min(since, watch.failing_since or now))
    )


def _is_concerned(shipment: Shipment, now: datetime) -> bool:
    """It should have been asked, or was and failed; one that failed late is blind for as long as all are."""
    watch = shipment.watch
    return watch.next_look_at is not None and (watch.next_look_at <= now or watch.failing_since is not None)
