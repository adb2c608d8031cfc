"""What a saved UPS answer says of the number it was asked for; pure, and total over any bytes."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from carriers.contract import (
    Answer,
    CarrierBusy,
    CarrierDown,
    CarrierError,
    CarrierRefused,
    Reading,
    UnknownNumber,
    Unreadable,
)
from carriers.events import Tracked
from carriers.shapes import fields, items, parse_json, words
from carriers.ups.parcels import read_parcel

BUSY_WAIT = timedelta(minutes=1)  # they publish no limits and send no wait
NOT_FOUND = "TW0001"

# Their error codes by what we do about them. A code that is missing here makes an answer unreadable.
NOT_KNOWN_CODES = {
    NOT_FOUND: "UPS has nothing about this number: not yet, or no longer after 120 days",
    "TJ001": "UPS has nothing about this number: not yet, or no longer after 120 days",
    "TV1002": "UPS says this cannot be one of its numbers: check it for a typing error",
    "151018": "UPS says this cannot be one of its numbers: check it for a typing error",
    "150022": "UPS says this cannot be one of its numbers: check it for a typing error",
}
REFUSED_CODES = frozenset({"250002", "250003", "251004", "UJ0001", "10401"})
BUSY_CODES = frozenset({"10429"})
DOWN_CODES = frozenset({"10004"})

_NOT_A_NUMBERS = re.compile(r"[^A-Z0-9]+")


def read(body: bytes, *, http_status: int, numbers: Sequence[str]) -> Answer:
    """The readings of the numbers asked; without any, of what the answer names, under "". Raises CarrierError."""
    refusal = _by_status(body, http_status)
    if refusal:
        raise refusal
    payload = parse_json(body, http_status=http_status)
    if http_status < 300 and isinstance(payload.get("trackResponse"), dict):
        response = fields(payload["trackResponse"])
        readings = {number: _reading(response, number) for number in numbers or [""]}
        return Answer(body=body, http_status=http_status, readings=readings)
    unknown = _unknown_number(body, http_status, _error_codes(payload))
    return Answer(body=body, http_status=http_status, readings=dict.fromkeys(numbers or [""], unknown))


def _by_status(body: bytes, status: int) -> CarrierError | None:
    said = f"UPS answered HTTP {status}"
    if status == 429:
        return CarrierBusy(said, wait=BUSY_WAIT, http_status=status, body=body)
    if status in (401, 403):
        return CarrierRefused(f"{said}: check UPS_CLIENT_ID and UPS_CLIENT_SECRET", http_status=status, body=body)
    if status >= 500:
        return CarrierDown(said, http_status=status, body=body)
    return None


def _error_codes(payload: Mapping[str, object]) -> list[str]:
    errors = items(fields(payload.get("response")).get("errors"))
    return [words(fields(error).get("code")) for error in errors]


def _unknown_number(body: bytes, status: int, codes: list[str]) -> UnknownNumber:
    """The reading of an answer that is only an error. Raises CarrierError when the error is not about the number."""
    for code in codes:
        said = f"UPS answered with its error {code}"
        if code in NOT_KNOWN_CODES:
            return UnknownNumber(NOT_KNOWN_CODES[code], http_status=status, body=body)
        if code in BUSY_CODES:
            raise CarrierBusy(said, wait=BUSY_WAIT, http_status=status, body=body)
        if code in REFUSED_CODES:
            raise CarrierRefused(f"{said}: check UPS_CLIENT_ID and UPS_CLIENT_SECRET", http_status=status, body=body)
        if code in DOWN_CODES:
            raise CarrierDown(said, http_status=status, body=body)
    raise Unreadable(f"UPS's answer (HTTP {status}) is of another shape", http_status=status, body=body)


def _reading(response: Mapping[str, object], asked: str) -> Reading:
    listed = response.get("shipment", "")
    if listed is not None and not isinstance(listed, list):
        return Unreadable("UPS's list of shipments is missing or no list")
    shipments = [fields(each) for each in items(listed)]
    ours = [each for each in shipments if not asked or _plain(asked) in _numbers_of(each)]
    if shipments and not ours:
        return Unreadable("UPS answered about another number than the one asked")
    try:
        parcels = [parcel for shipment in ours for parcel in _parcels(shipment, asked)]
    except CarrierError as error:
        return error
    if not parcels:
        return UnknownNumber(NOT_KNOWN_CODES[NOT_FOUND])
    return tuple(sorted(parcels, key=partial(_newest_of, asked)))


def _parcels(shipment: Mapping[str, object], asked: str) -> list[Tracked]:
    """The packages of one shipment; none where UPS says it has nothing. Raises Unreadable."""
    listed = shipment.get("package")
    if listed is None or listed == []:
        if "package" not in shipment and NOT_FOUND not in _warnings(shipment):
            raise Unreadable("UPS names a shipment without packages and without a warning")
        return []
    packages = items(listed)
    if not packages or not all(isinstance(package, dict) for package in packages):
        raise Unreadable("UPS's list of packages is no list of objects")
    alone = _shown(shipment.get("inquiryNumber")) or asked if len(packages) == 1 else ""
    return [_parcel(fields(package), asked, alone=alone) for package in packages]


def _parcel(package: Mapping[str, object], asked: str, *, alone: str) -> Tracked:
    number = _shown(package.get("trackingNumber")) or alone
    if not number and (asked or not words(package.get("trackingNumber"))):
        raise Unreadable("UPS does not say which parcel this is")
    return read_parcel(package, number=number)


def _warnings(shipment: Mapping[str, object]) -> list[str]:
    return [words(fields(warning).get("code")) for warning in items(shipment.get("warnings"))]


def _numbers_of(shipment: Mapping[str, object]) -> set[str]:
    named = [shipment.get("inquiryNumber")]
    named += [fields(package).get("trackingNumber") for package in items(shipment.get("package"))]
    return {_plain(words(number)) for number in named}


def _plain(number: str) -> str:
    """A number without the blanks and dashes people and carriers write into it."""
    return _NOT_A_NUMBERS.sub("", number.upper())


def _shown(value: object) -> str:
    """A number as people know it; what stands in its place in an example ("<Tracking Number>") is left out."""
    plain = _plain(words(value))
    return plain if "<" not in words(value) and 7 <= len(plain) <= 40 else ""


def _newest_of(asked: str, parcel: Tracked) -> tuple[bool, float]:
    """The number asked goes first; where two lives of one number answer, the newer."""
    newest = parcel.events[-1].occurred_at.timestamp() if parcel.events else 0.0
    return parcel.tracking_number != _plain(asked), -newest
