"""Where a place lies, and how surely: never nearer than what the carrier wrote settles."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from carriers.events import Place
from tracker.render.atlas.names import KEY_LIMIT, key, spelled_out

_FILE = Path(__file__).with_name("places.tsv.gz")
_OVERSEAS = frozenset({"AS", "GU", "MP", "PR", "VI"})  # American carriers call them states, GeoNames countries
_QUARTERS_AFTER_TOWN = frozenset({"DE"})  # Gelsenkirchen-Buer: a quarter stands after its town


class Precision(StrEnum):
    """What the point stands for."""

    CITY = "city"
    REGION = "region"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A point, and the circle around it where the parcel may be; degrees, north and east positive."""

    lat: float
    lon: float
    reach_km: float  # 0 of a city; nine in ten places of a region or country lie within
    precision: Precision
    country: str
    region: str = ""  # our code; empty where the country's regions are not told apart

    def holds(self, other: "Spot") -> bool:
        """Whether this area is a less exact word for where the other is."""
        match self.precision:
            case Precision.CITY:
                return False
            case Precision.REGION:
                return other.precision is Precision.CITY and (other.country, other.region) == (
                    self.country,
                    self.region,
                )
            case Precision.COUNTRY:
                return other.precision is not Precision.COUNTRY and other.country == self.country


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One line of the file."""

    region: str
    lat: float
    lon: float
    last: str  # of a place "*" when its name means another one too, of an area its reach


def locate(place: Place) -> Spot | None:
    """The city if its name means one place there, else the region, else the country; None where nothing is known."""
    return _located(place.country, place.region[:KEY_LIMIT], place.city[:KEY_LIMIT])


@lru_cache(maxsize=2048)  # a carrier's depots are seen on page after page; half a megabyte
def _located(country: str, region: str, city: str) -> Spot | None:
    given = key(region).upper()
    if len(country) != 2 or not country.isalpha():
        return None
    if country == "US" and given in _OVERSEAS:
        country, given = given, ""
    region = _region(country, given)
    return _city(country, region, city) or _area(country, region) or _area(country, "")


def _region(country: str, given: str) -> str:
    """Our code for what the carrier wrote; empty: not given, or none we know."""
    if not given or _area(country, given):
        return given
    return next((fields[0] for fields in _lines(country, f"={given.lower()}")), "")


def _city(country: str, region: str, city: str) -> Spot | None:
    for name in filter(None, dict.fromkeys(_names(country, city))):
        rows = [_row(fields) for fields in _lines(country, name)]
        row = next((row for row in rows if (row.region == region if region else not row.last)), None)
        if row is not None:
            return _spot(country, row.region, row, Precision.CITY)
        if rows:
            return None
    return None


def _names(country: str, city: str) -> Iterator[str]:
    """As written, with ä as ae, and without the quarter."""
    yield key(city)
    yield spelled_out(city)
    if country in _QUARTERS_AFTER_TOWN and "-" in city:
        yield key(city.partition("-")[0])


def _area(country: str, region: str) -> Spot | None:
    precision = Precision.REGION if region else Precision.COUNTRY
    rows = (_row([region, *fields]) for fields in _lines(country, "", region))
    return next((_spot(country, region, row, precision) for row in rows), None)


def _spot(country: str, region: str, row: _Row, precision: Precision) -> Spot:
    reach = 0.0 if precision is Precision.CITY else float(row.last)
    return Spot(lat=row.lat, lon=row.lon, reach_km=reach, precision=precision, country=country, region=region)


def _row(fields: list[str]) -> _Row:
    region, lat, lon, last = fields
    return _Row(region=region, lat=float(lat), lon=float(lon), last=last)


def _lines(*start_of_line: str) -> Iterator[list[str]]:
    """What follows in the lines that start so: of country and name the region, latitude, longitude, mark."""
    places, start = _places(), "".join(f"{field}\t" for field in start_of_line).encode(errors="replace")
    at = _first(places, start)
    while places.startswith(start, at):
        end = places.index(b"\n", at)
        yield places[at + len(start) : end].decode().split("\t")
        at = end + 1


def _first(places: bytes, start: bytes) -> int:
    """Where the first line lies that is not before `start`: the lines are sorted."""
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        line = places.rfind(b"\n", low, middle) + 1 or low
        end = places.index(b"\n", middle)
        if places[line:end] < start:
            low = end + 1
        else:
            high = line
    return low


@cache
def _places() -> bytes:
    """The file in memory as it is, two megabytes: a dict of its lines would be twelve times as large."""
    return gzip.decompress(_FILE.read_bytes())
