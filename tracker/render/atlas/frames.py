"""Which part of the world a sketch shows, and where a point lies in it; by Mercator, so circles stay round."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.render.atlas.gazetteer import Spot

WIDTH, HEIGHT = 360, 216
MARGIN = 0.16  # of each side stays free for labels
KM_PER_DEGREE = 111.2
LEAST_KM = 240  # across the height: nearer would show streets that no scan knows
_LEAST = LEAST_KM / KM_PER_DEGREE
_LIMIT = 80.0  # degrees; further north the projection grows without end
_STEPS = 4  # to the doubling; frames that nearly agree share one drawing of the coasts


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The part of the world between its edges."""

    west: float  # degrees, may pass 180: the Pacific is one sea
    north: float  # degrees as projected
    scale: float  # units of the drawing for one degree of longitude

    def xy(self, lat: float, lon: float) -> tuple[float, float]:
        return (lon - self.west) * self.scale, (self.north - projected(lat)) * self.scale

    def units(self, km: float, lat: float) -> float:
        """How long that is on the drawing, there."""
        return km / (KM_PER_DEGREE * math.cos(math.radians(_within(lat)))) * self.scale

    @property
    def degrees(self) -> float:
        return WIDTH / self.scale


def projected(lat: float) -> float:
    """Mercator's north, in degrees at the equator."""
    return math.degrees(math.asinh(math.tan(math.radians(_within(lat)))))


def unrolled(spots: Sequence[Spot]) -> list[float]:
    """Longitudes such that each leg goes the shorter way round; as they are where that would circle the world."""
    longitudes: list[float] = []
    for spot in spots:
        before = longitudes[-1] if longitudes else spot.lon
        longitudes.append(before + (spot.lon - before + 180) % 360 - 180)
    if max(longitudes) - min(longitudes) < 300:
        return longitudes
    return [spot.lon for spot in spots]


def fitting(spots: Sequence[Spot], longitudes: Sequence[float]) -> Frame:
    """The frame that holds every point and its circle."""
    edges = [_edges(spot, lon) for spot, lon in zip(spots, longitudes, strict=True)]
    west, east = min(edge[0] for edge in edges), max(edge[1] for edge in edges)
    south, north = min(edge[2] for edge in edges), max(edge[3] for edge in edges)
    middle = (south + north) / 2
    least = _LEAST / math.cos(math.atan(math.sinh(math.radians(middle))))
    room = 1 - 2 * MARGIN
    scale = min(WIDTH * room / max(east - west, 0.01), HEIGHT * room / max(north - south, 0.01), HEIGHT / least)
    scale = max(2 ** (math.floor(math.log2(scale) * _STEPS) / _STEPS), WIDTH / 360)
    grid = 8 / scale
    return Frame(
        west=_on(grid, (west + east - WIDTH / scale) / 2),
        north=_on(grid, middle + HEIGHT / scale / 2),
        scale=scale,
    )


def _edges(spot: Spot, lon: float) -> tuple[float, float, float, float]:
    tall = spot.reach_km / KM_PER_DEGREE
    wide = tall / math.cos(math.radians(_within(spot.lat)))
    return lon - wide, lon + wide, projected(spot.lat - tall), projected(spot.lat + tall)


def _on(grid: float, value: float) -> float:
    return round(value / grid) * grid


def _within(lat: float) -> float:
    return max(-_LIMIT, min(_LIMIT, lat))
