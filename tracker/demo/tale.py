"""What a demo story is: what the shop does, what the carrier will say, and what must come of it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from carriers.sandbox import stories, words
from carriers.sandbox.stories import Spot
from tracker.demo.goods import item

FIRST_DAY = date(2026, 11, 16)  # a Monday; Thursday the 26th is Thanksgiving
STARTS_AT = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
TRAVELS = timedelta(days=6)  # by then nobody does anything any more


def spot(city: str, region: str, hours: int, country: str = "US") -> Spot:
    """A town and its wall clock's distance from UTC in November."""
    return Spot(city=city, region=region, country=country, utc_offset=timedelta(hours=hours))


BOULDER = spot("Boulder", "CO", -7)
DENVER = spot("Denver", "CO", -7)
COMMERCE_CITY = spot("Commerce City", "CO", -7)
LOUISVILLE = spot("Louisville", "KY", -5)
CHICAGO = spot("Chicago", "IL", -6)
NEW_YORK = spot("New York", "NY", -5)
SECAUCUS = spot("Secaucus", "NJ", -5)
PORTLAND = spot("Portland", "OR", -8)
NEW_YORK_HOME = {"country": "US", "region": "NY", "city": "New York", "postcode": "10013"}


def when(text: str, place: Spot = DENVER) -> datetime:
    """Read "17 08:30": that day of November 2026, on the place's wall clock."""
    day, clock = text.split()
    local = datetime.combine(date(2026, 11, int(day)), time.fromisoformat(clock), tzinfo=UTC)
    return local - place.utc_offset


def scans(*lines: tuple[str, str, Spot], carrier: str = "ups") -> tuple[stories.Scan, ...]:
    """Build from ("17 08:30", "departed", DENVER): the sandbox's own word for a kind of scan.

    `carrier`: whose words; "dhl/parcel-nl" for one of DHL's divisions.
    """
    return tuple(words.scan(kind, at=when(at, place), spot=place, carrier=carrier) for at, kind, place in lines)


def promise(
    day: int, *, shown: str, kind: str = "SDD", gone: str | None = None, by: str | None = None
) -> stories.Promise:
    """A delivery date that the carrier shows from one moment on; `by` is a wall time at the destination."""
    return stories.Promise(
        day=date(2026, 11, day),
        shown_at=when(shown),
        kind=kind,
        gone_at=when(gone) if gone else None,
        not_after=time.fromisoformat(by) if by else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that somebody does later: the shop as a call of its API, the shopper as a text."""

    at: datetime
    verb: str  # change, cancel, text
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that goes wrong at the carrier: a fault of the sandbox from one moment on."""

    at: datetime
    fault: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a story ends."""

    state: str
    delivered: int = 0
    parcels: int = 1
    stuck: str | None = None  # the reason on the ops queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """One order from its first day to its end."""

    name: str
    says: str  # what a person should see in it
    brand: str = "alpenglow"
    number: str
    shopper: str = "Ada Byron"
    consents: bool = True
    phone: str = ""  # given: texts are agreed to
    placed: datetime
    destination: dict[str, str] = field(
        default_factory=lambda: {"country": "US", "region": "CO", "city": "Denver", "postcode": "80202"}
    )
    items: tuple[str, ...] = ("Trail jacket",)
    parcels: tuple[stories.Story, ...] = ()
    ships: tuple[tuple[str, str], ...] = ()  # carrier and number as the order says; those of `parcels` when empty
    acts: tuple[Act, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    end: End
    mails: tuple[str, ...]  # subjects in the order of arrival
    texts: tuple[str, ...] = ()  # as they came in; PAGE stands for the link
    untold: tuple[str, ...] = ()  # "notice: why not", for each that was decided against

    @property
    def address(self) -> str:
        """The shopper's mail box: one per story, so that the mailbox shows whose mail is whose."""
        return f"{self.name}@shopper.example"

    def order(self) -> dict[str, Any]:
        """The body of POST /api/v1/orders."""
        placed = self.placed.isoformat()
        said = {"granted": self.consents, "source": "checkout", "at": placed}
        consents = [said | {"channel": "email"}]
        shopper: dict[str, Any] = {"name": self.shopper, "email": self.address, "consents": consents}
        if self.phone:
            shopper["phone"] = self.phone
            consents.append(said | {"channel": "sms"})
        return {
            "number": self.number,
            "placed_at": placed,
            "confirmed_at": placed,
            "recipients": [shopper],
            "destination": self.destination,
            "items": [item(name) for name in self.items],
            "shipments": self._shipments(),
        }

    def _shipments(self) -> list[dict[str, Any]]:
        """Several parcels, each with what is in it."""
        ships = self.ships or tuple((each.carrier, each.number) for each in self.parcels)
        stated: list[dict[str, Any]] = [{"carrier": carrier, "tracking_number": number} for carrier, number in ships]
        if len(stated) > 1:
            for shipment, name in zip(stated, self.items, strict=True):
                shipment["items"] = [item(name)]
        return stated
