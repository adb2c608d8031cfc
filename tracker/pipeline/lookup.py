"""Whether what somebody typed into the look-up form names one order and proves that it is theirs."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from carriers import detect
from notifiers.addresses import BadAddress, parse_email, parse_phone
from notifiers.message import Channel
from tracker.domain.orders import Order
from tracker.domain.people import Recipient, address_on
from tracker.domain.reach import Addresses

LONGEST = 254  # characters of either field: an e-mail address has no more
SHORTEST_POSTCODE = 3  # Iceland and the Faroe Islands have three digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The two fields, as they were typed."""

    number: str  # of the order, or a tracking number
    proof: str  # e-mail address, phone number or postcode

    @property
    def is_whole(self) -> bool:
        """Whether both say something that could be meant."""
        return all(0 < len(text.strip()) <= LONGEST for text in (self.number, self.proof))


def order_numbers(typed: Typed) -> tuple[str, ...]:
    """How the shop may have written the number: shoppers leave the # out, put it in, or change the case."""
    plain = typed.number.strip().removeprefix("#").strip()
    return tuple(dict.fromkeys(mark + text for text in (plain, plain.upper(), plain.lower()) for mark in ("", "#")))


def tracking_number(typed: Typed) -> str:
    """The number as a carrier's; empty when no carrier has such numbers."""
    try:
        return detect.normalise(typed.number)
    except ValueError:
        return ""


def throttled_as(typed: Typed) -> str:
    """One name for all spellings of a number: none of them gives a guesser more tries."""
    return "".join(letter for letter in typed.number.casefold() if letter.isalnum())


def whose(orders: Sequence[Order], typed: Typed) -> Order | None:
    """The newest of these orders that the second field proves."""
    proven = [order for order in orders if is_proven(order, typed.proof)]
    return max(proven, key=lambda order: order.created_at, default=None)


def is_proven(order: Order, proof: str) -> bool:
    """Whether it was given with the order. Whom a reader invited knows nothing of that.

    Everything is compared, whatever has matched already: how long it takes says nothing.
    """
    postcode = _postcode(order.destination.postcode)
    is_postcode = len(postcode) >= SHORTEST_POSTCODE and _same(_postcode(proof), postcode)
    named = [each for each in order.recipients if not each.invited]
    return any([is_postcode, bool(named_by(proof, named, region=order.destination.country))])


def named_by(proof: str, people: Sequence[Recipient], *, region: str) -> Addresses:
    """Which of these people's addresses it is."""
    matches: list[tuple[bool, Channel, str | None]] = []
    for each in people:
        phone = _is_phone_of(each, proof, region=region)
        matches += [(_is_mail_of(each, proof), Channel.EMAIL, address_on(each, Channel.EMAIL))]
        matches += [(phone, Channel.SMS, address_on(each, Channel.SMS))]
    return frozenset((channel, address) for is_it, channel, address in matches if is_it and address)


def _is_mail_of(recipient: Recipient, proof: str) -> bool:
    known = address_on(recipient, Channel.EMAIL)
    try:
        given = parse_email(proof)
    except BadAddress:
        return False
    return known is not None and _same(given.casefold(), known.casefold())


def _is_phone_of(recipient: Recipient, proof: str, *, region: str) -> bool:
    known = address_on(recipient, Channel.SMS)
    try:
        given = parse_phone(proof, region=region or None)
    except BadAddress:
        return False
    return known is not None and _same(given, known)


def _postcode(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(), known.encode())
