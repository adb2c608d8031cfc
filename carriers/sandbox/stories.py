"""What happens to one parcel, told in advance: plain data the sandbox answers from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place, and how far its wall clocks are from UTC."""

    city: str = ""
    region: str = ""
    country: str = ""
    utc_offset: timedelta = NOTHING


SOMEWHERE = Spot()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One line of the parcel's history, in the carrier's own codes."""

    at: datetime  # when it happens, in story time
    code: str
    description: str
    type: str = ""  # UPS: the letter that goes before a code
    status_code: str = ""  # UPS: three digits. FedEx: the derived code. USPS: the category. DHL: one of five words
    reason: str = ""  # FedEx: the exception's code
    reason_text: str = ""  # FedEx: the exception in words. DHL: the remark
    delay: str = ""  # FedEx: what kind of delay the whole shipment is said to have
    day_only: bool = False  # the carrier knows the day and writes a midnight
    spot: Spot = SOMEWHERE
    lag: timedelta = NOTHING  # the carrier shows it this much later
    gone_at: datetime | None = None  # taken back without a word
    gmt: bool = True  # whether the answer carries the UTC fields
    on_top: bool = False  # listed first whatever its time, as late labels are at UPS
    left_at: str = ""  # of a delivery: "FRONT DOOR"
    received_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How one carrier says one kind of scan; the fields are those of Scan."""

    code: str
    description: str
    type: str = ""
    status_code: str = ""
    reason: str = ""
    reason_text: str = ""
    delay: str = ""
    day_only: bool = False
    received_by: str = ""
    left_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A delivery date the carrier shows from one moment on."""

    day: date
    shown_at: datetime
    kind: str = "SDD"  # SDD scheduled, RDD rescheduled; other carriers show the newest as their estimate
    gone_at: datetime | None = None
    not_before: time | None = None
    not_after: time | None = None  # None: by the end of the day


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One life of one tracking number."""

    number: str
    scans: tuple[Scan, ...]
    carrier: str = "ups"  # or "fedex", "usps", "dhl"
    promises: tuple[Promise, ...] = ()
    origin: Spot = SOMEWHERE
    destination: Spot = SOMEWHERE
    service: str = ""  # the carrier's usual one
    service_code: str = ""  # of DHL: the division, "parcel-de"
    travels_with: tuple[str, ...] = ()  # other numbers that answer beside this one: pieces of one shipment
    current_status: bool = True  # whether the answer has one
    current_lag: timedelta = NOTHING  # the summary lags behind the scans by this much
    oldest_first: bool = False
    purged_at: datetime | None = None  # the carrier forgets the number
    pickup_by: date | None = None  # at an access point
    handed_over_to: str = ""  # the post's number for the last mile
    goes_back_as: str = ""  # FedEx: the number under which the parcel returns
    blank_before_number: bool = False  # FedEx: how the answer repeats the number
    hidden_at_first: bool = False  # USPS: before its first scan the number is a 404, not a 400
    category_lag: timedelta = NOTHING  # USPS: statusCategory is as old as that, status is not


Known = Mapping[str, Sequence[Story]]  # one carrier's, by number; a recycled number has several lives


def as_json(story: Story) -> dict[str, Any]:
    """A story as JSON can carry it; `read` turns it back."""
    plain: dict[str, Any] = _plain(asdict(story))
    return plain


def read(payload: dict[str, Any]) -> Story:
    """A story from JSON. Raises ValueError, TypeError or KeyError with what is wrong."""
    given = dict(payload)
    given["scans"] = tuple(_scan(scan) for scan in given["scans"])
    given["promises"] = tuple(_promise(promise) for promise in given.get("promises", ()))
    given["travels_with"] = tuple(given.get("travels_with", ()))
    for name in ("origin", "destination"):
        given[name] = _spot(given.get(name))
    _convert(
        given, {"current_lag": _span, "category_lag": _span, "purged_at": _instant, "pickup_by": date.fromisoformat}
    )
    return Story(**given)


def _scan(payload: dict[str, Any]) -> Scan:
    given = {**payload, "spot": _spot(payload.get("spot"))}
    _convert(given, {"at": _instant, "lag": _span, "gone_at": _instant})
    return Scan(**given)


def _promise(payload: dict[str, Any]) -> Promise:
    given = dict(payload)
    _convert(given, {"day": date.fromisoformat, "shown_at": _instant, "gone_at": _instant})
    _convert(given, {"not_before": time.fromisoformat, "not_after": time.fromisoformat})
    return Promise(**given)


def _spot(payload: dict[str, Any] | None) -> Spot:
    given = dict(payload or {})
    _convert(given, {"utc_offset": _span})
    return Spot(**given)


def _convert(given: dict[str, Any], how: dict[str, Any]) -> None:
    for name, convert in how.items():
        if given.get(name) is not None:
            given[name] = convert(given[name])


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.utcoffset() is None:
        raise ValueError(f"{text} has no offset; write it as 2026-03-04T15:00:00+00:00")
    return instant


def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(inner) for name, inner in value.items() if inner is not None}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case _:
            return value
