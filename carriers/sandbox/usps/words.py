"""How USPS codes and words what commonly happens; written from its public pages, not from our tables."""

from collections.abc import Mapping
from types import MappingProxyType

from carriers.sandbox.stories import Words


def _says(code: str, description: str, category: str, *, day_only: bool = False) -> Words:
    """The category is what the whole answer says while this is the newest event."""
    return Words(code=code, description=description, status_code=category, day_only=day_only)


WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "label": _says("GX", "Shipping Label Created, USPS Awaiting Item", "Pre-Shipment"),
        "manifest": _says("MA", "Pre-Shipment Info Sent to USPS, USPS Awaiting Item", "Pre-Shipment", day_only=True),
        "label voided": _says("GC", "Label Cancelled", "Alert"),
        "with a partner": _says("80", "Picked Up By Shipping Partner, USPS Awaiting Item", "Pre-Shipment"),
        "dropped off": _says("03", "USPS in possession of item", "Accepted"),
        "picked up": _says("03", "USPS picked up item", "Accepted"),
        "acceptance pending": _says("TM", "Shipment Received, Package Acceptance Pending", "Accepted"),
        "origin": _says("OA", "Accepted at USPS Origin Facility", "Accepted"),
        "departed": _says("T1", "Departed USPS Regional Facility", "In Transit"),
        "arrived": _says("A1", "Arrived at USPS Regional Facility", "In Transit"),
        "on the way": _says("TL", "In Transit to Next Facility", "In Transit"),
        "on time": _says("NT", "In Transit, Arriving On Time", "In Transit"),
        "late": _says("NT", "In Transit, Arriving Late", "In Transit"),
        "at the last facility": _says("07", "Arrived at Post Office", "In Transit"),
        "preparing": _says("PC", "Sorting Complete", "Preparing for Delivery"),
        "out for delivery": _says("OF", "Out for Delivery, Expected Delivery by 9:00pm", "Out for Delivery"),
        "delivered": _says("01", "Delivered, In/At Mailbox", "Delivered"),
        "delivered at the door": _says("01", "Delivered, Front Door/Porch", "Delivered"),
        "delivered to a neighbour": _says("01", "Delivered, Neighbor as Requested", "Delivered"),
        "delivered in a locker": _says("01", "Delivered, Parcel Locker", "Delivered"),
        "handed to an agent": _says("17", "Delivered to Agent for Final Delivery", "Delivered to Agent"),
        "at the access point": _says("16", "Available for Pickup", "Available for Pickup"),
        "collected": _says("41", "Delivered, Individual Picked Up at Post Office", "Delivered"),
        "nobody home": _says(  # the category's spelling is theirs
            "56", "Notice Left (No Authorized Recipient Available)", "Deliverery Attempt, action needed"
        ),
        "business closed": _says("51", "Notice Left (Business Closed)", "Delivery Attempt"),
        "no access": _says("30", "Delivery Attempted - No Access to Delivery Location", "Delivery Attempt"),
        "refused": _says("04", "Refused", "Alert"),
        "address wrong": _says("22", "Insufficient Address", "Alert"),
        "address corrected": _says("06", "Forwarded", "In Transit"),
        "late trailer": _says("71", "Rescheduled to Next Delivery Day", "Alert"),
        "missorted": _says("08", "Missent", "Alert"),
        "unclaimed": _says("31", "Unclaimed/Being Returned to Sender", "Alert"),
        "returning": _says("09", "Return to Sender", "Return to Sender"),
        "returned": _says("01", "Delivered, To Original Sender", "Delivered"),
        "lost": _says("11", "Sent to Mail Recovery Center", "Alert"),
        "a code nobody knows": _says("Q9", "Item status updated", "In Transit"),
    }
)

WITHOUT_GMT = frozenset({"GX", "MA", "80"})  # events that are typed in, not scanned
