"""What a shop states about one order, before it has ids: the value every order source reads its input into."""

from dataclasses import dataclass
from datetime import datetime

from carriers.events import NOWHERE, Place
from tracker.domain.people import Consent, Contact
from tracker.domain.shipments import Item
from tracker.domain.windows import DeliveryWindow

MOST_ITEMS = 500  # per order and per shipment; a page of more lines helps nobody
MOST_SHIPMENTS = 100
MOST_RECIPIENTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """One stated value that cannot be used, and the fix; never the value itself, which may be personal."""

    field: str  # "shipments[0].tracking_number"
    problem: str
    fix: str


class Unusable(Exception):
    """The statement has problems; the list names all of them, so that one correction can fix them all."""

    def __init__(self, problems: list[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{each.field}: {each.problem}" for each in problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecipient:
    """A person to tell, as the shop states them."""

    name: str = ""
    locale: str = ""
    time_zone: str = ""
    contacts: tuple[Contact, ...] = ()
    consents: tuple[Consent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShipment:
    """One tracking number as the shop states it."""

    tracking_number: str
    carrier: str = ""  # empty: find it from the number
    service: str = ""
    items: tuple[Item, ...] = ()
    replaces: str = ""  # the wrong number this one corrects


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order as the shop states it. Only the fields named in `stated` were said; the others keep what they had."""

    number: str
    brand: str = ""  # empty: the brand of the key or of the import
    stated: frozenset[str]
    placed_at: datetime | None = None
    confirmed_at: datetime | None = None
    packed_at: datetime | None = None
    cancelled_at: datetime | None = None
    destination: Place = NOWHERE
    destination_zone: str = ""  # IANA; empty: from the place, else the brand's
    items: tuple[Item, ...] = ()
    recipients: tuple[NewRecipient, ...] = ()
    shipments: tuple[NewShipment, ...] = ()
    promised: DeliveryWindow | None = None
