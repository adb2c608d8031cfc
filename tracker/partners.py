"""Which carrier finishes the journey of a parcel that was handed over, as far as the number alone tells."""

from collections.abc import Sequence

from carriers import detect
from carriers.own_pages import tracking_page
from tracker.domain.shipments import Shipment, ShipmentId
from tracker.render.parcels import Partner


def found(shipments: Sequence[Shipment]) -> dict[ShipmentId, Partner]:
    """Of those that were handed over to a carrier we know."""
    partners = {each.id: _partner(each) for each in shipments if each.handed_over_to}
    return {shipment_id: partner for shipment_id, partner in partners.items() if partner}


def _partner(shipment: Shipment) -> Partner | None:
    """The likeliest other carrier of such numbers, and none that is less likely."""
    try:
        number = detect.normalise(shipment.handed_over_to)
    except ValueError:
        return None
    likeliest = next((name for name in detect.candidates(number) if name != shipment.carrier), "")
    page = tracking_page(likeliest, number)
    return Partner(carrier=likeliest, page_url=page) if page else None
