"""What an order in our own JSON says: the body of POST and PATCH /api/v1/orders, and each row of a CSV file."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from carriers import detect
from carriers.events import NOWHERE, Place
from notifiers.addresses import parse_email, parse_phone
from notifiers.message import Channel
from tracker.domain.intake import (
    MOST_ITEMS,
    MOST_RECIPIENTS,
    MOST_SHIPMENTS,
    FieldProblem,
    NewOrder,
    NewRecipient,
    NewShipment,
    Unusable,
)
from tracker.domain.people import Consent, Contact
from tracker.domain.shipments import Item
from tracker.domain.windows import DeliveryWindow, PromisedBy
from tracker.shops import fields
from tracker.shops.fields import Kind, Shape, Unfit

EXCEL_FIX = (
    "A spreadsheet turned it into a number such as 1.2E+14 and lost its last digits. "
    "Format the column as text, paste it again from its source, and export once more."
)
SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+E\+?|E\+)[0-9]{1,3}", re.IGNORECASE)
TRACKING_FIX = (
    f"Write {detect.SHORTEST} to {detect.LONGEST} letters A to Z and digits; blanks, dots and dashes are removed."
)
COUNTRY_FIX = 'Write the two letters of ISO 3166-1, such as "NO".'


def parse_order_number(number: str) -> str:
    """The shop's own number. Raises ValueError with a sentence for what no URL or spreadsheet keeps."""
    if not number:
        raise ValueError("Write the number the shop gave the order.")
    if number in {".", ".."}:
        raise ValueError("Use another number: no web address can hold one dot or two.")
    if SCIENTIFIC.fullmatch(number):
        raise ValueError(EXCEL_FIX)
    return number


def parse_optional_email(text: str) -> str:
    """Shops send empty text for "none". Raises ValueError with a sentence."""
    return parse_email(text) if text else ""


def parse_tracking_number(number: str) -> str:
    """Upper case without blanks. Raises ValueError with a sentence, which does not repeat a hostile number."""
    if SCIENTIFIC.fullmatch(number):
        raise ValueError(EXCEL_FIX)
    try:
        return detect.normalise(number)
    except ValueError:
        raise ValueError(TRACKING_FIX) from None


def _item(found: Mapping[str, Any]) -> Item:
    return Item(**found)


def _shipment(found: Mapping[str, Any]) -> NewShipment:
    return NewShipment(**found)


def _window(found: Mapping[str, Any]) -> Mapping[str, Any]:
    if found["first_day"] > found["last_day"]:
        raise Unfit("ends before it begins", fix="Let first_day be the same as last_day or earlier.")
    return found


def _as_found(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return found


NUMBER = fields.parsed_text(
    parse_order_number, longest=128, note="The shop's own number; unique within a brand.", example="2026/001"
)
TRACKING = fields.parsed_text(
    parse_tracking_number,
    longest=80,
    note="As printed on the label. Not unique: carriers use numbers again.",
    example="1Z12345E0291980793",
)
CARRIER = fields.text(
    longest=32,
    matches=r"[A-Za-z0-9][A-Za-z0-9 _-]*|",
    fix='Write the carrier\'s name, such as "ups", or leave it out.',
    note="Left out, it is found from the number.",
    example="ups",
)
EMAIL = fields.parsed_text(parse_optional_email, longest=254, note="Where mails go.", example="ada@shopper.example")
PHONE = fields.text(longest=40, note="With + and country code, or as written in the destination's country.")
LOCALE = fields.text(
    longest=35,
    matches=r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}|",
    fix='Write a language such as "en" or "pt-BR".',
    note="BCP 47; left out, the brand's.",
    example="en",
)
ITEM = Shape(
    fields={
        "sku": fields.text(longest=100),
        "name": fields.text(longest=200, shortest=1, example="Wool blanket"),
        "quantity": fields.integer(lowest=1, highest=100_000),
    },
    needed=frozenset({"name"}),
)
ITEMS = fields.many(fields.built(ITEM, _item), most=MOST_ITEMS)
SHIPMENT = Shape(
    fields={
        "tracking_number": TRACKING,
        "carrier": CARRIER,
        "service": fields.text(longest=100),
        "items": ITEMS,
        "replaces": fields.parsed_text(
            parse_tracking_number, longest=80, note="The wrong number this one corrects.", example="1Z12345E0205271688"
        ),
    },
    needed=frozenset({"tracking_number"}),
)
CONSENT = Shape(
    fields={
        "channel": fields.one_of(*Channel),
        "granted": fields.truth(),
        "source": fields.text(longest=200, shortest=1, note="Where it was given or taken back.", example="checkout"),
        "at": fields.instant(),
    },
    needed=frozenset({"channel", "granted", "source", "at"}),
)
RECIPIENT = Shape(
    fields={
        "name": fields.text(longest=200),
        "email": EMAIL,
        "phone": PHONE,
        "locale": LOCALE,
        "time_zone": fields.zone(),
        "consents": fields.many(fields.built(CONSENT, _as_found), most=20),
    },
)
DESTINATION = Shape(
    fields={
        "country": fields.text(longest=2, shortest=2, matches="[A-Za-z]{2}", fix=COUNTRY_FIX, example="NO"),
        "region": fields.text(longest=100),
        "city": fields.text(longest=200, example="Bergen"),
        "postcode": fields.text(longest=32, example="5013"),
        "time_zone": fields.zone(),
    },
    note="No street: a tracking page does not need it.",
)
PROMISED = Shape(
    fields={
        "first_day": fields.day(),
        "last_day": fields.day(),
        "not_before": fields.wall_time(),
        "not_after": fields.wall_time(),
    },
    needed=frozenset({"first_day", "last_day"}),
    note="What the shop promised; days and times at the destination.",
)
_CHANGEABLE: dict[str, Kind] = {
    "placed_at": fields.instant(note="Left out of a new order: now."),
    "confirmed_at": fields.nullable(fields.instant(note="When the shop accepted the order.")),
    "packed_at": fields.nullable(fields.instant()),
    "cancelled_at": fields.nullable(fields.instant(note="Ends the order only while no parcel is with the carrier.")),
    "destination": fields.built(DESTINATION, _as_found),
    "items": ITEMS,
    "recipients": fields.many(fields.built(RECIPIENT, _as_found), most=MOST_RECIPIENTS),
    "shipments": fields.many(fields.built(SHIPMENT, _shipment), most=MOST_SHIPMENTS),
    "promised": fields.nullable(fields.built(PROMISED, _window)),
}
BRAND = fields.text(
    longest=64, matches=r"[a-z0-9-]*", fix="Write the brand's slug.", note="Needed only with a key for all brands."
)
ORDER = Shape(
    fields={"number": NUMBER, "brand": BRAND, **_CHANGEABLE},
    needed=frozenset({"number"}),
    note="Fields that are left out keep what they had. A list that is given replaces the list.",
)
CHANGE = Shape(
    fields=_CHANGEABLE, note="Only the fields that are given change. A list that is given replaces the list."
)


