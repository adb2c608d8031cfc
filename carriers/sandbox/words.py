"""How the carrier codes and words what commonly happens; written from its public pages, not from our tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from carriers.sandbox.stories import Scan, Spot


@dataclass(frozen=True, slots=True)
class Words:
    """One kind of scan; trailing blanks are the carrier's."""

    type: str
    code: str
    status_code: str
    description: str


WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "label": Words("M", "MP", "003", "Shipper created a label, UPS has not received the package yet. "),
        "label voided": Words("MV", "VP", "007", "Shipment information voided. "),
        "dropped off": Words("I", "XD", "005", "Drop-Off "),
        "picked up": Words("P", "PU", "038", "Pickup Scan "),
        "origin": Words("I", "OR", "005", "Origin Scan "),
        "departed": Words("I", "DP", "005", "Departed from Facility "),
        "arrived": Words("I", "AR", "005", "Arrived at Facility "),
        "arrival cancelled": Words("I", "CA", "005", "Cancelled Arrival "),
        "export": Words("I", "EP", "005", "Export Scan "),
        "import": Words("I", "IP", "005", "Import Scan "),
        "at the last facility": Words("I", "DS", "005", "Destination Scan "),
        "preparing": Words("I", "YP", "071", "Processing at UPS Facility "),
        "loaded": Words("I", "OF", "072", "Loaded on Delivery Vehicle "),
        "out for delivery": Words("I", "OT", "021", "Out For Delivery Today "),
        "delivered": Words("D", "FS", "011", "DELIVERED "),
        "delivered to a neighbour": Words("D", "3H", "011", "DELIVERED "),
        "at the access point": Words("D", "2Q", "040", "Delivered to UPS Access Point™ "),
        "collected": Words("D", "2W", "011", "DELIVERED "),
        "nobody home": Words("X", "48", "022", "The receiver was not available. We will make a second attempt. "),
        "business closed": Words("X", "55", "022", "The receiving business was closed. We will try the next day. "),
        "refused": Words("D", "53", "064", "The receiver refused the package. "),
        "address wrong": Words("X", "AE", "050", "The address is incomplete. We are trying to correct it. "),
        "address corrected": Words("X", "9I", "028", "The address has been corrected. "),
        "weather": Words("X", "2A", "052", "Severe weather has delayed delivery. "),
        "late trailer": Words("X", "17", "046", "A late trailer arrival has delayed delivery. "),
        "missorted": Words("X", "34", "046", "The package was sorted incorrectly. This may cause a delay. "),
        "customs": Words("X", "RZ", "012", "Your package is pending release from a Government Agency. "),
        "customs released": Words("X", "RZ", "014", "Your package was released by the customs agency. "),
        "customs needs facts": Words("X", "BB", "058", "Information is needed to clear the package. "),
        "damaged": Words("X", "45", "059", "The package was damaged in transit. "),
        "returning": Words("X", "DL", "035", "The package will be returned to the sender. "),
        "returned": Words("X", "4S", "034", "Returned to Sender "),
        "lost": Words("X", "", "068", "Sent to Lost and Found "),  # some exceptions come without a code
        "to the post office": Words("I", "YM", "073", "On the way to the local post office "),
        "a code nobody knows": Words("X", "Q7", "199", "Package status updated "),
    }
)

SUMMARIES: Mapping[str, str] = MappingProxyType(
    {
        "003": "Label Created",
        "005": "On the Way",
        "007": "Shipment Information Voided",
        "011": "Delivered",
        "012": "Clearance in Progress",
        "014": "Clearance Completed",
        "021": "Out for Delivery",
        "022": "First Attempt Made",
        "034": "Returned to Sender",
        "035": "Returning to Sender",
        "038": "We Have Your Package",
        "040": "Ready for Customer Pickup",
        "046": "Delay",
        "050": "Address Information Required",
        "052": "Delay: Severe Weather",
        "071": "Preparing for Delivery",
        "072": "Loaded on Delivery Vehicle",
    }
)


def scan(kind: str, *, at: datetime, spot: Spot) -> Scan:
    """A scan of a common kind; oddities go in with dataclasses.replace."""
    words = WORDS[kind]
    return Scan(
        at=at,
        type=words.type,
        code=words.code,
        status_code=words.status_code,
        description=words.description,
        spot=spot,
    )
