"""The carrier that finishes a journey is linked where its number tells who it is, and never guessed."""

from dataclasses import replace

import pytest

from carriers.contract import Carrier
from carriers.events import Milestone
from tests.pipeline.world import ScriptedCarrier
from tracker import partners
from tracker.render.gallery.orders import WAY, parcel
from tracker.render.parcels import Partner

POST = "9274890100000000000002"  # fits the post, and three carriers that hand over to it
BOTH: dict[str, Carrier] = {"ups": ScriptedCarrier(), "usps": ScriptedCarrier(name="usps")}


@pytest.mark.parametrize(
    ("number", "carriers", "partner"),
    [
        (POST, BOTH, Partner(carrier="usps", page_url=f"https://ups.example/{POST}")),
        ("9274 8901 0000 0000 0000 02", BOTH, Partner(carrier="usps", page_url=f"https://ups.example/{POST}")),
        (POST, {"ups": BOTH["ups"]}, None),  # the likeliest is off: no other one is guessed
        ("1Z999AA10123456784", BOTH, None),  # its own carrier's number again
        ("<script>", BOTH, None),
        ("", BOTH, None),
    ],
)
def test_only_the_likeliest_other_carrier_is_named(
    number: str, carriers: dict[str, Carrier], partner: Partner | None
) -> None:
    shipment, _ = parcel(Milestone.IN_TRANSIT, WAY)

    found = partners.found((replace(shipment, handed_over_to=number),), carriers)

    assert found.get(shipment.id) == partner
