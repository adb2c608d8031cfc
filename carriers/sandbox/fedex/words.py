"""How FedEx codes and words what commonly happens; written from its public pages, not from our tables."""

from collections.abc import Mapping
from types import MappingProxyType

from carriers.sandbox.stories import Words


def _says(
    code: str, derived: str, description: str, *, reason: str = "", reason_text: str = "", delay: str = ""
) -> Words:
    """`derived` is what FedEx makes of the code for its own page; it lies for OD, HP and RS."""
    return Words(
        code=code,
        status_code=derived,
        description=description,
        reason=reason,
        reason_text=reason_text,
        delay=delay,
        day_only=code == "PU",  # as a midnight without a zone
        received_by="Signature not required" if code == "RS" else "",  # no person, and nothing was handed over
    )


WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "label": _says("OC", "IN", "Shipment information sent to FedEx"),
        "label voided": _says("CA", "CA", "Shipment cancelled by sender"),
        "dropped off": _says("IP", "PU", "In FedEx possession", reason="084", reason_text="Tendered at FedEx location"),
        "picked up": _says("PU", "PU", "Picked up"),
        "origin": _says("OF", "IT", "At FedEx origin facility"),
        "departed": _says("DP", "IT", "Departed FedEx location"),
        "arrived": _says("AR", "IT", "Arrived at FedEx location"),
        "on the way": _says("IT", "IT", "On the way"),
        "export": _says("EA", "IT", "Export approved"),
        "import": _says("PL", "IT", "Plane landed"),
        "at the last facility": _says("AR", "IT", "At local FedEx facility"),
        "preparing": _says("SF", "IT", "At destination sort facility"),
        "out for delivery": _says("OD", "IT", "On FedEx vehicle for delivery"),
        "delivered": _says("DL", "DL", "Delivered"),
        "delivered at the door": _says(
            "DL", "DL", "Delivered", reason="014", reason_text="Left at front door. Signature Service not requested."
        ),
        "at the access point": _says(
            "HP",
            "IT",
            "Ready for recipient pickup",
            reason="015A",
            reason_text="Package available for pickup at FedEx Office: 100 MAIN ST",
        ),
        "collected": _says("DL", "DL", "Delivered", reason="005", reason_text="Delivered to recipient at FedEx Office"),
        "nobody home": _says(
            "DE", "DE", "Delivery exception", reason="007", reason_text="Customer not available or business closed"
        ),
        "business closed": _says(
            "DE", "DE", "Delivery exception", reason="08", reason_text="Customer not available or business closed"
        ),
        "not attempted": _says(
            "DE",
            "DE",
            "Delivery exception",
            reason="083",
            reason_text="Local delivery restriction - Delivery not attempted",
        ),
        "address wrong": _says("DE", "DE", "Delivery exception", reason="03", reason_text="Incorrect address"),
        "address corrected": _says("CH", "IT", "Location changed"),
        "redirected": _says(
            "DE",
            "DE",
            "Delivery exception",
            reason="A47",
            reason_text="FedEx redirected your package to a nearby FedEx location",
        ),
        "weather": _says("SE", "DE", "Shipment exception", reason_text="Weather - Delay in transit", delay="WEATHER"),
        "late trailer": _says("DY", "DY", "Delay", reason="A52", reason_text="Package delayed", delay="OPERATIONAL"),
        "missorted": _says(
            "DY", "DY", "Delay", reason="84", reason_text="Delay beyond our control", delay="OPERATIONAL"
        ),
        "unable to deliver": _says("SE", "DE", "Shipment exception", reason="099", reason_text="Unable to deliver"),
        "customs": _says(
            "CD",
            "IT",
            "Clearance delay",
            reason_text="Goods are subject to regulatory review.",
            delay="CLEARANCE",
        ),
        "in clearance": _says("CP", "IT", "Clearance in progress"),
        "customs released": _says("CC", "IT", "Cleared customs"),
        "sent back": _says(
            "DE", "DE", "Delivery exception", reason="060G", reason_text="Unable to deliver - Returning to shipper"
        ),
        "returning": _says("RS", "DL", "Returning package to shipper"),
        "to the post office": _says("AX", "IT", "At USPS facility"),
        "on time": _says("AO", "IT", "Shipment arriving on-time"),
        "early": _says("AE", "IT", "Shipment arriving early"),
        "hold requested": _says(
            "RR",
            "IT",
            "Delivery option requested",
            reason="A12",
            reason_text="Hold at FedEx Office/location request received",
        ),
        "a code nobody knows": _says("ZQ", "IT", "Package status updated"),
    }
)

PLACES: Mapping[str, str] = MappingProxyType(  # what kind of place a scan is made at, where it is not a facility
    {
        "OC": "CUSTOMER",
        "PU": "PICKUP_LOCATION",
        "OF": "ORIGIN_FEDEX_FACILITY",
        "OD": "VEHICLE",
        "IT": "VEHICLE",
        "DE": "DELIVERY_LOCATION",
        "DL": "DELIVERY_LOCATION",
    }
)

DERIVED: Mapping[str, str] = MappingProxyType(
    {
        "CA": "Cancelled",
        "DE": "Delivery exception",
        "DL": "Delivered",
        "DY": "Delay",
        "HL": "Ready for pickup",
        "IN": "Label created",
        "IT": "In transit",
        "PU": "Picked up",
    }
)
