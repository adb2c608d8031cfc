"""Which of the shipments in an answer is meant by the number that was asked."""

import re
from collections.abc import Mapping, Sequence

from carriers.shapes import fields, items, words

# References under which DHL itself or the partner that delivers knows the parcel; others are the shipper's words.
PARTNERS = "local-tracking-number"
OWN_REFERENCES = ("ecommerce-number", PARTNERS)
SHORTEST = 7  # of a number that may lack its check digit or its zeros

# Another division may hold a number of the same digits, so the division is named where the number tells it.
_PARCEL_DE = re.compile(r"00340434[0-9]{12}")  # the prefix is the German post's own

Shipments = Sequence[Mapping[str, object]]

_BETWEEN = re.compile(r"[^A-Z0-9]+")


def plain(number: str) -> str:
    """A number without the blanks and dashes people and carriers write into it."""
    return _BETWEEN.sub("", number.upper())


def service_of(asked: str) -> str:
    """The only division a number can belong to; empty when several can."""
    return "parcel-de" if _PARCEL_DE.fullmatch(plain(asked)) else ""


def meant(shipments: Shipments, asked: str) -> list[tuple[Mapping[str, object], str]]:
    """The shipments this number means, each with the number to call it by; none when it means none of them.

    A shipper's reference can stand for many shipments, and each may carry it as its id: they are then told apart by
    DHL's own number, so that none of them is mistaken for the parcel that was asked for.
    """
    exactly = [each for each in shipments if plain(asked) in own_numbers(each)]
    nearly = [each for each in shipments if any(same(number, asked) for number in own_numbers(each))]
    ours = exactly or nearly
    if len(ours) == 1:
        return [(ours[0], plain(asked))]
    ours = ours or [each for each in shipments if plain(asked) in _referred(each, ())]
    return [(each, _name(each, ours)) for each in ours]


def own_numbers(shipment: Mapping[str, object]) -> list[str]:
    """Its id, its pieces' and its partner's: never what the shipper called it."""
    pieces = items(fields(shipment.get("details")).get("pieceIds"))
    return [number(shipment.get("id")), *map(number, pieces), *(_referred(shipment, OWN_REFERENCES))]


def partner_number(shipment: Mapping[str, object]) -> str:
    """The number under which the carrier that delivers it knows it."""
    return next(iter(_referred(shipment, (PARTNERS,))), "")


def number(value: object) -> str:
    """An id written as text or, in some answers, as a number."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else words(value)
    found = plain(text[:80])
    return found if found.isascii() and len(found) <= 40 else ""


def same(theirs: str, asked: str) -> bool:
    """Whether two writings are one number: pieces lack a check digit ("4708002049" + "3"), leading zeros or a J."""
    ours = plain(asked)
    if not theirs or not ours:
        return False
    if theirs == ours:
        return True
    bare, short = ours.lstrip("0"), theirs.lstrip("0")
    return len(short) >= SHORTEST and (short in (bare, bare[:-1]) or f"J{theirs}" == ours)


def _referred(shipment: Mapping[str, object], kinds: Sequence[str]) -> list[str]:
    listed = fields(shipment.get("details")).get("references")
    found = []
    for each in items(listed) or [listed]:
        reference = fields(each)
        if (not kinds or words(reference.get("type")) in kinds) and (said := number(reference.get("number"))):
            found.append(said)
    return found


def _name(shipment: Mapping[str, object], among: Shipments) -> str:
    """Its id; where DHL's own numbers tell shipments of one id apart, the first of them that is its alone."""
    others = [_referred(each, OWN_REFERENCES) for each in among if each is not shipment]
    alone = (each for each in _referred(shipment, OWN_REFERENCES) if not any(each in numbers for numbers in others))
    return next(alone, number(shipment.get("id"))) if others else number(shipment.get("id"))
