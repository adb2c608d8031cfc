"""How UPS codes and words what commonly happens; written from its public pages, not from our tables."""

from collections.abc import Mapping
from types import MappingProxyType

from carriers.sandbox.stories import Words


def _says(kind: str, code: str, status_code: str, description: str) -> Words:
    """Trailing blanks are the carrier's."""
    return Words(type=kind, code=code, status_code=status_code, description=description)


WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "label": _says("M", "MP", "003", "Shipper created a label, UPS has not received the package yet. "),
        "label voided": _says("MV", "VP", "007", "Shipment information voided. "),
        "dropped off": _says("I", "XD", "005", "Drop-Off "),
        "picked up": _says("P", "PU", "038", "Pickup Scan "),
        "origin": _says("I", "OR", "005", "Origin Scan "),
        "departed": _says("I", "DP", "005", "Departed from Facility "),
        "arrived": _says("I", "AR", "005", "Arrived at Facility "),
        "arrival cancelled": _says("I", "CA", "005", "Cancelled Arrival "),
        "export": _says("I", "EP", "005", "Export Scan "),
        "import": _says("I", "IP", "005", "Import Scan "),
        "at the last facility": _says("I", "DS", "005", "Destination Scan "),
        "preparing": _says("I", "YP", "071", "Processing at UPS Facility "),
        "loaded": _says("I", "OF", "072", "Loaded on Delivery Vehicle "),
        "out for delivery": _says("I", "OT", "021", "Out For Delivery Today "),
        "delivered": _says("D", "FS", "011", "DELIVERED "),
        "delivered to a neighbour": _says("D", "3H", "011", "DELIVERED "),
        "at the access point": _says("D", "2Q", "040", "Delivered to UPS Access Point™ "),
        "collected": _says("D", "2W", "011", "DELIVERED "),
        "nobody home": _says("X", "48", "022", "The receiver was not available. We will make a second attempt. "),
        "business closed": _says("X", "55", "022", "The receiving business was closed. We will try the next day. "),
        "refused": _says("D", "53", "064", "The receiver refused the package. "),
        "address wrong": _says("X", "AE", "050", "The address is incomplete. We are trying to correct it. "),
        "address corrected": _says("X", "9I", "028", "The address has been corrected. "),
        "weather": _says("X", "2A", "052", "Severe weather has delayed delivery. "),
        "late trailer": _says("X", "17", "046", "A late trailer arrival has delayed delivery. "),
        "missorted": _says("X", "34", "046", "The package was sorted incorrectly. This may cause a delay. "),
        "customs": _says("X", "RZ", "012", "Your package is pending release from a Government Agency. "),
        "customs released": _says("X", "RZ", "014", "Your package was released by the customs agency. "),
        "customs needs facts": _says("X", "BB", "058", "Information is needed to clear the package. "),
        "damaged": _says("X", "45", "059", "The package was damaged in transit. "),
        "returning": _says("X", "DL", "035", "The package will be returned to the sender. "),
        "returned": _says("X", "4S", "034", "Returned to Sender "),
        "lost": _says("X", "", "068", "Sent to Lost and Found "),  # some exceptions come without a code
        "to the post office": _says("I", "YM", "073", "On the way to the local post office "),
        "a code nobody knows": _says("X", "Q7", "199", "Package status updated "),
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
