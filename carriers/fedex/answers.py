"""What a saved FedEx answer says of the numbers it was asked for; pure, and total over any bytes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

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
from carriers.fedex.parcels import read_parcel, says_something
from carriers.shapes import digits, fields, items, parse_json, words

BUSY_WAIT = timedelta(seconds=10)  # the window of their rate limit
DAY = timedelta(days=1)

NOTHING = "FedEx has nothing about this number: not yet, or no longer"
NO_NUMBER = "FedEx says this cannot be one of its numbers: check it for a typing error"
CHECK = "check FEDEX_CLIENT_ID and FEDEX_CLIENT_SECRET, and that the project has the Track API"

# Their error codes by what we do about them. A code that is missing here makes an answer unreadable.
NOT_KNOWN_CODES = {
    "TRACKING.TRACKINGNUMBER.NOTFOUND": NOTHING,
    "TRACKING.DATA.NOTFOUND": NOTHING,
    "TRACKING.TRACKINGNUMBER.INVALID": NO_NUMBER,
}
REFUSED_CODES = frozenset(
    {
        "NOT.AUTHORIZED.ERROR",
        "FORBIDDEN.ERROR",
        "BAD.REQUEST.ERROR",
        "NOT.FOUND.ERROR",  # a wrong path
        "TRACKING.TRACKINGNUMBER.EMPTY",  # we asked for nothing
        "TRACKING.TCNNOTFOUND",  # another service of theirs answered
    }
)
DOWN_CODES = frozenset(
    {
        "INTERNAL.SERVER.ERROR",
        "SERVICE.UNAVAILABLE.ERROR",
        "SYSTEM.UNAVAILABLE.EXCEPTION",
        "SYSTEM.UNEXPECTED.ERROR",  # comes with 400, and asks to try again later
        "VALIDATION.ERRCD.WSPOD",
    }
)
TOO_MANY = ("too many requests", "quota")  # their guide gives the words of a 429, not its code

_NOT_A_NUMBERS = re.compile(r"[^A-Z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One life of one number."""

    echoed: str  # the number as the question had it
    own: str  # the number as the result has it
    result: Mapping[str, object]

    def is_about(self, number: str) -> bool:
        return number in (self.echoed, self.own)


def read(body: bytes, *, http_status: int, numbers: Sequence[str]) -> Answer:
    """The readings of the numbers asked; without any, of what the answer names, under "". Raises CarrierError."""
    refusal = _by_status(body, http_status)
    if refusal:
        raise refusal
    payload = parse_json(body, http_status=http_status)
    results = fields(payload.get("output")).get("completeTrackResults")
    if http_status < 300 and isinstance(results, list) and results:
        told = [each for complete in map(fields, results) for each in _told(complete)]
        readings = {number: _reading(told, number) for number in numbers or [""]}
        return Answer(body=body, http_status=http_status, readings=readings)
    unknown = _unknown_numbers(payload, body, http_status)
    if len(numbers) > 1:
        raise Unreadable(f"FedEx refused {len(numbers)} numbers at once: {unknown}", http_status=http_status, body=body)
    return Answer(body=body, http_status=http_status, readings=dict.fromkeys(numbers or [""], unknown))


def plain(number: str) -> str:
    """A number without the blanks and dashes people and carriers write into it."""
    return _NOT_A_NUMBERS.sub("", number.upper())


def refuses_token(body: bytes, *, http_status: int) -> bool:
    """Whether a new token may help: 401 always; a 400 only where it is about the token and not about our request."""
    if http_status != 400:
        return http_status == 401
    try:
        errors = _errors(parse_json(body))
    except Unreadable:
        return False
    return any(code == "BAD.REQUEST.ERROR" and "jwt" in said.casefold() for code, said in errors)


def busy_wait(body: bytes, machine_now: datetime) -> timedelta:
    """How long a 429 means when its header does not say: until 00:00 GMT when the day's quota is spent."""
    if not _is_day_spent(body):
        return BUSY_WAIT
    tomorrow = datetime.combine(machine_now.astimezone(UTC).date() + DAY, time(), tzinfo=UTC)
    return tomorrow - machine_now


def _by_status(body: bytes, status: int) -> CarrierError | None:
    said = f"FedEx answered HTTP {status}"
    if status == 429:
        return _busy(said, body, status)
    if status in (401, 403):
        return CarrierRefused(f"{said}: {CHECK}", http_status=status, body=body)
    if status >= 500:
        return CarrierDown(said, http_status=status, body=body)
    return None


