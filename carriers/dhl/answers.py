"""What a saved DHL answer says of the number it was asked for; pure, and total over any bytes."""

from collections.abc import Mapping, Sequence

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
from carriers.dhl.numbers import meant, number, plain
from carriers.dhl.parcels import read_parcel
from carriers.dhl.waits import LONGEST, SPIKE, is_spike
from carriers.events import Tracked
from carriers.shapes import fields, parse_json, words

NOT_FOUND = "DHL has nothing about this number: not yet, or no longer after 90 days"
NOT_A_NUMBER = "DHL says this cannot be one of its numbers: check it for a typing error"
# What a refusal of our request speaks of when it is not about the number: all else in our calls is the same each time.
NOT_ABOUT_IT = ("language", "mandatory", "service", "header")


def read(body: bytes, *, http_status: int, numbers: Sequence[str]) -> Answer:
    """The readings of the numbers asked; without any, of what the answer names, under "". Raises CarrierError."""
    if http_status == 404 and not body.strip():  # they answer some requests without a word
        return _same_for_all(UnknownNumber(NOT_FOUND, http_status=404, body=body), body, 404, numbers)
    if refusal := _by_status(http_status, body):
        raise refusal
    payload = parse_json(body, http_status=http_status)
    if http_status < 300 and isinstance(payload.get("shipments"), list):
        shipments = [fields(each) for each in _list(payload["shipments"])]
        readings = {asked: _reading(shipments, asked) for asked in numbers or [""]}
        return Answer(body=body, http_status=http_status, readings=readings)
    return _same_for_all(_problem(payload, http_status, body), body, http_status, numbers)


def _same_for_all(reading: Reading, body: bytes, http_status: int, numbers: Sequence[str]) -> Answer:
    return Answer(body=body, http_status=http_status, readings=dict.fromkeys(numbers or [""], reading))


def _by_status(status: int, body: bytes) -> CarrierError | None:
    said = f"DHL answered HTTP {status}"
    if status == 429:
        return CarrierBusy(said, wait=SPIKE if is_spike(body) else LONGEST, http_status=status, body=body)
    if status in (401, 403):
        return CarrierRefused(f"{said}: check DHL_API_KEY", http_status=status, body=body)
    if status >= 500:
        return CarrierDown(said, http_status=status, body=body)
    return None


def _problem(payload: Mapping[str, object], http_status: int, body: bytes) -> UnknownNumber:
    """The reading of an answer that is only an error. Raises CarrierError when it is not about the number."""
    told = payload.get("status", http_status)
    status = told if isinstance(told, int) and not isinstance(told, bool) else 0
    if not words(payload.get("title")) or "shipments" in payload or http_status not in (status, 200):
        raise Unreadable(f"DHL's answer (HTTP {http_status}) is of another shape", http_status=http_status, body=body)
    if refusal := _by_status(status, body):
        raise refusal
    if status == 404:
        return UnknownNumber(NOT_FOUND, http_status=http_status, body=body)
    if status == 400:
        return _bad_input(words(payload.get("detail")), http_status, body)
    raise Unreadable(f"DHL answered with its problem {status}", http_status=http_status, body=body)


def _bad_input(detail: str, http_status: int, body: bytes) -> UnknownNumber:
    """A refusal that is about the number, since nothing else differs from call to call. Raises CarrierRefused."""
    if any(word in detail.casefold() for word in NOT_ABOUT_IT):
        said = "DHL refuses the way we ask: look for a newer version of this program"
        raise CarrierRefused(said, http_status=http_status, body=body)
    return UnknownNumber(NOT_A_NUMBER, http_status=http_status, body=body)


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _reading(shipments: Sequence[Mapping[str, object]], asked: str) -> Reading:
    if not shipments:
        return UnknownNumber(NOT_FOUND)
    ours = meant(shipments, asked) if asked else [(each, number(each.get("id"))) for each in shipments]
    if not ours:
        return Unreadable("DHL answered about another number than the one asked")
    try:
        parcels = [read_parcel(shipment, number=name) for shipment, name in ours]
    except CarrierError as error:
        return error
    return tuple(sorted(parcels, key=lambda parcel: _newest_of(asked, parcel)))


def _newest_of(asked: str, parcel: Tracked) -> tuple[bool, float]:
    """The number asked goes first; where two lives of one number answer, the newer."""
    newest = parcel.events[-1].occurred_at.timestamp() if parcel.events else 0.0
    return parcel.tracking_number != plain(asked), -newest
