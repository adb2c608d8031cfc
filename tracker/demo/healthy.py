"""Random journeys on which nothing goes wrong: the queue must stay silent about them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from carriers.sandbox import words
from carriers.sandbox.stories import Promise, Scan, Spot, Story
from tracker.demo import numbers
from tracker.demo.tale import FIRST_DAY, spot

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SUNDAY = 7
DAYS_OF_ORDERS = 3  # orders come from Monday to Wednesday: all are there before Thanksgiving
CARRIERS = ("ups", "fedex", "usps", "dhl")
LATE_LABELS = 0.1  # of the parcels: the label is told after the scans
LAGGING = 0.1  # of the scans: the carrier shows them an hour or two late
SLOW = 0.15  # of the legs: two or three days without a scan, as ground services have them
PROMISED = 0.85  # of the parcels have a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Where a parcel may come from or go to."""

    spot: Spot
    postcode: str


AMERICAN = (
    Town(spot=spot("Boulder", "CO", -7), postcode="80302"),
    Town(spot=spot("Chicago", "IL", -6), postcode="60607"),
    Town(spot=spot("New York", "NY", -5), postcode="10013"),
    Town(spot=spot("Portland", "OR", -8), postcode="97205"),
    Town(spot=spot("Atlanta", "GA", -5), postcode="30303"),
    Town(spot=spot("Austin", "TX", -6), postcode="78701"),
)
GERMAN = (
    Town(spot=spot("Berlin", "", 1, "DE"), postcode="10115"),
    Town(spot=spot("Hamburg", "", 1, "DE"), postcode="20095"),
    Town(spot=spot("Leipzig", "", 1, "DE"), postcode="04103"),
    Town(spot=spot("Köln", "", 1, "DE"), postcode="50667"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One order with one parcel."""

    number: str  # of the order
    placed: datetime
    goes_to: Town
    story: Story
    email: str = ""

    @property
    def destination(self) -> dict[str, str]:
        """As the shop states it."""
        place = self.goes_to.spot
        return {
            "country": place.country,
            "region": place.region,
            "city": place.city,
            "postcode": self.goes_to.postcode,
        }


def journeys(count: int, *, seed: int, carriers: tuple[str, ...] = CARRIERS) -> Iterator[Journey]:
    """Some healthy journeys; the same seed gives the same ones."""
    chance = Random(f"healthy {seed}")  # noqa: S311 - sameness is wanted, not secrecy
    for n in range(count):
        yield _journey(n, carriers[n % len(carriers)], chance)


@dataclass(slots=True, kw_only=True)
class _Road:
    """One journey while it is being told."""

    carrier: str
    chance: Random
    at: datetime
    scans: list[Scan] = field(default_factory=list)

    def told(self, kind: str, place: Spot) -> None:
        lag = self.chance.uniform(0.5, 2) * HOUR if self.chance.random() < LAGGING else timedelta(0)
        scan = words.scan(kind, at=self.at.replace(microsecond=0), spot=place, carrier=self.carrier)
        self.scans.append(replace(scan, lag=lag))

    def pass_by(self, hours: float) -> None:
        """Some hours; nobody works on Sundays."""
        self.at += hours * HOUR
        if self.at.isoweekday() == SUNDAY:
            self.at += DAY

    def wait_until(self, place: Spot, *, day: date, hour: float) -> None:
        midnight = datetime.combine(day, time(), tzinfo=UTC) - place.utc_offset
        self.at = max(midnight + hour * HOUR, self.at + HOUR / 4)


def _journey(n: int, carrier: str, chance: Random) -> Journey:
    towns = GERMAN if carrier == "dhl" else AMERICAN
    origin, goes_to = chance.sample(towns, 2)
    hubs = [town for town in towns if town not in (origin, goes_to)]
    day = FIRST_DAY + chance.randrange(DAYS_OF_ORDERS) * DAY
    placed = datetime.combine(day, time(), tzinfo=UTC) - origin.spot.utc_offset + chance.uniform(8, 18) * HOUR
    road = _Road(carrier=carrier, chance=chance, at=placed)
    road.pass_by(chance.uniform(1, 5))
    road.told("label", origin.spot)
    road.wait_until(
        origin.spot, day=day + (DAY if road.at - placed > 3 * HOUR else 0 * DAY), hour=chance.uniform(16, 19)
    )
    picked_up = road.at
    road.told("picked up", origin.spot)
    for hub in chance.sample(hubs, chance.randrange(1, 3)):
        road.pass_by(chance.uniform(3, 20) if chance.random() >= SLOW else chance.uniform(30, 60))
        road.told("arrived", hub.spot)
        road.pass_by(chance.uniform(1, 9))
        road.told("departed", hub.spot)
    delivered_on = _delivered(road, goes_to.spot)
    story = Story(
        number=numbers.number(carrier, 100_000 + n),
        carrier=carrier,
        origin=origin.spot,
        destination=goes_to.spot,
        scans=tuple(_late_label(road.scans, chance)),
        promises=_promises(delivered_on, picked_up, chance),
    )
    placed = placed.replace(microsecond=0)
    return Journey(number=f"H{n:05d}", placed=placed, goes_to=goes_to, story=story)


def _delivered(road: _Road, place: Spot) -> date:
    """The last day: out in the morning, there before the evening."""
    road.pass_by(road.chance.uniform(6, 16))
    day = (road.at + place.utc_offset).date() + DAY
    day += DAY if day.isoweekday() == SUNDAY else 0 * DAY
    road.wait_until(place, day=day, hour=road.chance.uniform(7, 9.5))
    road.told("out for delivery", place)
    road.wait_until(place, day=day, hour=road.chance.uniform(10, 19))
    road.told("delivered", place)
    return day


def _late_label(scans: list[Scan], chance: Random) -> list[Scan]:
    """Some carriers hear of the label after they have the parcel."""
    if chance.random() >= LATE_LABELS:
        return scans
    late = replace(scans[0], at=scans[1].at + HOUR / 4)
    return [scans[1], late, *scans[2:]]


def _promises(delivered_on: date, shown_at: datetime, chance: Random) -> tuple[Promise, ...]:
    """The day it comes, or one later: healthy is what keeps its promise."""
    if chance.random() >= PROMISED:
        return ()
    return (Promise(day=delivered_on + chance.randrange(2) * DAY, shown_at=shown_at.replace(microsecond=0)),)
