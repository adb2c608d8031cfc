"""What lies under a route: coasts and borders of one part of the world, as SVG paths of bounded length."""

import gzip
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from pathlib import Path

from tracker.render.atlas.frames import HEIGHT, WIDTH, Frame, projected

Dot = tuple[int, int]
Point = tuple[float, float]

POINTS = 420  # of coasts and borders together: with these the whole figure stays below 3 kB packed
_FILE = Path(__file__).with_name("outline.tsv.gz")
_FINE_BELOW = 24.0  # degrees across; a wider frame takes the coarse lines
_STEPS = (2, 3, 4, 6, 9, 14)  # units between two points of a line: the first that keeps within POINTS
_EDGE = 3  # units beyond the frame, so that a cut shore is not seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One shore or border in degrees, north as projected, and the box around it."""

    is_land: bool
    east: "array[float]"
    north: "array[float]"
    box: tuple[float, float, float, float]  # west, east, south, north


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Paths to fill and to draw."""

    land: str
    borders: str


@lru_cache(maxsize=256)
def under(frame: Frame) -> Ground:
    """The shores and borders within the frame."""
    shapes = _shapes(2 if frame.degrees < _FINE_BELOW else 1)
    seen = [(shape, _drawn(shape, shift, frame)) for shape in shapes for shift in _seen(shape, frame)]
    shores = [shore for shape, points in seen if shape.is_land and (shore := _clipped(points))]
    borders = [line for shape, points in seen if not shape.is_land for line in _within(points)]
    for step in _STEPS:
        land = [ring for shore in shores if len(ring := _thinned(shore, step)) > 3]
        lines = [line for border in borders if len(line := _thinned(border, step)) > 1]
        if sum(map(len, land)) + sum(map(len, lines)) <= POINTS:
            break
    return Ground(
        land="".join(f"{_path(ring)}z" for ring in _largest(land)), borders="".join(map(_path, _largest(lines)))
    )


def _largest(lines: list[list[Dot]]) -> list[list[Dot]]:
    """As many as may be drawn, in their order; what is left out are the shortest."""
    allowed, kept = POINTS, set()
    for n in sorted(range(len(lines)), key=lambda n: -len(lines[n])):
        allowed -= len(lines[n])
        if allowed >= 0:
            kept.add(n)
    return [line for n, line in enumerate(lines) if n in kept]


def _seen(shape: Shape, frame: Frame) -> Iterator[int]:
    """By how many degrees to move the shape so that it lies in the frame: the world is round."""
    west, east, south, north = shape.box
    high, low = (frame.north - north) * frame.scale, (frame.north - south) * frame.scale
    if high > HEIGHT or low < 0:
        return
    for shift in (-360, 0, 360):
        if (west + shift - frame.west) * frame.scale < WIDTH and (east + shift - frame.west) * frame.scale > 0:
            yield shift


def _drawn(shape: Shape, shift: int, frame: Frame) -> list[Point]:
    """Plain arithmetic over the whole shape: nine tenths of a drawing's time are spent here."""
    west, north, scale = frame.west - shift, frame.north, frame.scale
    return [((x - west) * scale, (north - y) * scale) for x, y in zip(shape.east, shape.north, strict=True)]


def _clipped(points: list[Point]) -> list[Point]:
    """The land within the frame, cut edge by edge (Sutherland and Hodgman)."""
    for axis, limit, sign in ((0, -_EDGE, 1), (0, WIDTH + _EDGE, -1), (1, -_EDGE, 1), (1, HEIGHT + _EDGE, -1)):
        points = list(_cut(points, axis, limit, sign))
    return points


def _cut(points: list[Point], axis: int, limit: float, sign: int) -> Iterator[Point]:
    before = points[-1] if points else (0.0, 0.0)
    for point in points:
        was_in, is_in = (before[axis] - limit) * sign >= 0, (point[axis] - limit) * sign >= 0
        if was_in != is_in:
            share = (limit - before[axis]) / (point[axis] - before[axis])
            yield before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])
        if is_in:
            yield point
        before = point


def _within(points: list[Point]) -> Iterator[list[Point]]:
    """The parts of a border of which something lies in the frame."""
    line: list[Point] = []
    for one, other in pairwise(points):
        if _is_outside(one, other):
            if line:
                yield line
            line = []
        else:
            line.extend([other] if line else [one, other])
    if line:
        yield line


def _is_outside(one: Point, other: Point) -> bool:
    (x, y), (x2, y2) = one, other
    return (x < 0 and x2 < 0) or (x > WIDTH and x2 > WIDTH) or (y < 0 and y2 < 0) or (y > HEIGHT and y2 > HEIGHT)


def _thinned(points: list[Point], step: int) -> list[Dot]:
    """Whole units, no two neighbours closer than the step; the ends stay."""
    kept: list[Dot] = []
    for n, (x, y) in enumerate(points):
        dot = round(x), round(y)
        is_far = not kept or abs(dot[0] - kept[-1][0]) + abs(dot[1] - kept[-1][1]) >= step
        if is_far or (n == len(points) - 1 and dot != kept[-1]):
            kept.append(dot)
    return kept


def _path(dots: list[Dot]) -> str:
    """A path of steps: "M12 3l4-5 3 2"."""
    steps = [f"{b[0] - a[0]}{_signed(b[1] - a[1])}" for a, b in pairwise(dots)]
    return f"M{dots[0][0]} {dots[0][1]}l" + "".join(
        s if n == 0 or s[0] == "-" else f" {s}" for n, s in enumerate(steps)
    )


def _signed(value: int) -> str:
    return str(value) if value < 0 else f" {value}"


@cache
def _shapes(level: int) -> tuple[Shape, ...]:
    text = gzip.decompress(_FILE.read_bytes()).decode()
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple(_shape(kind, steps) for kind, of, steps in rows if of == str(level))


def _shape(kind: str, steps: str) -> Shape:
    numbers = [int(step) / 100 for step in steps.split(" ")]
    east = array("f", accumulate(numbers[::2]))
    north = array("f", map(projected, accumulate(numbers[1::2])))
    return Shape(is_land=kind == "land", east=east, north=north, box=(min(east), max(east), min(north), max(north)))
