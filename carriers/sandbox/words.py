"""How each carrier says what commonly happens."""

from collections.abc import Mapping
from datetime import datetime

from carriers.sandbox.dhl import words as dhl
from carriers.sandbox.fedex import words as fedex
from carriers.sandbox.stories import Scan, Spot, Words
from carriers.sandbox.ups import words as ups
from carriers.sandbox.usps import words as usps

WORDS: Mapping[str, Mapping[str, Words]] = {
    "ups": ups.WORDS,
    "fedex": fedex.WORDS,
    "usps": usps.WORDS,
    "dhl": dhl.EXPRESS,
    "dhl/parcel-de": dhl.PARCEL_DE,
    "dhl/parcel-nl": dhl.PARCEL_NL,
    "dhl/ecommerce": dhl.ECOMMERCE,
}


def scan(kind: str, *, at: datetime, spot: Spot, carrier: str = "ups") -> Scan:
    """A scan of a common kind; oddities go in with dataclasses.replace."""
    if kind not in WORDS[carrier]:
        others = [each for each, words in WORDS.items() if kind in words]
        raise KeyError(f"{carrier} has no word for {kind!r}; {', '.join(others) or 'nobody'} has")
    words = WORDS[carrier][kind]
    return Scan(
        at=at,
        spot=spot,
        type=words.type,
        code=words.code,
        status_code=words.status_code,
        description=words.description,
        reason=words.reason,
        reason_text=words.reason_text,
        delay=words.delay,
        day_only=words.day_only,
        received_by=words.received_by,
        left_at=words.left_at,
    )
