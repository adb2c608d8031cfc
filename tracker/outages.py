"""Which parcels we cannot ask about at present, and since when, because their carrier is out of order."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from carriers.contract import Carrier
from config.warp import Warp
from tracker.domain.orders import Order
from tracker.domain.shipments import LookOutcome, Shipment
from tracker.store import gates
from tracker.store.gates import Gate, GateState
from tracker.store.unit import SqlStore


def shown(order: Order, store: SqlStore, carriers: Mapping[str, Carrier], *, now: datetime, warp: Warp | None) -> Order:
    """The order as its page must tell it: a due parcel that nobody asked about because the gate is shut is as blind as
    the one that found out."""
    concerned = {each.carrier for each in order.shipments if _is_concerned(each, now)} & carriers.keys()
    shut = _shut(store, [carriers[name] for name in sorted(concerned)])
    if not shut:
        return order
    return replace(order, shipments=tuple(_blind(each, shut, now, warp) for each in order.shipments))


def _shut(store: SqlStore, asked: Collection[Carrier]) -> dict[str, Gate]:
    if not asked:
        return {}
    with store.read() as snapshot:
        found = {each.name: gates.read(snapshot.connection, f"carrier:{each.credential}") for each in asked}
    return {name: gate for name, gate in found.items() if gate.state is not GateState.OPEN and gate.since_machine_at}


def _blind(shipment: Shipment, shut: Mapping[str, Gate], now: datetime, warp: Warp | None) -> Shipment:
    gate, watch = shut.get(shipment.carrier), shipment.watch
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