def read(payload: object, *, now: datetime) -> NewOrder:
    """A whole order. Raises Unusable with every problem at once."""
    problems: list[FieldProblem] = []
    found = _found(ORDER, payload, problems)
    return _order(found, problems, number=found.get("number") or "", now=now)


def read_change(payload: object, *, number: str, now: datetime) -> NewOrder:
    """A change of the order of that number. Raises Unusable."""
    problems: list[FieldProblem] = []
    return _order(_found(CHANGE, payload, problems), problems, number=number, now=now)


def read_shipment(payload: object) -> NewShipment:
    """One shipment to add. Raises Unusable."""
    problems: list[FieldProblem] = []
    found = _found(SHIPMENT, payload, problems)
    if problems:
        raise Unusable(problems)
    return _shipment(found)


def _found(shape: Shape, payload: object, problems: list[FieldProblem]) -> dict[str, Any]:
    try:
        return fields.read_shape(shape, payload, path="", problems=problems)
    except Unfit as unfit:
        problems.append(FieldProblem(field="", problem=f"The body {unfit.problem}", fix=unfit.fix))
        return {}


def _order(found: dict[str, Any], problems: list[FieldProblem], *, number: str, now: datetime) -> NewOrder:
    stated = frozenset(found) - {"number", "brand"}
    place = found.get("destination") or {}
    country = str(place.get("country", "")).upper()
    recipients = _recipients(found.get("recipients") or (), country, problems)
    shipments = found.get("shipments") or ()
    problems.extend(_repeated(shipments))
    if problems:
        raise Unusable(problems)
    return NewOrder(
        number=number,
        brand=found.get("brand", ""),
        stated=stated,
        placed_at=found.get("placed_at"),
        confirmed_at=found.get("confirmed_at"),
        packed_at=found.get("packed_at"),
        cancelled_at=found.get("cancelled_at"),
        destination=_place(place, country),
        destination_zone=place.get("time_zone", ""),
        items=found.get("items", ()),
        recipients=recipients,
        shipments=shipments,
        promised=_promised(found.get("promised"), now),
    )


def _place(found: Mapping[str, Any], country: str) -> Place:
    if not found:
        return NOWHERE
    known = {name: found[name] for name in ("city", "region", "postcode") if name in found}
    return Place(country=country, **known)


def _promised(found: Mapping[str, Any] | None, now: datetime) -> DeliveryWindow | None:
    return DeliveryWindow(**found, promised_by=PromisedBy.SHOP, told_at=now) if found else None


def _recipients(
    found: tuple[Mapping[str, Any], ...], country: str, problems: list[FieldProblem]
) -> tuple[NewRecipient, ...]:
    return tuple(_recipient(each, f"recipients[{at}]", country, problems) for at, each in enumerate(found))


def _recipient(found: Mapping[str, Any], path: str, country: str, problems: list[FieldProblem]) -> NewRecipient:
    contacts = []
    if found.get("email"):
        contacts.append(Contact(channel=Channel.EMAIL, address=found["email"]))
    if found.get("phone"):
        try:
            number = parse_phone(found["phone"], region=country or None)
            contacts.append(Contact(channel=Channel.SMS, address=number))
        except ValueError as error:
            problems.append(FieldProblem(field=f"{path}.phone", problem="cannot be used", fix=str(error)))
    consents = tuple(
        Consent(channel=Channel(each["channel"]), granted=each["granted"], source=each["source"], at=each["at"])
        for each in found.get("consents", ())
    )
    said = {name: found[name] for name in ("name", "locale", "time_zone") if name in found}
    return NewRecipient(contacts=tuple(contacts), consents=consents, **said)


def _repeated(shipments: tuple[NewShipment, ...]) -> list[FieldProblem]:
    """The same number twice in one order is a copying error, not a second parcel."""
    seen: set[str] = set()
    problems = []
    for at, each in enumerate(shipments):
        if each.tracking_number in seen:
            field = f"shipments[{at}].tracking_number"
            problems.append(FieldProblem(field=field, problem="is listed twice", fix="List each parcel once."))
        seen.add(each.tracking_number)
    return problems
