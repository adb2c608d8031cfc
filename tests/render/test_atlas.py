"""Whether a place is put on the map as exactly as its name allows, and never more exactly."""

import gzip
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import tracker.render.atlas
from carriers.events import Place
from tests.shape import ROOT
from tracker.render.atlas.gazetteer import Precision, Spot, locate
from tracker.render.atlas.names import key

CITY, REGION, COUNTRY = Precision.CITY, Precision.REGION, Precision.COUNTRY
ATLAS = Path(tracker.render.atlas.__file__).parent


def found(city: str = "", region: str = "", country: str = "US") -> Spot | None:
    return locate(Place(city=city, region=region, country=country))


@pytest.mark.parametrize(
    ("city", "region", "country", "lat", "lon"),
    [
        ("COMMERCE CITY", "CO", "US", 39.8, -104.9),
        ("Maspeth", "NY", "US", 40.7, -73.9),
        ("ST. LOUIS", "MO", "US", 38.6, -90.2),
        ("Saint Louis", "Missouri", "US", 38.6, -90.2),
        ("KOELN", "", "DE", 50.9, 6.95),
        ("Köln", "Nordrhein-Westfalen", "DE", 50.9, 6.95),
        ("cologne", "NW", "DE", 50.9, 6.95),
        ("Gelsenkirchen-Buer", "", "DE", 51.5, 7.1),
        ("  toronto ", "ON", "CA", 43.7, -79.4),
        ("SAN JUAN", "PR", "US", 18.4, -66.1),
        ("Sydney", "NSW", "AU", -33.9, 151.2),
        ("São Paulo", "SP", "BR", -23.5, -46.6),
        ("Tokyo", "", "JP", 35.7, 139.7),
        ("KOBENHAVN", "", "DK", 55.7, 12.6),
        ("Wien", "", "AT", 48.2, 16.4),
        ("London", "", "GB", 51.5, -0.1),
    ],
)
def test_a_city_is_found_however_the_carrier_writes_it(
    city: str, region: str, country: str, lat: float, lon: float
) -> None:
    spot = found(city, region, country)

    assert spot is not None
    assert spot.precision is CITY
    assert (spot.lat, spot.lon) == pytest.approx((lat, lon), abs=0.11), "south and west are negative"


@pytest.mark.parametrize(
    ("city", "region", "country", "precision"),
    [
        ("Springfield", "", "US", COUNTRY),  # in eleven states
        ("Louisville", "", "US", COUNTRY),  # in Kentucky the large one, but who knows
        ("Louisville", "XX", "US", COUNTRY),
        ("Moscow", "", "US", COUNTRY),  # one is listed, smaller ones are known
        ("Frankfurt", "", "DE", COUNTRY),  # on the Main or on the Oder
        ("Neustadt", "", "DE", COUNTRY),
        ("Boulder", "NY", "US", REGION),  # not there, though elsewhere
        ("A village nobody counted", "CO", "US", REGION),
        ("", "Colorado", "US", REGION),
        ("", "CO", "US", REGION),
        ("", "", "US", COUNTRY),
        ("Tokyo", "13", "JP", CITY),  # a region we have no code for takes nothing away
    ],
)
def test_a_name_that_settles_nothing_is_not_settled(city: str, region: str, country: str, precision: Precision) -> None:
    spot = found(city, region, country)

    assert spot is not None
    assert spot.precision is precision
    assert bool(spot.reach_km) == (precision is not CITY)


@pytest.mark.parametrize("country", ["", "XX", "USA", "us", "U\t", "\udcff\udcff", "=a"])
def test_an_unknown_country_is_nowhere(country: str) -> None:
    assert found("Denver", "CO", country) is None


@pytest.mark.parametrize(
    "city",
    ["x" * 10_000, "<script>alert(1)</script>", "\u202eREVNED", "\t\n", "=colorado", "\udcff", "-", "Denver\tCO"],
)
def test_odd_input_is_no_city_and_no_error(city: str) -> None:
    spot = found(city, "CO")

    assert spot is not None
    assert spot.precision is REGION


def test_what_is_seen_and_what_is_typed_have_one_key() -> None:
    assert {key(name) for name in ("Sankt Gallen", "SANKT  GALLEN", "sankt-gallen")} == {"sankt gallen"}
    assert key("Ørsta") == "orsta"
    assert key("Fort Worth") == key("FT. WORTH")


def test_an_area_holds_what_is_said_more_exactly() -> None:
    country, region, city = found(), found("", "CO"), found("Denver", "CO")
    elsewhere = found("Chicago", "IL")

    assert country is not None
    assert region is not None
    assert city is not None
    assert elsewhere is not None
    assert country.holds(region)
    assert country.holds(city)
    assert region.holds(city)
    assert not region.holds(elsewhere)
    assert not city.holds(region)


@pytest.mark.parametrize(
    ("name", "largest", "licence"),
    [
        ("places.tsv.gz", 700_000, "GeoNames (geonames.org), licensed CC BY 4.0"),
        ("outline.tsv.gz", 61_440, "public domain"),
    ],
)
def test_the_files_are_small_and_say_whose_they_are(name: str, largest: int, licence: str) -> None:
    body = (ATLAS / name).read_bytes()

    assert len(body) <= largest
    assert licence in gzip.decompress(body).decode().splitlines()[0]


def test_the_lines_are_sorted_as_the_search_needs() -> None:
    lines = gzip.decompress((ATLAS / "places.tsv.gz").read_bytes()).splitlines()

    assert [line.rpartition(b"\t")[0] for line in lines] == sorted(line.rpartition(b"\t")[0] for line in lines)
    assert len(lines) > 80_000


def test_the_files_are_part_of_what_is_installed() -> None:
    packed = {included.distribution_path for included in WheelBuilder(str(ROOT)).recurse_included_files()}

    assert {f"tracker/render/atlas/{path.name}" for path in ATLAS.glob("*.gz")} <= packed
    assert len(list(ATLAS.glob("*.gz"))) == 2
