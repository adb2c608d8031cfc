"""What a list of parcels, stated again, does to the journeys we follow: kept, added, corrected or ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tracker.domain.intake import MOST_SHIPMENTS, FieldProblem, NewShipment, Unusable
from tracker.domain.judgement import judge
from tracker.domain.orders import Order
from tracker.domain.shipments import Shipment, ShipmentId, Watch
from tracker.pipeline import naming
from tracker.pipeline.conclude import Rules
from tracker.pipeline.ports import OrderUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a journey begins."""

    rules: Rules
    now: datetime
    silent: bool  # tell nobody about what happened before now


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A stated parcel whose carrier is known."""

    stated: NewShipment
    carrier: str


@dataclass(slots=True, kw_only=True)
class Parcels:
    """Every current journey is in exactly one of `kept`, `corrected` and `gone`."""

    kept: list[tuple[Shipment, Named]] = field(default_factory=list)
    new: list[Named] = field(default_factory=list)
    corrected: list[tuple[Shipment, Named]] = field(default_factory=list)
    gone: list[Shipment] = field(default_factory=list)


def named(stated: Sequence[NewShipment], current: Sequence[Shipment] = ()) -> list[Named]:
    """Each with its carrier; the one settled for a number stays until the shop names another. Raises Undecided."""
    settled = {each.tracking_number: each.carrier for each in current}
    return [
        Named(
            stated=each,
            carrier=(not each.carrier and settled.get(each.tracking_number))
            or naming.carrier_of(each, field=f"shipments[{at}].tracking_number"),
        )
        for at, each in enumerate(stated)
    ]


def begin(unit: OrderUnit, order: Order, parcel: Named, *, start: Start, since: datetime | None = None) -> Shipment:
    """A journey that begins now. What happened since the order was placed is news, unless we are to be silent."""
    shipment = Shipment(
        id=ShipmentId(unit.new_id()),
        order_id=order.id,
        carrier=parcel.carrier,
        tracking_number=parcel.stated.tracking_number,
        created_at=start.now,
        notify_after=start.now if start.silent else since or min(order.facts.placed_at, start.now),
        items=parcel.stated.items,
        destination=order.destination,
        destination_zone=order.destination_zone,
        service=parcel.stated.service,
        watch=Watch(next_look_at=start.now),
    )
    rules = start.rules
    judgement = judge(shipment, start.now, rules.patience, rules.calendar_at(shipment.destination))
    return replace(shipment, judgement=judgement)


def restate(
    unit: OrderUnit, order: Order, stated: Sequence[NewShipment], *, start: Start, adds_only: bool
) -> tuple[tuple[Shipment, ...], dict[str, object]]:
    """Write what the list changes: the current journeys, and what to record of it. Raises Undecided, Unusable."""
    parcels = compare(order.shipments, named(stated, order.shipments), adds_only=adds_only)
    if len(parcels.kept) + len(parcels.new) + len(parcels.corrected) > MOST_SHIPMENTS:
        problem = f"would give the order more than {MOST_SHIPMENTS} parcels"
        fix = "Remove parcels that are not part of it, or split the order."
        raise Unusable([FieldProblem(field="shipments", problem=problem, fix=fix)])
    current = [_kept(unit, was, now) for was, now in parcels.kept]
    for parcel in parcels.new:
        current.append(begin(unit, order, parcel, start=start))
        unit.add_shipment(current[-1])
    for wrong, right in parcels.corrected:
        current.append(begin(unit, order, right, start=start, since=wrong.notify_after))
        unit.add_shipment(current[-1])
        unit.supersede(wrong.id, current[-1].id, at=start.now)
    for gone in parcels.gone:
        unit.remove_shipment(gone.id, at=start.now)
    return tuple(sorted(current, key=lambda each: each.id)), _record(parcels)


def compare(current: Sequence[Shipment], stated: Sequence[Named], *, adds_only: bool) -> Parcels:
    """The same number of the same carrier is kept. What is left over corrects, in order, what is no longer named;
    a source that `adds_only` states one parcel after the other and takes none back."""
    parcels = Parcels()
    left, unplaced = list(current), []
    for each in stated:
        same = next((one for one in left if _is_same(one, each)), None)
        if same is None:
            unplaced.append(each)
        else:
            left.remove(same)
            parcels.kept.append((same, each))
    unplaced = _take_named(unplaced, left, parcels)
    if adds_only:
        parcels.new = unplaced
        parcels.kept += [(one, _as_it_is(one)) for one in left]
        return parcels
    pairs = min(len(left), len(unplaced))
    parcels.corrected += zip(left[:pairs], unplaced[:pairs], strict=True)
    parcels.new, parcels.gone = unplaced[pairs:], left[pairs:]
    return parcels


def _take_named(unplaced: list[Named], left: list[Shipment], parcels: Parcels) -> list[Named]:
    """Where the shop says which number was wrong, or names another carrier for it, no guess is needed."""
    rest = []
    for each in unplaced:
        wrong = {each.stated.replaces, each.stated.tracking_number}
        found = next((one for one in left if one.tracking_number in wrong), None)
        if found is None:
            rest.append(each)
        else:
            left.remove(found)
            parcels.corrected.append((found, each))
    return rest


def _is_same(current: Shipment, parcel: Named) -> bool:
    return (current.tracking_number, current.carrier) == (parcel.stated.tracking_number, parcel.carrier)


def _as_it_is(current: Shipment) -> Named:
    stated = NewShipment(tracking_number=current.tracking_number, service=current.service, items=current.items)
    return Named(stated=stated, carrier=current.carrier)


def _kept(unit: OrderUnit, shipment: Shipment, parcel: Named) -> Shipment:
    """The same journey; its contents may be stated anew."""
    if not _differs(shipment, parcel):
        return shipment
    after = replace(
        shipment,
        items=parcel.stated.items or shipment.items,
        service=shipment.service or parcel.stated.service,
        version=shipment.version + 1,
    )
    unit.save_shipment(after)
    return after


def _differs(shipment: Shipment, parcel: Named) -> bool:
    """The carrier's own word for the service goes before the shop's."""
    items, service = parcel.stated.items, parcel.stated.service
    return bool((items and items != shipment.items) or (service and not shipment.service))


def _record(parcels: Parcels) -> dict[str, object]:
    moves: dict[str, object] = {
        "added": [each.stated.tracking_number for each in parcels.new],
        "corrected": [[was.tracking_number, now.stated.tracking_number] for was, now in parcels.corrected],
        "removed": [each.tracking_number for each in parcels.gone],
        "contents": [was.tracking_number for was, now in parcels.kept if _differs(was, now)],
    }
    return {name: numbers for name, numbers in moves.items() if numbers}
