"""Which carrier finishes the journey of a parcel that was handed over, as far as the number alone tells."""

from collections.abc import Mapping, Sequence

from carriers import detect
from carriers.contract import Carrier
from tracker.domain.shipments import Shipment, ShipmentId
from tracker.render.parcels import Partner


def found(shipments: Sequence[Shipment], carriers: Mapping[str, Carrier]) -> dict[ShipmentId, Partner]:
    """Of those that were handed over to a carrier we know."""
    partners = {each.id: _partner(each, carriers) for each in shipments if each.handed_over_to}
    return {shipment_id: partner for shipment_id, partner in partners.items() if partner}


def _partner(shipment: Shipment, carriers: Mapping[str, Carrier]) -> Partner | None:
    """The likeliest other carrier of such numbers; when that one is off, no less likely one is guessed."""
    try:
        number = detect.normalise(shipment.handed_over_to)
    except ValueError:
        return None
    likeliest = next((name for name in detect.candidates(number) if name != shipment.carrier), "")
    carrier = carriers.get(likeliest)
    return Partner(carrier=likeliest, page_url=carrier.page_url(number)) if carrier else None
