"""How DHL's divisions word what commonly happens; written from its public pages, not from our tables."""

from collections.abc import Mapping
from types import MappingProxyType

from carriers.sandbox.stories import Words


def _says(status: str, description: str, status_code: str = "transit", *, remark: str = "") -> Words:
    """`status_code` is one of the five words that all divisions share; `status` is the division's own."""
    return Words(code=status, description=description, status_code=status_code, reason_text=remark)


def _text(text: str, status_code: str = "transit") -> Words:
    """Parcel DE has no codes: status and description are the same sentence."""
    return _says(text, text, status_code)


EXPRESS: Mapping[str, Words] = MappingProxyType(
    {
        "label": _says("104", "Shipment information received", "pre-transit"),
        "dropped off": _says("SA", "Shipment accepted"),
        "picked up": _says("PU", "Shipment picked up"),
        "origin": _says("PL", "Processed at origin"),
        "departed": _says("DF", "Shipment has departed from a DHL facility"),
        "arrived": _says("AF", "Arrived at DHL sort facility"),
        "on the way": _says("SM", "Scheduled for movement"),
        "export": _says("TR", "Transferred through a DHL facility"),
        "import": _says("AF", "Arrived at DHL sort facility"),
        "at the last facility": _says("AR", "Arrived at DHL delivery facility"),
        "preparing": _says("FD", "Forwarded for delivery"),
        "out for delivery": _says("WC", "Shipment is out with courier for delivery"),
        "delivered": _says("OK", "Delivered", "delivered"),
        "delivered in part": _says("PD", "Partial delivery", "delivered"),
        "delivered damaged": _says("DD", "Delivered damaged", "delivered"),
        "at the access point": _says("CC", "Awaiting collection by the recipient"),
        "nobody home": _says("NH", "Delivery attempted; recipient not home", "failure"),
        "business closed": _says("CA", "Recipient's premises closed on arrival", "failure"),
        "refused": _says("RD", "Recipient refused delivery", "failure"),
        "address wrong": _says("BA", "Incorrect address", "failure"),
        "weather": _says("OH", "Shipment is on hold", remark="Severe weather"),
        "late trailer": _says("MD", "Missed delivery cycle", "failure"),
        "missorted": _says("MS", "Mis-sorted", "failure"),
        "customs": _says("UD", "Uncontrollable clearance delay", "failure"),
        "customs needs facts": _says(
            "CD", "Clearance delay", "failure", remark="The recipient must provide information to customs."
        ),
        "in clearance": _says("IC", "Processed for clearance"),
        "customs released": _says("CR", "Clearance processing complete"),
        "customs status": _says("RR", "Customs clearance status updated"),
        "returned": _says("RT", "Returned to shipper", "failure"),
        "lost": _says("DS", "Destroyed / disposal", "failure"),
        "a code nobody knows": _says("QX", "Status updated", "unknown"),
    }
)

PARCEL_DE: Mapping[str, Words] = MappingProxyType(
    {
        "label": _text(
            "The instruction data for this shipment have been provided by the sender to DHL electronically",
            "pre-transit",
        ),
        "origin": _text("The shipment has been processed in the parcel center of origin"),
        "arrived": _text("The shipment has been processed in the parcel center"),
        "at the last facility": _text("The shipment has been processed in the destination parcel center"),
        "out for delivery": _text("The shipment has been loaded onto the delivery vehicle"),
        "delivered": _text("The shipment has been successfully delivered", "delivered"),
        "a code nobody knows": _text("The shipment has been looked at twice"),
    }
)

GERMAN: Mapping[str, str] = MappingProxyType(  # what language=de makes of them
    {
        "label": "Die Auftragsdaten zu dieser Sendung wurden vom Absender elektronisch an DHL übermittelt.",
        "origin": "Die Sendung wurde im Start-Paketzentrum bearbeitet.",
        "arrived": "Die Sendung wurde im Paketzentrum bearbeitet.",
        "at the last facility": "Die Sendung wurde im Ziel-Paketzentrum bearbeitet.",
        "out for delivery": "Die Sendung wurde in das Zustellfahrzeug geladen.",
        "delivered": "Die Sendung wurde erfolgreich zugestellt.",
    }
)