def _busy(said: str, body: bytes, status: int | None) -> CarrierBusy:
    """A saved answer has no clock: a day at most."""
    return CarrierBusy(said, wait=DAY if _is_day_spent(body) else BUSY_WAIT, http_status=status, body=body)


def _is_day_spent(body: bytes) -> bool:
    """Whether a 429 is about the day's quota ("Daily transaction quota exceeded"), not about the last ten seconds."""
    return b"daily" in body.lower()


def _errors(payload: Mapping[str, object]) -> list[tuple[str, str]]:
    errors = [fields(error) for error in items(payload.get("errors"))]
    return [(words(error.get("code")), words(error.get("message"))) for error in errors]


def _alerts(payload: Mapping[str, object]) -> list[tuple[str, str]]:
    """An array of codes and messages, or one text with the code in front ("TRACKING.DATA.NOTFOUND - ...")."""
    alerts = fields(payload.get("output")).get("alerts")
    if isinstance(alerts, str):
        return [(alerts.partition(" ")[0], "")]
    return [(words(fields(alert).get("code")), "") for alert in items(alerts)]


def _unknown_numbers(payload: Mapping[str, object], body: bytes, status: int) -> UnknownNumber:
    """The reading of an answer that holds no results. Raises CarrierError when that is not about the numbers."""
    for code, said in (*_errors(payload), *_alerts(payload)):
        error = _error(code, said, body=body, status=status)
        if isinstance(error, UnknownNumber):
            return error
        if not isinstance(error, Unreadable):
            raise error
    raise Unreadable(f"FedEx's answer (HTTP {status}) is of another shape", http_status=status, body=body)


def _error(code: str, message: str, *, body: bytes = b"", status: int | None = None) -> CarrierError:
    said = f"FedEx answered with its error {code}"
    if code in NOT_KNOWN_CODES:
        return UnknownNumber(NOT_KNOWN_CODES[code], http_status=status, body=body)
    if code in REFUSED_CODES:
        return CarrierRefused(f"{said}: {CHECK}", http_status=status, body=body)
    if code in DOWN_CODES:
        return CarrierDown(said, http_status=status, body=body)
    if any(each in message.casefold() for each in TOO_MANY):
        return _busy(said, body, status)
    return Unreadable(f"{said}, which no table of ours has", http_status=status, body=body)


def _told(complete: Mapping[str, object]) -> Iterable[_Told]:
    """Every life of one echoed number; nothing said of it is one life of which nothing is said."""
    echoed, listed = _number(complete.get("trackingNumber")), complete.get("trackResults")
    for result in listed if isinstance(listed, list) and listed else [None]:
        own = _number(fields(fields(result).get("trackingNumberInfo")).get("trackingNumber"))
        yield _Told(echoed=echoed, own=own, result=fields(result))


def _reading(told: Sequence[_Told], asked: str) -> Reading:
    """The newest life of the number; an error when one of its lives cannot be read, or nothing is known of any."""
    wanted = plain(asked)
    found = [(wanted or each.own or each.echoed, each.result) for each in told if not asked or each.is_about(wanted)]
    if not found:
        return Unreadable("FedEx answered without the number that was asked")
    readings = [_parcel(result, number) for number, result in found]
    errors = [reading for reading in readings if isinstance(reading, CarrierError)]
    broken = [error for error in errors if not isinstance(error, UnknownNumber)]
    newest: dict[str, Tracked] = {}
    for parcel in (reading for reading in readings if isinstance(reading, Tracked)):
        kept = newest.get(parcel.tracking_number)
        if kept is None or _last_scan(parcel) > _last_scan(kept):
            newest[parcel.tracking_number] = parcel
    if broken or not newest:
        return (broken or errors)[0]
    return tuple(newest.values())


def _parcel(result: Mapping[str, object], number: str) -> Tracked | CarrierError:
    code = words(fields(result.get("error")).get("code"))
    if not says_something(result):
        return _error(code, "") if code else Unreadable("FedEx names the number and says nothing about it")
    if not number:
        return Unreadable("FedEx does not say which parcel this is")
    try:
        return read_parcel(result, number=number)
    except Unreadable as error:
        return error


def _number(value: object) -> str:
    return plain(words(value) or digits(value))


def _last_scan(parcel: Tracked) -> float:
    return parcel.events[-1].occurred_at.timestamp() if parcel.events else 0.0
