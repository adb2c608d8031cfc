"""What a saved USPS answer says of the number it was asked for; pure, and total over any bytes."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

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
from carriers.shapes import digits, fields, items, parse_json, words
from carriers.usps.parcels import read_parcel

BUSY_WAIT = timedelta(minutes=10)  # when a 429 lacks its Retry-After: their quota is of an hour
CHECK_PAIR = "check USPS_CLIENT_ID and USPS_CLIENT_SECRET"
NO_SCOPE = "USPS's application has no tracking scope: ask USPS to add the Tracking API to it in its developer portal"

NOT_YET = "USPS has nothing about this number yet: the label may be too new, or the number has a typing error"
NO_NUMBER = "USPS says this cannot be one of its numbers: check it for a typing error"
NOT_TRACKED = "USPS does not show this number to anybody: look at its label or its receipt for another one"
FOREIGN = "USPS says another shipper may own this number: check the carrier, or let the shipper authorise your account"

# Their errors about one number; none of them is news of the parcel. 150010 refuses this number, not us.
NOT_KNOWN_CODES = {
    "150001": NOT_YET,
    "150002": NOT_YET,
    "150003": NOT_YET,
    "150004": NOT_TRACKED,
    "150006": NOT_TRACKED,
    "150007": NOT_TRACKED,
    "150008": NOT_TRACKED,
    "150009": NOT_YET,
    "150010": FOREIGN,
    "150011": "USPS says this is the number of a pickup request, not of a parcel",
    "150012": "USPS withholds what it knows of this number: ask USPS about its postage",
    "150013": "USPS says this is the number of an order for test kits, not of a parcel",
}
# The same errors where the code is only the beginning of a sentence ("12: A status update is ...") or is not there.
PREFIXES = {"12": "150001", "7": "150002", "16": "150003", "4": "150004"}
SENTENCES = (
    ("status update is not yet available", "150001"),
    ("number may be incorrect", "150002"),
    ("tracking is not available for this item", "150009"),  # comes with 404, also for a label of the last hours
    ("another shipper", "150010"),
    ("ip agreement", "150010"),  # since April 2026 a number of another Mailer ID needs one
    ("mailer id", "150010"),
)
# Their token service answers by these names.
REFUSED_NAMES = frozenset({"invalid_client", "unauthorized_client", "invalid_grant", "invalid_scope", "access_denied"})
REFUSED_CODES = frozenset({"401", "403"})
BUSY_CODES = frozenset({"429"})
DOWN_CODES = frozenset({"500", "502", "503", "504"})
NOT_FOUND = "404"

_PREFIX = re.compile(r"([0-9]{1,2}): ")
_NOT_A_NUMBERS = re.compile(r"[^A-Z0-9]+")
SHORTEST, LONGEST = 7, 40
LEAST_POSTAL = 20  # digits of a postal number behind its destination's postcode: "420", five or nine digits


def read(body: bytes, *, http_status: int, numbers: Sequence[str]) -> Answer:
    """The reading of the number asked; without any, of the one the answer names, under "". Raises CarrierError."""
    payload = _payload(body, http_status)
    if http_status < 300 and "trackingEvents" in payload:
        readings = {number: _reading(payload, number) for number in numbers or [""]}
        return Answer(body=body, http_status=http_status, readings=readings)
    unknown = _unknown_number(payload, body, http_status)
    return Answer(body=body, http_status=http_status, readings=dict.fromkeys(numbers or [""], unknown))


def is_about_scope(body: bytes) -> bool:
    """Whether a 401 is about what our application may do; a new token may not do more."""
    return b"oauth_scope" in body or b"OAuth scope" in body


def _payload(body: bytes, status: int) -> Mapping[str, object]:
    said = f"USPS answered HTTP {status}"
    if status == 429:
        raise CarrierBusy(said, wait=BUSY_WAIT, http_status=status, body=body)
    if status >= 500:
        raise CarrierDown(said, http_status=status, body=body)
    try:
        return parse_json(body, http_status=status)
    except Unreadable:
        if str(status) in REFUSED_CODES:
            raise CarrierRefused(f"{said}: {CHECK_PAIR}", http_status=status, body=body) from None
        raise


def _unknown_number(payload: Mapping[str, object], body: bytes, status: int) -> UnknownNumber:
    """The reading of an answer that is only an error. Raises CarrierError when the error is not about the number."""
    error = fields(payload.get("error"))
    for code in _codes_about_the_number(error):
        if code in NOT_KNOWN_CODES:
            return UnknownNumber(NOT_KNOWN_CODES[code], http_status=status, body=body)
    if any(words(fields(each.get("source")).get("parameter")) == "trackingNumber" for each in _errors(error)):
        return UnknownNumber(NO_NUMBER, http_status=status, body=body)
    if _code(error) == NOT_FOUND and "tracking" in words(payload.get("apiVersion")).casefold():
        return UnknownNumber(NOT_YET, http_status=status, body=body)
    raise _of_the_call(payload, body, status)


def _of_the_call(payload: Mapping[str, object], body: bytes, status: int) -> CarrierError:
    code, name = _code(fields(payload.get("error"))), words(payload.get("error"))
    said = f"USPS answered HTTP {status} with its error {code or name[:40]}"
    if is_about_scope(body):
        return CarrierRefused(NO_SCOPE, http_status=status, body=body)
    if code in BUSY_CODES:
        return CarrierBusy(said, wait=BUSY_WAIT, http_status=status, body=body)
    if code in DOWN_CODES:
        return CarrierDown(said, http_status=status, body=body)
    if code in REFUSED_CODES or name in REFUSED_NAMES or str(status) in REFUSED_CODES:
        return CarrierRefused(f"{said}: {CHECK_PAIR}", http_status=status, body=body)
    return Unreadable(f"USPS's answer (HTTP {status}) is of another shape", http_status=status, body=body)


def _code(error: Mapping[str, object]) -> str:
    """A text or a number, mostly the HTTP status."""
    return digits(error.get("code"))


def _errors(error: Mapping[str, object]) -> list[Mapping[str, object]]:
    return [fields(each) for each in items(error.get("errors"))]


def _codes_about_the_number(error: Mapping[str, object]) -> list[str]:
    details = [error, *_errors(error)]
    sentences = [words(each.get(name)) for each in details for name in ("message", "title", "detail")]
    found = [_code(each) for each in details]
    found += [PREFIXES.get(prefix[1], "") for sentence in sentences if (prefix := _PREFIX.match(sentence))]
    found += [code for part, code in SENTENCES for sentence in sentences if part in sentence.casefold()]
    return found


def _reading(payload: Mapping[str, object], asked: str) -> Reading:
    named = _plain(payload.get("trackingNumber"))
    if asked and not _writings(named) & _writings(_plain(asked)):
        return Unreadable("USPS answered about another number than the one asked")
    try:
        return (read_parcel(payload, number=_plain(asked) or _shown(named)),)
    except Unreadable as error:
        return error


def _plain(value: object) -> str:
    """A number without the blanks and dashes people and carriers write into it."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else words(value)
    return _NOT_A_NUMBERS.sub("", text.upper())[: LONGEST * 2]


def _writings(plain: str) -> frozenset[str]:
    """A number with and without the destination's postcode in front."""
    behind = [plain[length:] for length in (8, 12) if plain.startswith("420") and plain[length:].isdigit()]
    return frozenset({plain, *(each for each in behind if len(each) >= LEAST_POSTAL)} - {""})


def _shown(plain: str) -> str:
    """Empty for what stands in a number's place in an example ("XXXXXXXXXXXXXXXXXXXX")."""
    return plain if SHORTEST <= len(plain) <= LONGEST and any(each.isdigit() for each in plain) else ""