PARCEL_NL: Mapping[str, Words] = MappingProxyType(
    {
        "label": _says("PRENOTIFICATION_RECEIVED", "", "pre-transit"),
        "arrived": _says("PARCEL_SORTED_AT_HUB", ""),
        "planned": _says("DELIVERY_PLANNED_IN_ROUTE", ""),
        "at the last facility": _says("PARCEL_ARRIVED_AT_LOCAL_DEPOT", ""),
        "out for delivery": _says("OUT_FOR_DELIVERY", ""),
        "delivered": _says("DELIVERED", "", "delivered"),
        "delivered to a neighbour": _says("DELIVERED_AT_NEIGHBOURS", "", "delivered"),
        "nobody home": _says("NOT_HOME", "", "failure"),
        "redirected": _says("NOT_HOME_SYSTEM_INTERVENTION_DELIVERY_AT_PARCELSHOP", "", "failure"),
        "left at the shop": _says("DELIVERED_AT_PARCELSHOP", ""),  # not ready to be collected
        "at the access point": _says("NOTIFICATION_FOR_PARCELSHOP_COLLECTION_HAS_BEEN_SENT", ""),
        "refused": _says("REFUSED_BY_RECEIVER", "", "failure"),
        "address wrong": _says("ADDRESS_NOT_FOUND", "", "failure"),
        "damaged": _says("REFUSED_DAMAGED", "", "failure"),
        "returning": _says("RETURNED_TO_SHIPPER", "", "failure"),
        "returned": _says("DELIVERED_AT_SHIPPER", ""),  # stays in transit by the shared word
        "a code nobody knows": _says("PARCEL_LOOKED_AT_TWICE", ""),
    }
)

ECOMMERCE: Mapping[str, Words] = MappingProxyType(
    {
        "label": _says("EN ROUTE TO DHL ECOMMERCE", "", "pre-transit"),
        "label voided": _says("SHIPMENT CANCELED", ""),
        "picked up": _says("PICKED UP", ""),
        "origin": _says("ARRIVAL DHL DISTRIBUTION CENTER", ""),
        "arrived": _says("ARRIVAL DESTINATION DHL ECOMMERCE FACILITY", ""),
        "departed": _says("DEPARTURE ORIGIN DHL ECOMMERCE FACILITY", ""),
        "to the post office": _says("TENDERED TO DELIVERY SERVICE PROVIDER", ""),
        "at the last facility": _says("ARRIVAL AT POST OFFICE", ""),
        "out for delivery": _says("OUT FOR DELIVERY", ""),
        "delivered": _says("DELIVERED", "IN/AT MAILBOX", "delivered"),
        "delivered at the door": _says("DELIVERED", "FRONT DOOR/PORCH", "delivered"),
        "delivered to a neighbour": _says("DELIVERED - LEFT WITH NEIGHBOR/FRONT DESK/OTHER", "", "delivered"),
        "nobody home": _says("NO ONE HOME, CARD LEFT", "", "failure"),
        "business closed": _says("NOTICE LEFT (BUSINESS CLOSED)", "", "failure"),
        "at the access point": _says("AVAILABLE FOR PICKUP", ""),
        "collected": _says("PICKED UP BY CONSIGNEE FROM PICKUP LOCATION", "", "delivered"),
        "refused": _says("REFUSED", "", "failure"),
        "address wrong": _says("INSUFFICIENT ADDRESS", "", "failure"),
        "customs": _says("HELD AT CUSTOMS", "", "failure"),
        "customs released": _says("CLEARED CUSTOMS", ""),
        "damaged": _says("VISIBLE DAMAGE", "", "failure"),
        "returning": _says("RETURN TO SENDER", "", "failure"),
        "returned": _says("RETURNS DELIVERED", "", "failure"),
        "lost": _says("PACKAGE REPORTED MISSING", "", "failure"),
        "a code nobody knows": _says("PACKAGE LOOKED AT TWICE", ""),
    }
)
