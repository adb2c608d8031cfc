"""What a small shop sends in one virtual week, and when whom of its carriers scans it."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from carriers.sandbox import words
from carriers.sandbox.stories import Scan, Spot, Story
from carriers.sandbox.ups.front import check_digit

STARTS_AT = datetime(2026, 11, 9, tzinfo=UTC)  # a Monday
LASTS = timedelta(days=7)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PARCELS: Mapping[str, int] = {"ups": 20, "fedex": 90, "usps": 40, "dhl": 100}
SPOT = Spot(city="Denver", region="CO", country="US", utc_offset=timedelta(hours=-7))
MORNING = timedelta(hours=7)  # from UTC's midnight to Denver's


def a_story(carrier: str, n: int, chance: random.Random) -> Story:
    """A label, a pick-up, some facilities, and a van on the second or third morning; one in eight is not at home."""
    placed = STARTS_AT + chance.random() * 3.5 * DAY
    told: list[tuple[str, datetime]] = [("label", placed)]
    at = placed + chance.uniform(3, 14) * HOUR
    told.append(("picked up", at))
    for n_hop in range(chance.randint(2, 5)):
        at += chance.uniform(3, 9) * HOUR
        told.append((("departed", "arrived")[n_hop % 2], at))
    morning = _midnight(at) + (1 if at.hour < 12 else 2) * DAY + MORNING
    told.append(("at the last facility", morning + chance.uniform(4, 6) * HOUR))
    if chance.random() < 1 / 8:
        told.append(("out for delivery", morning + chance.uniform(7.5, 9) * HOUR))
        told.append(("nobody home", morning + chance.uniform(10, 17) * HOUR))
        morning += DAY
    told.append(("out for delivery", morning + chance.uniform(7.5, 9) * HOUR))
    told.append(("delivered", morning + chance.uniform(10, 19) * HOUR))
    scans = tuple(_scan(carrier, kind, at, chance) for kind, at in told)
    return Story(number=_number(carrier, n), carrier=carrier, scans=scans, origin=SPOT, destination=SPOT)


def _scan(carrier: str, kind: str, at: datetime, chance: random.Random) -> Scan:
    """On a whole minute, as every carrier can write it, and public some minutes later."""
    told = words.scan(kind, at=at.replace(second=0, microsecond=0), spot=SPOT, carrier=carrier)
    return replace(told, lag=timedelta(minutes=chance.randint(2, 15)), day_only=False)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _number(carrier: str, n: int) -> str:
    match carrier:
        case "ups":
            serial = f"5R8939{n:09}"
            return f"1Z{serial}{check_digit(serial)}"
        case "fedex":
            return f"7949{n:08}"
        case "usps":
            return f"92055901755477{n:08}"
        case _:
            return f"77{n:08}"
