"""The carrier that finishes a journey is linked where its number tells who it is, and never guessed."""

from dataclasses import replace

import pytest

from carriers.events import Milestone
from tracker import partners
from tracker.render.gallery.orders import WAY, parcel
from tracker.render.parcels import Partner

POST = "9274890100000000000002"  # fits the post, and three carriers that hand over to it
PAGE = f"https://tools.usps.com/go/TrackConfirmAction?tLabels={POST}"


@pytest.mark.parametrize(
    ("number", "partner"),
    [
        (POST, Partner(carrier="usps", page_url=PAGE)),
        ("9274 8901 0000 0000 0000 02", Partner(carrier="usps", page_url=PAGE)),
        ("1Z999AA10123456784", None),  # its own carrier's number again
        ("<script>", None),
        ("", None),
    ],
)
def test_only_the_likeliest_other_carrier_is_named(number: str, partner: Partner | None) -> None:
    shipment, _ = parcel(Milestone.IN_TRANSIT, WAY)

    found = partners.found((replace(shipment, handed_over_to=number),))

    assert found.get(shipment.id) == partner
